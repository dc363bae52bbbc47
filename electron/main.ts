import path from 'node:path';
import { app, type BrowserWindow, dialog, safeStorage, session } from 'electron';
import { startCore } from './core-process.ts';
import { SWITCHES } from './decisions.ts';
import { fileQuestion, openKeyStore } from './key-store.ts';
import { coreArguments, placesOf } from './places.ts';
import { lendElectronPage } from './printer.ts';
import { registerScheme } from './protocol.ts';
import { lockDown, prepareWindows } from './windows.ts';

registerScheme();
app.setName('Fieldwriter');
// Not where the data lies: on macOS the default would be the same folder, and wrapped keys stay apart from what they open.
app.setPath('userData', path.join(app.getPath('appData'), 'Fieldwriter Desktop'));
app.enableSandbox();
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
lockDown();

if (app.requestSingleInstanceLock()) {
  const places = placesOf(import.meta.dirname, app.isPackaged ? process.resourcesPath : undefined);
  let everReady = false;
  const core = startCore({
    ...places,
    arguments: coreArguments(process.argv.slice(app.isPackaged ? 1 : 2)),
    lend: lendElectronPage,
    keys: openKeyStore({
      safe: safeStorage,
      folder: path.join(app.getPath('userData'), 'keys'),
      platform: process.platform,
      mayUseFile: async (reason) => {
        const { response } = await dialog.showMessageBox(fileQuestion(reason));
        return response === 0;
      },
    }),
    onEnd: ({ wasReady, reason }) => {
      if (wasReady || everReady) return;
      dialog.showErrorBox('Fieldwriter can not start', reason);
      app.exit(1);
    },
    onState: ({ state }) => {
      everReady ||= state === 'ready';
    },
  });
  let window: BrowserWindow | undefined;
  let closed = false;
  app.on('second-instance', () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void core.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
  void app.whenReady().then(() => {
    const windows = prepareWindows({
      session: session.defaultSession,
      documents: session.fromPartition('documents'),
      preload: places.preload,
      workbench: core.forward,
      onLastClosed: () => app.quit(),
    });
    const open = (): void => {
      window = windows.open();
      window.once('closed', () => {
        window = undefined;
      });
    };
    app.on('activate', () => window ?? open());
    open();
  });
} else app.quit();
