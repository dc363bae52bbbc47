import { openPress } from '#core/documents/press.ts';
import { pdfOptions } from './pdf-options.ts';
import type { LendPage } from './relay.ts';

/** A shell's Chromium without Electron: pages of a browser of this machine, lent as printer.ts lends its windows. */
export interface FakeChromium {
  readonly lend: LendPage;
  /** Pages that are open now. */
  readonly open: () => number;
  /** How often something was printed. */
  readonly printed: () => number;
  /** Ends the browser under its pages. */
  readonly kill: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function fakeChromium(): FakeChromium {
  let press: ReturnType<typeof openPress> | undefined;
  let open = 0;
  let printed = 0;
  const kill = async (): Promise<void> => {
    const old = await press;
    press = undefined;
    await old?.close();
  };
  return {
    lend: async (tell) => {
      press ??= openPress();
      const page = await (await press).openPage();
      open += 1;
      page.on('Fetch.requestPaused', (params) => tell('Fetch.requestPaused', params));
      return {
        send: async (method, params) => {
          if (method === 'Page.printToPDF') {
            pdfOptions(params); // refuses what Electron would not print
            printed += 1;
          }
          return page.send(method, params);
        },
        close: async () => {
          open -= 1;
          await page.close();
        },
      };
    },
    open: () => open,
    printed: () => printed,
    kill,
    close: kill,
  };
}
