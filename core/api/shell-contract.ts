/**
 * What the desktop shell and core say to each other over the child's own channel: JSON, so that Electron's V8 and that of stock
 * Node need not agree on more, and never a command line, which other programs can read.
 */
import type { KeyPlace } from './contracts/desktop.ts';

/** From the shell to core. */
export type ToCore =
  | OpenWorkbench
  | PageAnswer
  | PageEvent
  | KeyAnswer
  | { readonly type: 'recover'; readonly call: number; readonly text: string }
  | { readonly type: 'recovery-key'; readonly call: number }
  | { readonly type: 'close' };

/** The first message: where to listen, and who may come in. */
export interface OpenWorkbench {
  readonly type: 'open';
  /** A Unix socket in a private folder, or a named pipe on Windows. */
  readonly socket: string;
  /** Bearer token of every request; a new one for each launch. */
  readonly secret: string;
  /** Whether the shell lends pages of its Chromium for printing; otherwise core starts a browser of the machine. */
  readonly pages: boolean;
  /** Whether the shell lends the key store of the system; otherwise the key comes from the environment or a file. */
  readonly keys: boolean;
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

/** The answer to one `KeyQuestion`. Keys travel in base64. */
export interface KeyAnswer {
  readonly type: 'key-answer';
  readonly call: number;
  readonly result?: KeptKey | boolean;
  readonly error?: string;
}
/** What the key store holds under an id. */
export type KeptKey =
  | { readonly state: 'kept'; readonly key: string }
  | { readonly state: 'none' }
  | { readonly state: 'lost' | 'unavailable'; readonly reason: string };

/** From core to the shell. */
export type ToShell =
  | { readonly type: 'ready'; readonly key: KeyPlace }
  /** There is data and no key: core waits for `recover`. */
  | { readonly type: 'locked'; readonly reason: string }
  /** The answer to `recover` that failed; after one that worked comes `ready`. */
  | { readonly type: 'not-recovered'; readonly call: number; readonly message: string }
  | { readonly type: 'recovery-key'; readonly call: number; readonly text: string }
  | { readonly type: 'failed'; readonly message: string }
  | KeyQuestion
  | PageCall;

/** Asks for something of the key store: what is kept under an id, to keep a key, or to ask the user whether a file may hold it. */
export type KeyQuestion = { readonly type: 'key'; readonly call: number } & KeyRequest;
export type KeyRequest =
  | { readonly act: 'read'; readonly id: string }
  | { readonly act: 'keep'; readonly id: string; readonly key: string }
  | { readonly act: 'may-use-file'; readonly reason: string };

/** Asks for something of a page. Core numbers calls and pages. */
export type PageCall = { readonly type: 'page'; readonly call: number } & PageQuestion;
/** Opens a page, sends it a command of the Chrome DevTools Protocol, or closes it. */
export type PageQuestion = { readonly page: number } & (
  | { readonly act: 'open' | 'close' }
  | { readonly act: 'send'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }
);
