/**
 * What the desktop shell and core say to each other over the child's own channel: JSON, so that Electron's V8 and that of stock
 * Node need not agree on more, and never a command line, which other programs can read.
 */

/** From the shell to core. */
export type ToCore = OpenWorkbench | PageAnswer | PageEvent | { readonly type: 'close' };

/** The first message: where to listen, and who may come in. */
export interface OpenWorkbench {
  readonly type: 'open';
  /** A Unix socket in a private folder, or a named pipe on Windows. */
  readonly socket: string;
  /** Bearer token of every request; a new one for each launch. */
  readonly secret: string;
  /** Whether the shell lends pages of its Chromium for printing; otherwise core starts a browser of the machine. */
  readonly pages: boolean;
}
/** The answer to one `PageCall`. */
export interface PageAnswer {
  readonly type: 'answer';
  readonly call: number;
  readonly result?: unknown;
  /** Set when the call failed: what the browser said. */
  readonly error?: string;
}
/** What the browser tells about a page. */
export interface PageEvent {
  readonly type: 'event';
  readonly page: number;
  readonly event: string;
  readonly params: unknown;
}

/** From core to the shell. */
export type ToShell = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string } | PageCall;

/** Asks for something of a page. Core numbers calls and pages. */
export type PageCall = { readonly type: 'page'; readonly call: number } & PageQuestion;
/** Opens a page, sends it a command of the Chrome DevTools Protocol, or closes it. */
export type PageQuestion = { readonly page: number } & (
  | { readonly act: 'open' | 'close' }
  | { readonly act: 'send'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }
);
