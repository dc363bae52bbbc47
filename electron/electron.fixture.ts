/** What the shell uses of Electron, recorded: its binary is not there where the unit tests run. Used as `vi.mock('electron', ...)`. */
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

type Handler = (request: Request) => Promise<Response>;
type Permission = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;

export class FakeSession {
  handlers = new Map<string, Handler>();
  learned: string[] = [];
  spelling: string[] = [];
  availableSpellCheckerLanguages = ['de', 'en-GB', 'en-US'];
  setSpellCheckerLanguages(languages: string[]): void {
    this.spelling = languages;
  }
  addWordToSpellCheckerDictionary(word: string): void {
    this.learned.push(word);
  }
  permissions: Partial<Record<'request' | 'check' | 'device', Permission>> = {};
  protocol = { handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler) };
  setPermissionRequestHandler(handler: Permission): void {
    this.permissions.request = handler;
  }
  setPermissionCheckHandler(handler: Permission): void {
    this.permissions.check = handler;
  }
  setDevicePermissionHandler(handler: Permission): void {
    this.permissions.device = handler;
  }
}

type Opened = (details: { readonly url: string }) => { readonly action: string };

export class FakeContents extends EventEmitter {
  urls: string[] = [];
  openHandler: Opened | undefined;
  commands: string[] = [];
  sent: [channel: string, told: unknown][] = [];
  session = new FakeSession();
  navigationHistory = { goBack: () => this.commands.push('back'), goForward: () => this.commands.push('forward') };
  debugger = Object.assign(new EventEmitter(), {
    attach: () => this.commands.push('attach'),
    sendCommand: async (method: string) => void this.commands.push(method),
  });
  async loadURL(url: string): Promise<void> {
    this.urls.push(url);
  }
  send(channel: string, told: unknown): void {
    this.sent.push([channel, told]);
  }
  reload(): void {
    this.commands.push('reload');
  }
  forcefullyCrashRenderer(): void {
    this.commands.push('crash');
  }
  replaceMisspelling(word: string): void {
    this.commands.push(`replace ${word}`);
  }
  print(_options: object, done: (printed: boolean) => void): void {
    this.commands.push('print');
    done(true);
  }
  setWindowOpenHandler(handler: Opened): void {
    this.openHandler = handler;
  }
  async printToPDF(): Promise<Buffer> {
    this.commands.push('printToPDF');
    return Buffer.from('%PDF-');
  }
  /** Whether this page may go there, asked of whoever listens. */
  mayGo(event: 'will-navigate' | 'will-attach-webview', url: string): boolean {
    let prevented = false;
    this.emit(event, { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}

export interface WindowOptions {
  readonly show?: boolean;
  readonly webPreferences: Readonly<Record<string, unknown>> & { readonly session: FakeSession };
}
export class BrowserWindow extends EventEmitter {
  static made: BrowserWindow[] = [];
  webContents = new FakeContents();
  options: WindowOptions;
  constructor(options: WindowOptions) {
    super();
    this.options = options;
    BrowserWindow.made.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.made;
  }
  shown = 0;
  show(): void {
    this.shown += 1;
  }
  focus(): void {
    this.emit('focus');
  }
  restore(): void {}
  maximize(): void {}
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  getNormalBounds(): object {
    return { x: 1, y: 2, width: 1100, height: 700 };
  }
  isDestroyed(): boolean {
    return false;
  }
  destroy(): void {
    this.webContents.emit('destroyed');
    this.emit('closed');
  }
}

/** What happened, in order. */
export const record: string[] = [];
const partitions = new Map<string, FakeSession>();
export const session = {
  defaultSession: new FakeSession(),
  fromPartition(name: string): FakeSession {
    const found = partitions.get(name) ?? new FakeSession();
    partitions.set(name, found);
    return found;
  },
};
export const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-electron-'));
const paths = new Map<string, string>();
export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  setName: () => undefined,
  setPath: (name: string, to: string) => void paths.set(name, to),
  getPath: (name: string) => paths.get(name) ?? path.join(folder, name),
  enableSandbox: () => record.push('sandbox'),
  commandLine: {
    hasSwitch: () => false,
    appendSwitch: (name: string, value: string) => record.push(`switch ${name} ${value}`.trim()),
  },
  requestSingleInstanceLock: () => true,
  getPreferredSystemLanguages: () => ['de-AT', 'en-US'],
  setAsDefaultProtocolClient: (scheme: string) => record.push(`client ${scheme}`),
  whenReady: async () => void record.push('ready'),
  quit: () => record.push('quit'),
  relaunch: () => record.push('relaunch'),
  exit: () => record.push('exit'),
});
export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly object[]) => record.push(`schemes ${JSON.stringify(schemes)}`),
};
export const shell = {
  openExternal: async (url: string) => void record.push(`outside ${url}`),
  openPath: async (path: string) => void record.push(`path ${path}`),
};
type Answer = { response: number };
export const dialog = {
  /** What the next dialog of files gives. */
  chosen: undefined as string | undefined,
  /** The button of the next questions. */
  response: 0,
  showErrorBox: (title: string) => record.push(`dialog ${title}`),
  async showMessageBox(...given: { message?: string }[]): Promise<Answer> {
    record.push(`message ${given.at(-1)?.message}`);
    return { response: this.response };
  },
  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    return { canceled: this.chosen === undefined, filePaths: this.chosen === undefined ? [] : [this.chosen] };
  },
  async showSaveDialog(_window: unknown, { defaultPath }: { defaultPath: string }) {
    record.push(`save ${defaultPath}`);
    return { canceled: this.chosen === undefined, filePath: this.chosen ?? '' };
  },
};
export const safeStorage = {};

/** Questions of pages, by channel. */
type Ear = (event: unknown, ...given: unknown[]) => Promise<unknown>;
export const ipcMain = {
  ears: new Map<string, Ear>(),
  handle(channel: string, ear: Ear): void {
    this.ears.set(channel, ear);
  },
};
export const bridged: Record<string, unknown> = {};
export const contextBridge = {
  exposeInMainWorld(name: string, value: unknown): void {
    bridged[name] = value;
  },
};
export const ipcRenderer = { invoke: async () => undefined, on: () => undefined, off: () => undefined };
export const webUtils = { getPathForFile: () => '' };

export interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly accelerator?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}
export class Menu {
  static bar: readonly MenuItem[] = [];
  static popped: readonly MenuItem[][] = [];
  items: MenuItem[];
  constructor(items: MenuItem[]) {
    this.items = items;
  }
  static buildFromTemplate(items: MenuItem[]): Menu {
    return new Menu(items);
  }
  static setApplicationMenu({ items }: Menu): void {
    Menu.bar = items;
  }
  popup(): void {
    Menu.popped = [...Menu.popped, this.items];
  }
}
export class Tray extends EventEmitter {
  static made: Tray[] = [];
  menu: readonly MenuItem[] = [];
  tooltip = '';
  constructor(_icon: string) {
    super();
    Tray.made.push(this);
  }
  isDestroyed(): boolean {
    return false;
  }
  setToolTip(text: string): void {
    this.tooltip = text;
  }
  setContextMenu({ items }: Menu): void {
    this.menu = items;
  }
}
const display = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
};
export const screen = { getAllDisplays: () => [display], getPrimaryDisplay: () => display };
