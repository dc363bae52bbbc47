import { app, type BrowserWindow, dialog, session } from 'electron';
import { startCore } from './core-process.ts';
import { SWITCHES } from './decisions.ts';
import { coreArguments, placesOf } from './places.ts';
import { lendElectronPage } from './printer.ts';
import { registerScheme } from './protocol.ts';
import { lockDown, prepareWindows } from './windows.ts';

registerScheme();
app.setName('Fieldwriter');
app.enableSandbox();
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
lockDown();

if (app.requestSingleInstanceLock()) {
  const places = placesOf(import.meta.dirname, app.isPackaged ? process.resourcesPath : undefined);
  const core = startCore({
    ...places,
    arguments: coreArguments(process.argv.slice(app.isPackaged ? 1 : 2)),
    lend: lendElectronPage,
    onEnd: ({ wasReady, reason }) => {
      if (wasReady)
        dialog.showErrorBox(
          'Fieldwriter started again',
          `${reason}. Everything that was saved is safe; repeat the last step.`,
        );
      else {
        dialog.showErrorBox('Fieldwriter can not start', reason);
        app.exit(1);
      }
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
