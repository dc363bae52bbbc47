import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { app, type BrowserWindow, dialog, ipcMain, safeStorage, session, shell } from 'electron';
import type { CoreState, DesktopCommand } from '#core/api/contracts/desktop.ts';
import { serveBridge, type Told } from './bridge.ts';
import { TELLS, type Tell } from './channels.ts';
import { requireFiles } from './core-files.ts';
import { startCore } from './core-process.ts';
import { dataPlace } from './data-place.ts';
import { ORIGIN } from './decisions.ts';
import { chooseFolder, chooseProductFile, chooseTarget } from './dialogs.ts';
import { heal } from './healing.ts';
import { fileQuestion, openKeyStore } from './key-store.ts';
import type { Log } from './log.ts';
import { spellingLanguages } from './menu.ts';
import { offerContextMenu, showMenuBar } from './menu-bar.ts';
import { type Opening, openingsOf, type Start } from './opening.ts';
import { hearOpenings, openingsAtStart } from './openings.ts';
import { coreArguments, placesOf } from './places.ts';
import { printSheet } from './print-sheet.ts';
import { lendElectronPage } from './printer.ts';
import { REMINDER, remind } from './recovery-reminder.ts';
import { recoverySheet } from './recovery-sheet.ts';
import { showTray } from './tray.ts';
import { windowMemory } from './window-memory.ts';
import { prepareWindows, type Windows } from './windows.ts';

/** Runs the desktop of the first start: core, windows, menus, and what other starts and the system ask it to open. */
export function runDesktop(start: Start, log: Log): void {
  const places = placesOf(import.meta.dirname, app.isPackaged ? process.resourcesPath : undefined);
  const own = app.getPath('userData');
  const data = dataPlace(path.join(own, 'data.json'));
  const pending: Opening[] = [];
  let windows: Windows | undefined;
  let everReady = false;
  let closed = false;
  let showState: (state: CoreState) => void = () => undefined;

  const tell = (what: Tell, told: unknown): void => {
    for (const { webContents } of windows?.all() ?? []) webContents.send(TELLS[what], told);
  };
  // Counted while the window is being made: stock Node alone has more than 100 MB.
  const checked = requireFiles(places.checked);
  checked.catch(() => undefined); // told to core's first start
  const core = startCore({
    ...places,
    prepare: () => checked,
    arguments: coreArguments(start.arguments, data.chosen()),
    lend: lendElectronPage,
    keys: openKeyStore({
      safe: safeStorage,
      folder: path.join(own, 'keys'),
      platform: process.platform,
      mayUseFile: async (reason) => (await dialog.showMessageBox(fileQuestion(reason))).response === 0,
    }),
    onState(state) {
      everReady ||= state.state === 'ready';
      log('core', state);
      tell('coreState', state);
      showState(state);
      if (state.state === 'ready' && state.key !== 'environment') void remindOfKey().catch(explain);
    },
    onEnd({ reason }) {
      // Later ends are healed, and the page says so; a core that never opened leaves nothing to show.
      if (everReady) return;
      dialog.showErrorBox('Fieldwriter can not start', reason);
      app.exit(1);
    },
  });
  const printRecoveryKey = async (): Promise<boolean> =>
    printSheet(recoverySheet(await core.recoveryKey(), hostname(), new Date().toISOString().slice(0, 10)));
  const remindOfKey = async (): Promise<void> =>
    remind({
      file: path.join(own, 'recovery.json'),
      recoveryKey: await core.recoveryKey(),
      ask: async () => (await dialog.showMessageBox(REMINDER)).response === 0,
      print: printRecoveryKey,
    });
  const bridge = serveBridge(ipcMain, {
    isWorkbench: (page) => windows?.all().some(({ webContents }) => webContents === page) === true,
    chooseFolder,
    async chooseDataFolder(page) {
      const folder = await chooseFolder(page);
      if (folder === undefined) return undefined;
      data.choose(folder);
      app.relaunch();
      app.quit();
      return folder;
    },
    chooseProductFile,
    chooseTarget,
    printRecoveryKey,
    coreState: core.state,
    restartCore: core.restart,
    drop: (page, paths) => openAll(openingsOf(['--', ...paths], path.sep).openings, page),
  });

  /** @param page where files open; default the window that was used last */
  const openAll = (openings: readonly Opening[], page?: Told): void => {
    if (!windows) return void pending.push(...openings);
    for (const opening of openings) {
      const target = page ?? (windows.current() ?? windows.open()).webContents;
      if ('address' in opening) void (windows.current() ?? windows.open()).webContents.loadURL(opening.address);
      else if (statSync(opening.file.path, { throwIfNoEntry: false })?.isFile()) bridge.openFile(target, opening.file);
      else log('There is no such file', { path: opening.file.path });
    }
  };
  const show = (): void => {
    const window = windows?.current() ?? windows?.open();
    if (window?.isMinimized()) window.restore();
    window?.show();
    window?.focus();
  };
  const command = (name: DesktopCommand): void => windows?.current()?.webContents.send(TELLS.command, name);
  const explain = (error: unknown): void =>
    dialog.showErrorBox('Fieldwriter', error instanceof Error ? error.message : String(error));

  hearOpenings({ log, show, open: openAll });
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void core.close().finally(() => {
      closed = true;
      app.quit();
    });
  });

  void app.whenReady().then(() => {
    const memory = windowMemory(path.join(own, 'windows.json'));
    const main = session.defaultSession;
    if (process.platform !== 'darwin')
      main.setSpellCheckerLanguages(
        spellingLanguages(app.getPreferredSystemLanguages(), main.availableSpellCheckerLanguages),
      );
    windows = prepareWindows({
      session: main,
      documents: session.fromPartition('documents'),
      preload: places.preload,
      workbench: core.forward,
      place: memory.place,
      equip(window: BrowserWindow) {
        memory.watch(window);
        offerContextMenu(window);
        heal(window, log);
        window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
          if (isMainFrame && !isSameDocument) bridge.forget(window.webContents);
        });
      },
      devTools: !app.isPackaged,
      onLastClosed: () => app.quit(),
    });
    const open = windows.open;
    showMenuBar({ platform: process.platform, packaged: app.isPackaged }, (deed) => {
      const window = windows?.current() ?? open();
      const history = window.webContents.navigationHistory;
      if ('go' in deed) void window.webContents.loadURL(`${ORIGIN}/${deed.go}`);
      else if ('command' in deed) command(deed.command);
      else if (deed.shell === 'new-window') open();
      else if (deed.shell === 'back') history.goBack();
      else if (deed.shell === 'forward') history.goForward();
      else if (deed.shell === 'show-logs') void shell.openPath(app.getPath('logs'));
      else if (deed.shell === 'print-recovery-key') printRecoveryKey().catch(explain);
      else
        void chooseProductFile(window.webContents).then((chosen) => {
          if (chosen !== undefined) openAll([{ file: { kind: 'product', path: chosen } }], window.webContents);
        });
    });
    showState = showTray(path.join(import.meta.dirname, 'tray.png'), log, (does) =>
      does === 'open' ? show() : app.quit(),
    );
    showState(core.state());
    app.on('activate', show);
    // Links are registered by the installed program only; behind `--` none can pass for an option.
    if (app.isPackaged) app.setAsDefaultProtocolClient('fieldwriter', process.execPath, ['--']);
    windows.open();
    openAll(pending.splice(0));
    openAll(openingsAtStart(start, log));
  });
}
