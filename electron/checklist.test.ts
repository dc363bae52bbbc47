/** Electron's security checklist, point by point, on the windows, sessions and settings as they are really wired. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DoorEnv } from '#core/api/door.ts';
import { securityHeaders } from '#core/api/guard.ts';
import { FUSES } from '../build/fuses.ts';
import { ASKS } from './channels.ts';
import { type Desktop, startDesktop } from './desktop.fixture.ts';
import * as fake from './electron.fixture.ts';

vi.mock('electron', () => import('./electron.fixture.ts'));

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
  .map((name) => [name, readFileSync(path.join(import.meta.dirname, name), 'utf8')] as const);
/** The sources in which a pattern stands. */
const having = (pattern: RegExp): string[] => sources.filter(([, text]) => pattern.test(text)).map(([name]) => name);
const packageFile = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
};

let desktop: Desktop;
let all: readonly fake.BrowserWindow[];
let document: fake.BrowserWindow;
let printing: readonly fake.BrowserWindow[];
const powers = (): Readonly<Record<string, unknown>>[] => all.map(({ options }) => options.webPreferences);

beforeAll(async () => {
  desktop = await startDesktop();
  const open = (url: string): fake.BrowserWindow => {
    desktop.main.webContents.openHandler?.({ url });
    return fake.BrowserWindow.made.at(-1) as fake.BrowserWindow;
  };
  document = open('app://fieldwriter/api/documents/d-1');
  open('app://fieldwriter/#/desk');
  const { lendElectronPage } = await import('./printer.ts');
  await lendElectronPage(() => undefined);
  const { printSheet } = await import('./print-sheet.ts');
  await printSheet('<p>sheet</p>');
  all = [...fake.BrowserWindow.made];
  printing = all.slice(3);
});
afterAll(() => rmSync(fake.folder, { recursive: true, force: true }));

describe('the checklist holds: every kind of window was opened', () => {
  it('0. five windows: two of the workbench, a document, a page that prints, a sheet', () => {
    expect(all).toHaveLength(5);
    expect(having(/new BrowserWindow\(/).sort()).toEqual(['print-sheet.ts', 'printer.ts', 'windows.ts']);
  });

  it('1. only secure content: everything is app:// or a page of our own, and no host can be reached', () => {
    for (const { webContents } of all)
      for (const url of webContents.urls) expect(url).toMatch(/^(app:\/\/fieldwriter\/|about:blank$|data:text\/html)/);
    expect(fake.record).toContain('switch host-resolver-rules MAP * ~NOTFOUND');
    expect(having(/http:\/\//)).toEqual([]);
  });

  it('2. no Node in any page', () => {
    for (const given of powers())
      expect(given).toMatchObject({
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
      });
  });

  it('3. context isolation', () => {
    for (const given of powers()) expect(given.contextIsolation).toBe(true);
  });

  it('4. sandbox, for every process and before the first one', () => {
    for (const given of powers()) expect(given.sandbox).toBe(true);
    expect(fake.record.indexOf('sandbox')).toBeGreaterThanOrEqual(0);
    expect(fake.record.indexOf('sandbox')).toBeLessThan(fake.record.indexOf('ready'));
  });

  it('5. permissions are denied, asked, checked or of devices, in every session', () => {
    const sessions = new Set(all.map(({ options }) => options.webPreferences.session));
    expect(sessions.size).toBe(3);
    for (const { permissions } of sessions) {
      const granted: boolean[] = [];
      permissions.request?.({}, 'media', (answer) => granted.push(answer));
      const said = [...granted, permissions.check?.({}, 'media', () => {}), permissions.device?.({}, 'usb', () => {})];
      expect(said).toEqual([false, false, false]);
    }
  });

  it('6. web security stays on', () => {
    for (const given of powers()) expect(given.webSecurity).toBe(true);
    expect(having(/bypassCSP|corsEnabled|appendSwitch\('disable-web-security/)).toEqual([]);
  });

  it('7. every answer has a Content-Security-Policy that begins with nothing', async () => {
    const app = new Hono<DoorEnv>().use(securityHeaders()).get('/', (context) => context.text(''));
    const answer = await app.request('/');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const { answerLocked } = await import('./recovery-page.ts');
    const page = await answerLocked(new Request('app://fieldwriter/'), 'lost', async () => undefined);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(await page.text()).not.toMatch(/<script|style=|on\w+=/);
  });

  it('8. no insecure content', () => {
    for (const given of powers()) expect(given.allowRunningInsecureContent).toBe(false);
  });

  it('9. no experimental features', () => {
    for (const given of powers()) expect(given.experimentalFeatures).toBe(false);
  });

  it('10. no Blink features', () => {
    for (const given of powers()) expect(given).not.toHaveProperty('enableBlinkFeatures');
    expect(having(/enableBlinkFeatures|enable-blink-features/)).toEqual([]);
  });

  it('11. no webview', () => {
    for (const given of powers()) expect(given.webviewTag).toBe(false);
    expect(having(/<webview/)).toEqual([]);
  });

  it('12. and none can be attached', () => {
    for (const { webContents } of all)
      expect(webContents.mayGo('will-attach-webview', 'app://fieldwriter/')).toBe(false);
  });

  it('13. navigation stays in the workbench, compared by origin; a document goes nowhere', () => {
    const { webContents } = desktop.main;
    expect(webContents.mayGo('will-navigate', 'app://fieldwriter/#/desk')).toBe(true);
    for (const url of [
      'https://evil.example/',
      'app://fieldwriter.evil/',
      'app://evil/?app://fieldwriter/',
      'file:///x',
    ])
      expect([url, webContents.mayGo('will-navigate', url)]).toEqual([url, false]);
    expect(document.webContents.mayGo('will-navigate', 'app://fieldwriter/')).toBe(false);
  });

  it('14. no page opens a window', () => {
    for (const { webContents } of all)
      for (const url of ['https://evil.example/', 'app://fieldwriter/', 'about:blank'])
        if (webContents !== desktop.main.webContents)
          expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    expect(desktop.main.webContents.openHandler?.({ url: 'about:blank' })).toEqual({ action: 'deny' });
  });

  it('15. only https leaves for the system', () => {
    fake.record.length = 0;
    for (const url of ['https://example.com/', 'http://example.com/', 'file:///etc/passwd', 'smb://x/y', 'mailto:a@b'])
      desktop.main.webContents.openHandler?.({ url });
    expect(fake.record).toEqual(['outside https://example.com/']);
    expect(having(/openExternal/)).toEqual(['windows.ts']);
  });

  it('16. Electron is current: pinned, with its rule written down (docs/decisions)', () => {
    const pinned = packageFile.devDependencies.electron ?? '';
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
    const decision = readFileSync(path.join(import.meta.dirname, '../docs/decisions/0013-the-shell.md'), 'utf8');
    const newest = /newest major is (\d+)/.exec(decision)?.[1];
    expect(pinned.split('.')[0]).toBe(newest);
  });

  it('17. every question of a page is checked: who asks, from which frame', async () => {
    expect(having(/ipcMain/)).toEqual(['desktop.ts']);
    expect([...fake.ipcMain.ears.keys()].sort()).toEqual(Object.values(ASKS).sort());
    for (const senderFrame of [
      null,
      { origin: 'https://evil.example', parent: null },
      { origin: 'app://fieldwriter', parent: {} },
    ])
      for (const ear of fake.ipcMain.ears.values())
        await expect(ear({ sender: desktop.main.webContents, senderFrame })).rejects.toThrow('Refused');
    const call = (url: string, init?: RequestInit) =>
      fake.session.defaultSession.handlers.get('app')?.(new Request(url, init));
    expect((await call('app://fieldwriter/api/session'))?.status).toBe(200);
    expect((await call('app://fieldwriter/x', { headers: { origin: 'https://evil.example' } }))?.status).toBe(403);
    expect(printing.every(({ options }) => options.webPreferences.session.handlers.size === 0)).toBe(true);
  });

  it('18. a scheme of our own, registered once and before the start; no file:', () => {
    expect(having(/registerSchemesAsPrivileged/)).toEqual(['protocol.ts']);
    expect(having(/loadFile|file:\/\//)).toEqual([]);
    expect(fake.BrowserWindow.made.flatMap(({ webContents }) => webContents.urls).join()).not.toContain('file:');
  });

  it('19. fuses: nothing that an environment, an argument or a file could turn on', () => {
    expect(FUSES).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(having(/ELECTRON_RUN_AS_NODE|utilityProcess|\bfork\(/)).toEqual([]);
  });

  it('20. the page gets one frozen object of plain functions, and only pages of the workbench get it', async () => {
    vi.stubGlobal('addEventListener', () => undefined);
    await import('./preload.ts');
    expect(Object.keys(fake.bridged)).toEqual(['fieldwriter']);
    const bridge = fake.bridged.fieldwriter as object;
    expect(Object.isFrozen(bridge)).toBe(true);
    for (const value of Object.values(bridge)) expect(['function', 'string']).toContain(typeof value);
    expect(having(/exposeInMainWorld|ipcRenderer/)).toEqual(['preload.ts']);
    for (const { options } of all) {
      const isWorkbench = options.webPreferences.session === fake.session.defaultSession;
      expect(options.webPreferences.preload !== undefined).toBe(isWorkbench);
    }
  });
});

/** Settings that would undo what stands above, wherever in the shell somebody writes them. */
const FORBIDDEN =
  /@electron\/remote|allowServiceWorkers|executeJavaScript|appendSwitch\('(remote-debugging|no-sandbox)|setUsePlainTextEncryption/;
const WINDOWS = /new BrowserWindow\((?![\s\S]{0,400}?webPreferences: \{ \.\.\.(WINDOW|DOCUMENT|PRINT)_POWERS)/;

describe('the sources of the shell', () => {
  it.each(sources)('%s uses nothing that is forbidden and is short', (_name, text) => {
    expect(text).not.toMatch(FORBIDDEN);
    expect(text).not.toMatch(WINDOWS);
    expect(text.split('\n').length).toBeLessThan(200);
  });
  it('would be found out', () => {
    expect('contents.executeJavaScript()').toMatch(FORBIDDEN);
    expect('new BrowserWindow({ webPreferences: { nodeIntegration: true } })').toMatch(WINDOWS);
  });
});
