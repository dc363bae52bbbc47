/** What the shell uses of Electron, recorded: its binary is not there where the unit tests run. Used as `vi.mock('electron', ...)`. */
import { EventEmitter } from 'node:events';

type Handler = (request: Request) => Promise<Response>;
type Permission = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;

export class FakeSession {
  handlers = new Map<string, Handler>();
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
  debugger = Object.assign(new EventEmitter(), {
    attach: () => this.commands.push('attach'),
    sendCommand: async (method: string) => void this.commands.push(method),
  });
  async loadURL(url: string): Promise<void> {
    this.urls.push(url);
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
  show(): void {}
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
export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  setName: () => undefined,
  setPath: (name: string, to: string) => record.push(`path ${name} ${to}`),
  getPath: (name: string) => `/nowhere/${name}`,
  enableSandbox: () => record.push('sandbox'),
  commandLine: { appendSwitch: (name: string, value: string) => record.push(`switch ${name} ${value}`.trim()) },
  requestSingleInstanceLock: () => true,
  whenReady: async () => void record.push('ready'),
  quit: () => record.push('quit'),
  exit: () => record.push('exit'),
});
export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly object[]) => record.push(`schemes ${JSON.stringify(schemes)}`),
};
export const shell = { openExternal: async (url: string) => void record.push(`outside ${url}`) };
export const dialog = { showErrorBox: (title: string) => record.push(`dialog ${title}`) };
export const safeStorage = {};
