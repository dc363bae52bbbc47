import path from 'node:path';
import { app, dialog, session } from 'electron';
import { startCore } from './core-process.ts';
import { printWithElectron } from './printer.ts';
import { answerFrom, registerScheme } from './protocol.ts';
import { denyPermissions, openWindow } from './windows.ts';

registerScheme();
app.enableSandbox();

if (app.requestSingleInstanceLock()) {
  const folder = import.meta.dirname;
  const packaged = app.isPackaged;
  const core = startCore({
    // core is shipped outside the asar: stock Node reads none.
    runtime: packaged
      ? path.join(process.resourcesPath, 'node', process.platform === 'win32' ? 'node.exe' : 'bin/node')
      : path.join(folder, '../../node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    entry: packaged ? path.join(process.resourcesPath, 'core/main.js') : path.join(folder, '../core/main.js'),
    dataFolder: path.join(app.getPath('userData'), 'data'),
    print: printWithElectron,
    onCrash: (detail) =>
      dialog.showErrorBox(
        'Fieldwriter started again',
        `${detail}. Everything that was saved is safe; repeat the last step.`,
      ),
  });
  let window: Electron.BrowserWindow | undefined;
  const open = (): void => {
    window = openWindow({ session: session.defaultSession, preload: path.join(folder, 'preload.cjs') });
    window.once('closed', () => {
      window = undefined;
    });
  };
  app.on('second-instance', () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => window ?? open());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    event.preventDefault();
    void core.close().finally(() => app.exit(0));
  });
  void app.whenReady().then(() => {
    denyPermissions(session.defaultSession);
    answerFrom(session.defaultSession, core.forward);
    open();
  });
} else app.quit();
