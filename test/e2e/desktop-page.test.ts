/**
 * The page as the desktop has it, without Electron: the real core as the shell's child behind the shell's own forwarding, a real
 * Chromium in front, and a bridge that the test speaks through.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import type { CoreState, DesktopBridge, DesktopCommand, OpenedFile } from '#core/api/contracts/desktop.ts';
import { buildRenderer } from '../../build/renderer.ts';
import { launchBrowser } from '../../core/documents/chromium.ts';
import { type CoreProcess, startCore } from '../../electron/core-process.ts';
import { openKeyStore, type Safe } from '../../electron/key-store.ts';

const root = path.resolve(import.meta.dirname, '../..');
const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-desktop-page-'));
const ADDRESS = 'https://fieldwriter.test';

/** A key store of the system under a password that can be lost. */
const system: Safe & { password: string } = {
  password: 'a',
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text) => Buffer.from(`${system.password}${text}`),
  async decryptStringAsync(wrapped) {
    if (!wrapped.toString().startsWith(system.password)) throw new Error('it was reset');
    return { result: wrapped.toString().slice(system.password.length), shouldReEncrypt: false };
  },
  getSelectedStorageBackend: () => 'kwallet6',
};

let browser: Browser;
let page: Page;
let core: CoreProcess;
/** What the page gets told; it stands in the page as `tell`. */
type Told = { core: CoreState } | { command: DesktopCommand } | { file: OpenedFile };
const tell = async (told: Told): Promise<void> =>
  page?.evaluate((value) => (globalThis as { tell?: (told: Told) => void }).tell?.(value), told);

const openCore = (): CoreProcess =>
  startCore({
    runtime: process.execPath,
    entry: path.join(root, 'dist/core/main.js'),
    arguments: ['--data', path.join(home, 'data'), '--user', 'Ada'],
    keys: openKeyStore({
      safe: system,
      folder: path.join(home, 'keys'),
      platform: 'linux',
      mayUseFile: async () => false,
    }),
    // While the page is left there is nobody to tell.
    onState: (state) => void tell({ core: state }).catch(() => undefined),
    onEnd: () => undefined,
  });

/** Brings a request of the page to core, as the shell's protocol handler does. */
async function forward(route: Route): Promise<void> {
  const asked = route.request();
  const { origin: _origin, host: _host, ...headers } = await asked.allHeaders();
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  const body = asked.postDataBuffer();
  const { pathname, search } = new URL(asked.url());
  const request = new Request(`app://fieldwriter${pathname}${search}`, {
    method: asked.method(),
    headers: [...own, ['origin', 'app://fieldwriter']],
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
  const answer = await core
    .forward(request)
    .catch((error: unknown) => Response.json({ detail: String(error) }, { status: 503 }));
  await route
    .fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    })
    .catch(() => undefined); // the page went on
}

async function zipOf(folder: string, file: string): Promise<void> {
  const zip = new ZipFile();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (statSync(path.join(folder, name)).isFile()) zip.addFile(path.join(folder, name), name);
  zip.end();
  await writeFile(file, await buffer(zip.outputStream));
}

const product = path.join(home, 'personal-auto.fieldwriter');
beforeAll(async () => {
  process.env.FIELDWRITER_KEY = '';
  await buildRenderer();
  await zipOf(path.join(root, 'examples/personal-auto'), product);
  core = openCore();
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.route(`${ADDRESS}/**`, forward);
  page = await context.newPage();
  await page.exposeFunction('restartCore', () => core.restart());
  await page.exposeFunction('coreState', () => core.state());
  await page.addInitScript(() => {
    const shell = globalThis as unknown as Pick<DesktopBridge, 'restartCore' | 'coreState'> & Record<string, unknown>;
    const listeners: Record<string, Set<(told: never) => void>> = {
      core: new Set(),
      command: new Set(),
      file: new Set(),
    };
    const on = (kind: string) => (listener: (told: never) => void) => {
      listeners[kind]?.add(listener);
      return () => listeners[kind]?.delete(listener);
    };
    const { restartCore, coreState } = shell;
    shell.fieldwriter = Object.freeze({
      shell: 'desktop',
      restartCore,
      coreState,
      onCoreState: on('core'),
      onCommand: on('command'),
      onOpenFile: on('file'),
    });
    shell.tell = (told: Record<string, never>) => {
      for (const [kind, value] of Object.entries(told)) for (const listener of listeners[kind] ?? []) listener(value);
    };
  });
  await page.goto(`${ADDRESS}/`);
});
afterAll(async () => {
  await browser?.close();
  await core?.close();
  rmSync(home, { recursive: true, force: true });
});

const findings = async (): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};

describe('the page in the desktop', () => {
  it('does what the menu bar asks for', async () => {
    await page.getByText('No risks yet').waitFor();
    await tell({ command: 'palette' });
    await page.getByRole('textbox', { name: 'Search and commands' }).waitFor();
    await page.keyboard.press('Escape');
    await tell({ command: 'keys' });
    await page.getByRole('dialog', { name: 'Keys of this screen' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('asks before it puts a product into use that was opened as a file', async () => {
    await tell({ file: { kind: 'product', path: path.join(home, 'missing.zip') } });
    const dialog = page.getByRole('dialog', { name: 'Put this product into use?' });
    await dialog.getByRole('button', { name: 'Put into use' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await findings()).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await tell({ file: { kind: 'product', path: product } });
    await dialog.getByText('personal-auto.fieldwriter').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('is in use, version 1').waitFor();
    await page.getByRole('heading', { name: 'Products' }).first().waitFor();
  });

  it('says that core starts again, asks again what failed, and offers to start a stopped one', async () => {
    const banner = page.locator('.core-banner');
    const kill = (): void => void process.kill(core.pid() ?? Number.NaN, 'SIGKILL');
    await page.getByRole('link', { name: 'Desk' }).first().click();
    for (let times = 1; times <= 3; times += 1) {
      kill();
      await banner.waitFor();
      if (times === 3) break;
      await core.forward(new Request('app://fieldwriter/api/health'));
      await banner.waitFor({ state: 'hidden' });
    }
    await banner.getByText('starting it again did not help').waitFor();
    expect(await findings()).toEqual([]);
    await banner.getByRole('button', { name: 'Start it again' }).click();
    await banner.waitFor({ state: 'hidden' });
    await page.getByText('No risks yet').waitFor();
  });

  it('is the shell’s own where the key is lost, and the workbench again with the recovery key', async () => {
    const recoveryKey = await core.recoveryKey();
    await core.close();
    system.password = 'b';
    core = openCore();
    await page.goto(`${ADDRESS}/`);
    await page.getByRole('heading', { name: 'needs the recovery key' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.getByLabel('Recovery key').fill(recoveryKey.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    await page.getByRole('button', { name: 'Open the data' }).click();
    await page.getByRole('alert').filter({ hasText: 'group 13' }).waitFor();
    // What was typed stands there still, to be compared with the sheet.
    expect(await page.getByLabel('Recovery key').inputValue()).toHaveLength(recoveryKey.length);
    await page.getByLabel('Recovery key').fill(recoveryKey.toLowerCase().replaceAll('-', ' '));
    await page.getByRole('button', { name: 'Open the data' }).click();
    await page.getByText('No risks yet').waitFor();
  });
});
