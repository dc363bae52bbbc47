import { BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import type { Told } from './bridge.ts';

/** The native dialogs that a page may ask for, on its own window. */
export const chooseFolder = (page: Told): Promise<string | undefined> =>
  choose(page, { title: 'Choose a folder', properties: ['openDirectory', 'createDirectory'] });

export const chooseProductFile = (page: Told): Promise<string | undefined> =>
  choose(page, { title: 'Open a product', filters: PRODUCTS, properties: ['openFile'] });

export async function chooseTarget(page: Told, name: string): Promise<string | undefined> {
  const window = windowOf(page);
  const options = { defaultPath: name, properties: ['showOverwriteConfirmation' as const] };
  const { canceled, filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options));
  return canceled || filePath === '' ? undefined : filePath;
}

const PRODUCTS = [
  { name: 'Products', extensions: ['fieldwriter', 'zip'] },
  { name: 'All files', extensions: ['*'] },
];

async function choose(page: Told, options: OpenDialogOptions): Promise<string | undefined> {
  const window = windowOf(page);
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? undefined : filePaths[0];
}

function windowOf(page: Told): BrowserWindow | undefined {
  return BrowserWindow.getAllWindows().find(({ webContents }) => webContents === page);
}
