/** The desktop as it is wired: what other starts, menus, files, links, the tray and the page ask of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CoreState, DesktopBridge, OpenedFile } from '#core/api/contracts/desktop.ts';
import { ASKS, TELLS } from './channels.ts';
import { dataPlace, troubleWith } from './data-place.ts';
import { type Desktop, RECOVERY_KEY, startDesktop } from './desktop.fixture.ts';
import * as fake from './electron.fixture.ts';
import { bridgeOver, type Drag, type Line, takeDrops } from './page-bridge.ts';
import { recoverySheet } from './recovery-sheet.ts';

vi.mock('electron', () => import('./electron.fixture.ts'));

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-desktop-'));
const product = path.join(home, 'auto.fieldwriter');
writeFileSync(product, 'zip');
let desktop: Desktop;
beforeAll(async () => {
  desktop = await startDesktop();
});
afterAll(() => {
  for (const folder of [home, fake.folder]) rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  fake.record.length = 0;
  fake.dialog.chosen = undefined;
  desktop.main.webContents.commands.length = 0;
  desktop.main.webContents.sent.length = 0;
});

const top = { origin: 'app://fieldwriter', parent: null };
/** Asks the shell as a frame of a page. */
const ask = (channel: string, given?: unknown, frame: unknown = top, page = desktop.main): Promise<unknown> => {
  const ear = fake.ipcMain.ears.get(channel);
  if (!ear) throw new Error(`nobody listens on ${channel}`);
  return ear({ sender: page.webContents, senderFrame: frame }, given);
};
/** The preload script's end of the line, as the page of the main window has it. */
const line: Line = {
  invoke: (channel, given) => ask(channel, given),
  on: (channel, listener) => desktop.main.webContents.on(`told ${channel}`, listener),
  off: (channel, listener) => desktop.main.webContents.off(`told ${channel}`, listener),
};
/** Brings what the shell sent to the page's listeners. */
const deliver = (): void => {
  for (const [channel, told] of desktop.main.webContents.sent.splice(0))
    desktop.main.webContents.emit(`told ${channel}`, {}, told);
};
const item = (label: string): fake.MenuItem => {
  const all = fake.Menu.bar.flatMap(({ submenu }) => submenu ?? []);
  const found = all.find((one) => one.label === label);
  if (!found) throw new Error(`no item ${label}`);
  return found;
};

describe('who may ask the shell', () => {
  it.each([
    ['a page of the web', { origin: 'https://evil.example', parent: null }],
    ['a frame inside the page', { origin: 'app://fieldwriter', parent: {} }],
    ['a page of another host', { origin: 'app://fieldwriter.evil', parent: null }],
    ['a frame that is gone', null],
  ])('not %s, whatever it asks', async (_who, frame) => {
    for (const channel of Object.values(ASKS)) await expect(ask(channel, [], frame)).rejects.toThrow('Refused');
    expect(fake.record).toEqual([]);
  });
  it('not the window of a document', async () => {
    desktop.main.webContents.openHandler?.({ url: 'app://fieldwriter/api/documents/d-1' });
    const document = fake.BrowserWindow.made.at(-1);
    expect(document).not.toBe(desktop.main);
    await expect(ask(ASKS.chooseFolder, undefined, top, document)).rejects.toThrow('Refused');
    document?.destroy();
  });
  it('nobody on another channel', () => {
    expect([...fake.ipcMain.ears.keys()].sort()).toEqual(Object.values(ASKS).sort());
  });
});

describe('the bridge of the page', () => {
  let bridge: DesktopBridge;
  beforeAll(() => {
    bridge = bridgeOver(line, 'linux');
  });
  it('is one frozen object of plain functions and words', () => {
    expect(Object.isFrozen(bridge)).toBe(true);
    for (const value of Object.values(bridge)) expect(['function', 'string']).toContain(typeof value);
  });
  it('chooses folders and products', async () => {
    expect(await bridge.chooseFolder()).toBeUndefined();
    fake.dialog.chosen = '/somewhere';
    expect(await bridge.chooseFolder()).toBe('/somewhere');
    expect(await bridge.chooseProductFile()).toBe('/somewhere');
  });
  it('keeps the data where the user wants it, from the next start on; not where other things lie', async () => {
    expect(await bridge.chooseDataFolder()).toBeUndefined();
    fake.dialog.chosen = home;
    await expect(bridge.chooseDataFolder()).rejects.toThrow('not empty');
    expect(fake.record).toEqual([]);
    const folder = mkdtempSync(path.join(home, 'data-'));
    fake.dialog.chosen = folder;
    expect(await bridge.chooseDataFolder()).toBe(folder);
    expect(fake.record).toEqual(['relaunch', 'quit']);
    expect(dataPlace(path.join(fake.app.getPath('userData'), 'data.json')).chosen()).toBe(folder);
    expect(troubleWith('\\\\server\\share', 'win32')).toContain('on the network');
  });
  it('saves a file where the user says, under a name that leads nowhere else', async () => {
    const target = path.join(home, 'saved.pdf');
    expect(await bridge.saveFile({ name: 'a.pdf', bytes: Buffer.from('x') })).toBeUndefined();
    fake.dialog.chosen = target;
    expect(await bridge.saveFile({ name: '../../.ssh/key\n', bytes: Buffer.from('%PDF') })).toBe(target);
    expect(readFileSync(target, 'utf8')).toBe('%PDF');
    expect(fake.record).toEqual(['save a.pdf', 'save ssh key ']);
    await expect(ask(ASKS.saveFile, { name: 'x', bytes: 'text' })).rejects.toThrow('bytes');
    await expect(ask(ASKS.saveFile)).rejects.toThrow('bytes');
  });
  it('tells the state of core, and its turns until nobody listens any more', async () => {
    const states: CoreState[] = [];
    const stop = bridge.onCoreState((state) => states.push(state));
    desktop.turn({ state: 'ready', key: 'environment' });
    desktop.turn({ state: 'restarting', reason: 'core ended (SIGKILL)' });
    deliver();
    expect(states.map(({ state }) => state)).toEqual(['ready', 'restarting']);
    expect(await bridge.coreState()).toEqual({ state: 'restarting', reason: 'core ended (SIGKILL)' });
    stop();
    desktop.turn({ state: 'ready', key: 'environment' });
    deliver();
    expect(states).toHaveLength(2);
    await bridge.restartCore();
    expect(desktop.restarts()).toBe(1);
  });
  it('has the recovery key printed and never sees it', async () => {
    const windows = fake.BrowserWindow.made.length;
    expect(await bridge.printRecoveryKey()).toBe(true);
    const sheet = fake.BrowserWindow.made[windows];
    expect(sheet?.options).toMatchObject({ show: false, webPreferences: { javascript: false } });
    expect(sheet?.webContents.commands).toEqual(['print']);
    const page = Buffer.from(sheet?.webContents.urls[0]?.split('base64,')[1] ?? '', 'base64').toString();
    expect(page).toContain('<code>00000</code>');
    expect(JSON.stringify(desktop.main.webContents.sent)).not.toContain(RECOVERY_KEY);
    expect(recoverySheet(RECOVERY_KEY, '<Ada>', 'today')).not.toContain('<Ada>');
  });
  it('hears of files: those from before it listened, then each as it comes, and none after the page was left', async () => {
    const files: OpenedFile[] = [];
    const open = (): void => void fake.app.emit('open-file', { preventDefault: () => undefined }, product);
    open();
    deliver();
    expect(files).toEqual([]);
    bridge.onOpenFile((file) => files.push(file));
    await vi.waitFor(() => expect(desktop.main.webContents.sent).toHaveLength(1));
    deliver();
    open();
    deliver();
    expect(files).toEqual([
      { kind: 'product', path: product },
      { kind: 'product', path: product },
    ]);
    desktop.main.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    open();
    expect(desktop.main.webContents.sent).toEqual([]);
    await ask(ASKS.listening);
    expect(desktop.main.webContents.sent).toHaveLength(1);
  });
  it('takes files that are dropped where no screen takes them', async () => {
    const listeners = new Map<string, (drag: Drag) => void>();
    takeDrops(
      (event, listener) => listeners.set(event, listener),
      (file) => String(file),
      line,
    );
    const drag = (defaultPrevented: boolean, types = ['Files']) => {
      const preventDefault = vi.fn<() => void>();
      const dataTransfer = { types, files: [product, path.join(home, 'letter.pdf')] };
      return { defaultPrevented, preventDefault, dataTransfer };
    };
    for (const left of [drag(true), drag(false, ['text/plain'])]) {
      listeners.get('drop')?.(left);
      expect(left.preventDefault).not.toHaveBeenCalled();
    }
    expect(desktop.main.webContents.sent).toEqual([]);
    const over = drag(false);
    listeners.get('dragover')?.(over);
    expect(over.preventDefault).toHaveBeenCalled();
    listeners.get('drop')?.(drag(false));
    await vi.waitFor(() =>
      expect(desktop.main.webContents.sent).toEqual([[TELLS.openFile, { kind: 'product', path: product }]]),
    );
    await ask(ASKS.dropped, ['relative.zip', 7, null]);
    await ask(ASKS.dropped, 'text');
    expect(desktop.main.webContents.sent).toHaveLength(1);
  });
});

describe('a second start', () => {
  it('shows the window of the first one and hands it its files and links', () => {
    const { urls, sent } = desktop.main.webContents;
    const before = desktop.main.shown;
    fake.app.emit('second-instance', {}, [], '/', {
      arguments: ['auto.fieldwriter', 'fieldwriter://quote/personal-auto', 'missing.zip', 'fieldwriter://evil'],
      folder: home,
    });
    expect(desktop.main.shown).toBeGreaterThan(before);
    expect(urls.at(-1)).toBe('app://fieldwriter/#/quote/personal-auto');
    expect(sent).toEqual([[TELLS.openFile, { kind: 'product', path: product }]]);
    const log = readFileSync(path.join(fake.folder, 'logs/shell.log'), 'utf8');
    expect(log).toContain('fieldwriter://evil');
    expect(log).toContain('missing.zip');
  });
  it('that says nonsense only shows the window', () => {
    const { urls } = desktop.main.webContents;
    const before = urls.length;
    for (const odd of [undefined, null, 'x', { arguments: [1], folder: 2 }])
      fake.app.emit('second-instance', {}, [], '/', odd);
    expect(urls).toHaveLength(before);
  });
  it('by a link of the system leads there, if it is one of ours', () => {
    const { urls } = desktop.main.webContents;
    const link = (url: string): void => void fake.app.emit('open-url', { preventDefault: () => undefined }, url);
    link('fieldwriter://desk');
    link('fieldwriter://policy/../../x');
    expect(urls.at(-1)).toBe('app://fieldwriter/#/desk');
  });
});

describe('the menu bar', () => {
  it('leads to screens, speaks to the page, and goes back', () => {
    const { urls, sent, commands } = desktop.main.webContents;
    item('Products').click?.();
    expect(urls.at(-1)).toBe('app://fieldwriter/#/products');
    item('Command palette').click?.();
    item('Keys of this screen').click?.();
    expect(sent).toEqual([
      [TELLS.command, 'palette'],
      [TELLS.command, 'keys'],
    ]);
    item('Back').click?.();
    expect(commands).toEqual(['back']);
  });
  it('opens a window, a product, the logs, and prints the recovery key', async () => {
    const before = fake.BrowserWindow.made.length;
    item('New window').click?.();
    const second = fake.BrowserWindow.made[before];
    expect(second?.webContents.urls).toEqual(['app://fieldwriter/']);
    second?.destroy();
    desktop.main.focus();
    fake.dialog.chosen = product;
    item('Open product…').click?.();
    await vi.waitFor(() => expect(desktop.main.webContents.sent).toHaveLength(1));
    item('Show logs').click?.();
    expect(fake.record).toContain(`path ${path.join(fake.folder, 'logs')}`);
    item('Print recovery key…').click?.();
    await vi.waitFor(() => expect(fake.BrowserWindow.made.at(-1)?.webContents.commands).toEqual(['print']));
  });
});

describe('the tray', () => {
  it('says where the data is, opens and quits', () => {
    const [tray] = fake.Tray.made;
    desktop.turn({ state: 'ready', key: 'environment' });
    expect(tray?.tooltip).toBe('Fieldwriter: this laptop only');
    expect(tray?.menu.map(({ label }) => label)).toEqual(['This laptop only', undefined, 'Open Fieldwriter', 'Quit']);
    const before = desktop.main.shown;
    tray?.menu[2]?.click?.();
    expect(desktop.main.shown).toBeGreaterThan(before);
    tray?.menu[3]?.click?.();
    expect(fake.record).toContain('quit');
  });
  it('is not needed', async () => {
    const { showTray } = await import('./tray.ts');
    const events: string[] = [];
    vi.spyOn(fake.Tray.made, 'push').mockImplementationOnce(() => {
      throw new Error('no tray');
    });
    const show = showTray(
      'icon.png',
      (event) => events.push(event),
      () => undefined,
    );
    show({ state: 'ready', key: 'environment' });
    expect(events).toEqual(['There is no tray']);
  });
});

describe('a window', () => {
  it('remembers where it stood', () => {
    desktop.main.emit('close');
    const own = path.join(fake.folder, 'appData/Fieldwriter Desktop');
    expect(Object.values(JSON.parse(readFileSync(path.join(own, 'windows.json'), 'utf8')))).toEqual([
      { bounds: { x: 1, y: 2, width: 1100, height: 700 }, maximized: false },
    ]);
  });
  it('whose page is gone is drawn again, and given up when it keeps breaking', () => {
    const { webContents } = desktop.main;
    const gone = (reason: string): void => void webContents.emit('render-process-gone', {}, { reason, exitCode: 1 });
    gone('clean-exit');
    expect(webContents.commands).toEqual([]);
    for (let i = 0; i < 3; i += 1) gone('crashed');
    expect(webContents.commands).toEqual(['reload', 'reload']);
    expect(fake.record).toEqual([
      'message The window was drawn again.',
      'message The window was drawn again.',
      'message The window keeps breaking.',
    ]);
  });
  it('that hangs asks once, and is drawn again when the user wants it', async () => {
    desktop.main.emit('unresponsive');
    desktop.main.emit('unresponsive');
    await vi.waitFor(() => expect(desktop.main.webContents.commands).toEqual(['crash']));
    expect(fake.record).toEqual(['message The window does not answer.']);
  });
  it('checks spelling in the languages of the system and offers words', () => {
    expect(fake.session.defaultSession.spelling).toEqual(['de', 'en-US']);
    const editFlags = { canCut: true, canCopy: true, canPaste: true };
    desktop.main.webContents.emit(
      'context-menu',
      {},
      {
        isEditable: true,
        selectionText: '',
        misspelledWord: 'wrod',
        dictionarySuggestions: ['word'],
        editFlags,
      },
    );
    const menu = fake.Menu.popped.at(-1);
    menu?.[0]?.click?.();
    menu?.[1]?.click?.();
    expect(desktop.main.webContents.commands).toEqual(['replace word']);
    expect(desktop.main.webContents.session.learned).toEqual(['wrod']);
  });
});

describe('the recovery key', () => {
  const asked = (): string[] => fake.record.filter((line) => line.includes('recovery key'));
  it('is offered for printing where the key lies on this computer, until it was printed', async () => {
    desktop.turn({ state: 'ready', key: 'environment' });
    fake.dialog.response = 1;
    desktop.turn({ state: 'ready', key: 'key-store' });
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    fake.dialog.response = 0;
    desktop.turn({ state: 'ready', key: 'key-store' });
    await vi.waitFor(() => expect(fake.BrowserWindow.made.at(-1)?.webContents.commands).toEqual(['print']));
    const note = path.join(fake.folder, 'appData/Fieldwriter Desktop/recovery.json');
    await vi.waitFor(() => expect(readFileSync(note, 'utf8')).toMatch(/printed/));
    expect(readFileSync(note, 'utf8')).not.toContain(RECOVERY_KEY);
    desktop.turn({ state: 'ready', key: 'key-store' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked()).toHaveLength(2);
  });
});

it('a core that never opened ends the desktop with its reason; one that ends later is healed', () => {
  desktop.options.onEnd({ wasReady: true, reason: 'core ended', explained: false });
  expect(fake.record).toEqual([]);
});
