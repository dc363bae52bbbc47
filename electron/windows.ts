import { BrowserWindow, type Session, shell } from 'electron';
import { mayNavigate, mayOpenOutside, ORIGIN, WINDOW_POWERS } from './decisions.ts';

/** Opens the workbench's window. */
export function openWindow(options: { readonly session: Session; readonly preload: string }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    autoHideMenuBar: true,
    title: 'Fieldwriter',
    webPreferences: { ...WINDOW_POWERS, session: options.session, preload: options.preload },
  });
  window.once('ready-to-show', () => window.show());
  const { webContents } = window;
  webContents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url);
    return mayNavigate(url)
      ? { action: 'allow', overrideBrowserWindowOptions: { webPreferences: { ...WINDOW_POWERS } } }
      : { action: 'deny' };
  });
  void window.loadURL(`${ORIGIN}/`);
  return window;
}

/** Denies every permission, asked or checked (checklist 5): the workbench needs none. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}
