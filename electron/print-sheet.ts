import { BrowserWindow, session as sessions } from 'electron';
import { PRINT_POWERS } from './decisions.ts';
import { denyPermissions } from './windows.ts';

/** Prints a page through the system's dialog, from a window that nobody sees and that keeps nothing. @returns whether it was printed */
export async function printSheet(html: string): Promise<boolean> {
  const session = sessions.fromPartition('print');
  denyPermissions(session);
  const window = new BrowserWindow({ show: false, webPreferences: { ...PRINT_POWERS, session } });
  try {
    await window.webContents.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`);
    return await new Promise((resolve) => window.webContents.print({ silent: false }, (printed) => resolve(printed)));
  } finally {
    window.destroy();
  }
}
