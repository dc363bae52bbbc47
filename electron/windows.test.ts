/** The points of Electron's security checklist (numbers in brackets) that hold for the windows as they are wired. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startDesktop } from './desktop.fixture.ts';
import * as fake from './electron.fixture.ts';

vi.mock('electron', () => import('./electron.fixture.ts'));

let asked: string[];
let main: fake.BrowserWindow;
const documents = fake.session.fromPartition('documents');

beforeAll(async () => {
  const desktop = await startDesktop();
  asked = desktop.asked;
  main = desktop.main;
});

const ask = (session: fake.FakeSession, url: string, init?: RequestInit): Promise<number> =>
  session.handlers
    .get('app')?.(new Request(url, init))
    .then(({ status }) => status) ?? Promise.resolve(0);

/** Opens a link in a window of its own, as the page asks for it. */
function follow(from: fake.BrowserWindow, url: string): fake.BrowserWindow | undefined {
  const before = fake.BrowserWindow.made.length;
  expect(from.webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
  return fake.BrowserWindow.made[before];
}

describe('the start', () => {
  it('registers the scheme before the app is ready, standard and secure, without a way around the policy [6, 18]', () => {
    const [schemes] = fake.record;
    expect(schemes).toBe(
      'schemes [{"scheme":"app","privileges":{"standard":true,"secure":true,"supportFetchAPI":true,"stream":true}}]',
    );
    expect(fake.record.indexOf('ready')).toBeGreaterThan(fake.record.indexOf('sandbox'));
  });
  it('puts every renderer into the sandbox and lets none reach a host [1, 4]', () => {
    expect(fake.record).toContain('sandbox');
    expect(fake.record).toContain('switch host-resolver-rules MAP * ~NOTFOUND');
  });
});

describe('every window', () => {
  it('has no Node, is isolated and sandboxed, keeps web security, whatever it is for [2-4, 6, 8-11]', async () => {
    const document = follow(main, 'app://fieldwriter/api/documents/d-1');
    const second = follow(main, 'app://fieldwriter/#/desk');
    const { lendElectronPage } = await import('./printer.ts');
    await lendElectronPage(() => undefined);
    const printing = fake.BrowserWindow.made.at(-1);
    const all = [main, document, second, printing];
    expect(new Set(all).size).toBe(4);
    for (const window of all)
      expect(window?.options.webPreferences).toMatchObject({
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        contextIsolation: true,
        sandbox: true,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
      });
    for (const window of all) {
      const powers: Readonly<Record<string, unknown>> = window?.options.webPreferences ?? {};
      expect(powers).not.toHaveProperty('enableBlinkFeatures');
      // Only the workbench's own pages get the preload script [20].
      expect(powers.preload === undefined).toBe(window === document || window === printing);
    }
  });

  it('attaches no webview and opens no window of its own [12, 14]', () => {
    for (const { webContents } of fake.BrowserWindow.made) {
      expect(webContents.mayGo('will-attach-webview', 'app://fieldwriter/')).toBe(false);
      expect(webContents.openHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
    }
  });

  it('is granted no permission [5]', () => {
    const sessions = new Set(fake.BrowserWindow.made.map(({ options }) => options.webPreferences.session));
    expect(sessions.size).toBe(3);
    for (const { permissions } of sessions) {
      const granted: boolean[] = [];
      permissions.request?.({}, 'media', (answer) => granted.push(answer));
      expect([
        ...granted,
        permissions.check?.({}, 'media', () => {}),
        permissions.device?.({}, 'usb', () => {}),
      ]).toEqual([false, false, false]);
    }
  });
});

describe('the window of the workbench', () => {
  it('stays where it is [13]', () => {
    const { webContents } = main;
    expect(webContents.urls).toEqual(['app://fieldwriter/']);
    expect(webContents.mayGo('will-navigate', 'app://fieldwriter/#/desk')).toBe(true);
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'app://fieldwriter/api/documents/d-1'])
      expect([url, webContents.mayGo('will-navigate', url)]).toEqual([url, false]);
  });
  it('hands https links to the system, and nothing else [15]', () => {
    fake.record.length = 0;
    for (const url of ['https://example.com/', 'http://example.com/', 'file:///etc/passwd', 'smb://evil/share'])
      follow(main, url);
    expect(fake.record).toEqual(['outside https://example.com/']);
  });
  it('calls the workbench; others do not [17]', async () => {
    const { defaultSession } = fake.session;
    expect(await ask(defaultSession, 'app://fieldwriter/api/session')).toBe(200);
    expect(await ask(defaultSession, 'app://fieldwriter/x', { headers: { origin: 'https://evil.example' } })).toBe(403);
  });
});

describe('the window of a document', () => {
  it('has a session of its own that reads what was opened, and reaches nothing else of the workbench', async () => {
    const window = follow(main, 'app://fieldwriter/api/documents/d-2');
    expect(window?.options.webPreferences.session).toBe(documents);
    expect(window?.webContents.urls).toEqual(['app://fieldwriter/api/documents/d-2']);
    asked.length = 0;
    expect(await ask(documents, 'app://fieldwriter/api/documents/d-2')).toBe(200);
    for (const [method, at] of [
      ['GET', '/api/documents/never-opened'],
      ['POST', '/api/documents/d-2'],
      ['GET', '/api/documents/d-2?x=1'],
      ['GET', '/api/session'],
      ['GET', '/'],
      ['POST', '/policy'],
    ] as const)
      expect([method, at, await ask(documents, `app://fieldwriter${at}`, { method })]).toEqual([method, at, 403]);
    expect(asked).toEqual(['GET app://fieldwriter/api/documents/d-2']);
  });
  it('goes nowhere and opens nothing', () => {
    const window = follow(main, 'app://fieldwriter/api/media/m-1');
    for (const url of ['app://fieldwriter/', 'https://evil.example/', 'app://fieldwriter/api/documents/d-1'])
      expect([url, window?.webContents.mayGo('will-navigate', url)]).toEqual([url, false]);
    fake.record.length = 0;
    expect(follow(window ?? main, 'https://example.com/')).toBeUndefined();
    expect(fake.record).toEqual([]);
  });
});

describe('a page that prints', () => {
  it('is seen by nobody, has no script, and nothing answers app:// in its session', async () => {
    const { lendElectronPage } = await import('./printer.ts');
    const told: string[] = [];
    const page = await lendElectronPage((event) => told.push(event));
    const window = fake.BrowserWindow.made.at(-1);
    expect(window?.options).toMatchObject({ show: false, webPreferences: { javascript: false } });
    expect(window?.options.webPreferences.session.handlers.size).toBe(0);
    const paper = { paperWidth: 8, paperHeight: 11, marginTop: 0, marginRight: 0, marginBottom: 0, marginLeft: 0 };
    await page.send('Fetch.enable', {});
    expect(await page.send('Page.printToPDF', paper)).toEqual({ data: Buffer.from('%PDF-').toString('base64') });
    expect(window?.webContents.commands).toEqual(['attach', 'Fetch.enable', 'printToPDF']);
    window?.webContents.debugger.emit('message', {}, 'Fetch.requestPaused', {});
    expect(told).toEqual(['Fetch.requestPaused']);
    window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await expect(page.send('Fetch.enable', {})).rejects.toThrow(/crashed/);
  });
});

describe('the end', () => {
  it('comes with the last window that anybody sees, though pages wait for prints', () => {
    fake.record.length = 0;
    const printing = fake.BrowserWindow.made.filter(({ options }) => options.webPreferences.javascript === false);
    const seen = fake.BrowserWindow.made.filter((window) => !printing.includes(window));
    expect(printing.length).toBeGreaterThan(0);
    for (const window of seen.slice(1)) window.destroy();
    expect(fake.record).toEqual([]);
    seen[0]?.destroy();
    expect(fake.record).toEqual(['quit']);
  });
});
