import { launchBrowser } from './chromium.ts';

/** A page of a Chromium, spoken to in the Chrome DevTools Protocol, in a browser session that nothing else shares. */
export interface DevToolsPage {
  /** A command's answer. Rejects with the browser's complaint, or because page or browser are gone. */
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  on(event: string, listener: (params: unknown) => void): void;
  close(): Promise<void>;
}

/** A Chromium that pages are printed with: one of this machine, or the desktop's own. */
export interface Press {
  openPage(): Promise<DevToolsPage>;
  close(): Promise<void>;
}

/** Starts a browser of this machine without window and network. @throws Problem document-failed when there is none. */
export async function openPress(): Promise<Press> {
  const browser = await launchBrowser({ offline: true });
  return {
    openPage: async () => {
      const context = await browser.newContext({ acceptDownloads: false, permissions: [], locale: 'en-US' });
      const session = await context.newCDPSession(await context.newPage());
      // The protocol's names are not known to the type checker here: the sheet's commands come from the desktop's pages too.
      const send = session.send.bind(session) as DevToolsPage['send'];
      return {
        send,
        on: (event, listener) => {
          session.on('event', ({ method, params }) => {
            if (method === event) listener(params);
          });
        },
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
