import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { contextMenuOf, type Deed, type Item, menuOf } from './menu.ts';

/** Does what an item is for that is no role of Electron's. */
export type Do = (deed: Exclude<Deed, { role: unknown }>) => void;

/** Puts the menu bar up. */
export function showMenuBar(of: { platform: string; packaged: boolean }, act: Do): void {
  const template = menuOf(of).map(({ label, items }) => ({ label, submenu: items.map((item) => built(item, act)) }));
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function built(item: Item, act: Do): MenuItemConstructorOptions {
  if ('line' in item) return { type: 'separator' };
  const shown = {
    ...(item.label === undefined ? {} : { label: item.label }),
    ...(item.key === undefined ? {} : { accelerator: item.key }),
  };
  return 'role' in item ? { ...shown, role: item.role } : { ...shown, click: () => act(item) };
}

/** Fields and selections of a window get a menu of their own, with spelling. */
export function offerContextMenu(window: BrowserWindow): void {
  const { webContents } = window;
  webContents.on('context-menu', (_event, pointed) => {
    const items = contextMenuOf(pointed).map((item): MenuItemConstructorOptions => {
      if ('line' in item) return { type: 'separator' };
      if ('role' in item) return item;
      if ('nothing' in item) return { label: item.nothing, enabled: false };
      if ('replaceBy' in item)
        return { label: item.replaceBy, click: () => webContents.replaceMisspelling(item.replaceBy) };
      return {
        label: `Add “${item.learn}” to the dictionary`,
        click: () => webContents.session.addWordToSpellCheckerDictionary(item.learn),
      };
    });
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window });
  });
}
