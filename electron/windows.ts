import { app, BrowserWindow, type Session, shell } from 'electron';
import {
  DOCUMENT_POWERS,
  documentPath,
  mayCallWorkbench,
  mayNavigate,
  mayReadDocument,
  ORIGIN,
  openingOf,
  WINDOW_POWERS,
} from './decisions.ts';
import { answerFrom } from './protocol.ts';
import { type Place, SMALLEST } from './window-state.ts';

export interface WindowOptions {
  /** Of the workbench's windows; their pages may ask the workbench for everything. */
  readonly session: Session;
  /** Of documents' windows: they read the documents that were opened, and that is all. */
  readonly documents: Session;
  readonly preload: string;
  readonly workbench: (request: Request) => Promise<Response>;
  /** Where a window of the workbench opens, and what else belongs to it: memory, context menu, healing. */
  readonly place: () => Place;
  readonly equip: (window: BrowserWindow) => void;
  /** Developer tools are for those who develop it. */
  readonly devTools: boolean;
  /** Nobody sees a window any more; those that print do not count. */
  readonly onLastClosed: () => void;
}
export interface Windows {
  /** Opens a window of the workbench. */
  open(target?: string): BrowserWindow;
  /** The window of the workbench that was used last, if one is open. */
  current(): BrowserWindow | undefined;
  /** All windows of the workbench, without those of documents. */
  all(): readonly BrowserWindow[];
}

/** Denies the sessions of both kinds of windows every permission and serves them; opens nothing yet. */
export function prepareWindows(options: WindowOptions): Windows {
  const opened = new Set<string>();
  const shown = new Set<BrowserWindow>();
  /** Of the workbench, the one used last at the end. */
  const workbench = new Set<BrowserWindow>();
  const keep = (window: BrowserWindow): void => {
    shown.add(window);
    window.once('closed', () => {
      shown.delete(window);
      if (shown.size === 0) options.onLastClosed();
    });
  };
  for (const session of [options.session, options.documents]) denyPermissions(session);
  answerFrom(options.session, options.workbench, mayCallWorkbench);
  answerFrom(options.documents, options.workbench, (request) => mayReadDocument(request, opened));

  const open = (target = `${ORIGIN}/`): BrowserWindow => {
    const { bounds, maximized } = options.place();
    const { devTools, preload, session } = options;
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      autoHideMenuBar: true,
      title: 'Fieldwriter',
      webPreferences: { ...WINDOW_POWERS, session, preload, devTools },
    });
    keep(window);
    workbench.add(window);
    window.once('closed', () => workbench.delete(window));
    window.on('focus', () => {
      workbench.delete(window);
      workbench.add(window);
    });
    options.equip(window);
    if (maximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    const { webContents } = window;
    webContents.on('will-navigate', (event) => {
      if (!mayNavigate(event.url) || documentPath(event.url) !== undefined) event.preventDefault();
    });
    // We open what may be opened ourselves: a window that the page opened would be its child.
    webContents.setWindowOpenHandler(({ url }) => {
      const opening = openingOf(url);
      if (opening === 'document') openDocument(url);
      else if (opening === 'workbench') open(url);
      else if (opening === 'outside') void shell.openExternal(url);
      return { action: 'deny' };
    });
    void webContents.loadURL(target);
    return window;
  };
  const openDocument = (url: string): void => {
    const path = documentPath(url);
    if (path === undefined) return;
    opened.add(path);
    const window = new BrowserWindow({
      width: 1000,
      height: 900,
      autoHideMenuBar: true,
      title: 'Fieldwriter',
      webPreferences: { ...DOCUMENT_POWERS, session: options.documents, devTools: options.devTools },
    });
    keep(window);
    window.webContents.on('will-navigate', (event) => event.preventDefault());
    // Files that can not be shown are saved where the user says: Electron asks.
    void window.webContents.loadURL(ORIGIN + path);
  };
  return { open, current: () => [...workbench].at(-1), all: () => [...workbench] };
}

/** What holds for every page of every window, whoever made it: no webviews, and no windows unless its own handler says otherwise. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Denies every permission, asked or checked (checklist 5): the workbench needs none. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}
