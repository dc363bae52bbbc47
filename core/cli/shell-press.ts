import type { PageAnswer, PageEvent, PageQuestion, ToShell } from '#core/api/shell-contract.ts';
import type { DevToolsPage, Press } from '#core/documents/press.ts';

/** The desktop's Chromium as a press: pages in windows that nobody sees, reached over the channel to the shell. */
export interface ShellPress {
  open(): Promise<Press>;
  take(said: PageAnswer | PageEvent): void;
  /** The shell is gone: whoever waits for it is told. */
  lose(): void;
}

export function shellPress(say: (message: ToShell) => void): ShellPress {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<number, (event: PageEvent) => void>();
  let calls = 0;
  let pages = 0;
  let lost = false;
  const ask = (question: PageQuestion): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (lost) return reject(new Error(LOST));
      calls += 1;
      waiting.set(calls, { resolve, reject });
      say({ type: 'page', call: calls, ...question });
    });
  const openPage = async (): Promise<DevToolsPage> => {
    pages += 1;
    const page = pages;
    const heard = new Map<string, (params: unknown) => void>();
    listeners.set(page, ({ event, params }) => heard.get(event)?.(params));
    await ask({ page, act: 'open' });
    return {
      send: (method, params = {}) => ask({ page, act: 'send', method, params }),
      on: (event, listener) => void heard.set(event, listener),
      close: async () => {
        listeners.delete(page);
        if (!lost) await ask({ page, act: 'close' });
      },
    };
  };
  return {
    open: async () => {
      const opened: DevToolsPage[] = [];
      return {
        openPage: async () => {
          const page = await openPage();
          opened.push(page);
          return page;
        },
        close: async () => void (await Promise.all(opened.map((page) => page.close()))),
      };
    },
    take(said) {
      if (said.type === 'event') return listeners.get(said.page)?.(said);
      const waiter = waiting.get(said.call);
      waiting.delete(said.call);
      if (said.error === undefined) waiter?.resolve(said.result);
      else waiter?.reject(new Error(said.error));
    },
    lose() {
      lost = true;
      for (const { reject } of waiting.values()) reject(new Error(LOST));
      waiting.clear();
    },
  };
}

const LOST = 'the window that prints is gone';
