import { BrowserWindow, type PrintToPDFOptions, session as sessions } from 'electron';
import { PRINT_POWERS } from './decisions.ts';
import { pdfOptions } from './pdf-options.ts';
import type { LendPage } from './relay.ts';
import { denyPermissions } from './windows.ts';

/**
 * Lends a page of Electron's own Chromium to core, which prints with it: a window that nobody sees, in a session where nothing
 * answers app:// and nothing is kept.
 */
export const lendElectronPage: LendPage = async (tell) => {
  const session = sessions.fromPartition('print');
  denyPermissions(session);
  const window = new BrowserWindow({ show: false, webPreferences: { ...PRINT_POWERS, session } });
  const { webContents } = window;
  const { debugger: tools } = webContents;
  const gone = new Promise<never>((_resolve, reject) => {
    webContents.once('render-process-gone', (_event, { reason }) => reject(new Error(`the page broke: ${reason}`)));
    webContents.once('destroyed', () => reject(new Error('the page was closed')));
  });
  gone.catch(() => undefined); // told by the command under way, if there is one
  await webContents.loadURL('about:blank');
  tools.attach('1.3');
  tools.on('message', (_event, method, params: unknown) => tell(method, params));
  return {
    send: (method, params) =>
      Promise.race([gone, method === 'Page.printToPDF' ? print(params) : tools.sendCommand(method, params)]),
    close: async () => {
      if (!window.isDestroyed()) window.destroy();
    },
  };

  /** Printing is the one command that Chromium leaves to the program around it. */
  async function print(params: Readonly<Record<string, unknown>>): Promise<{ data: string }> {
    const options: PrintToPDFOptions = pdfOptions(params);
    return { data: (await webContents.printToPDF(options)).toString('base64') };
  }
};
