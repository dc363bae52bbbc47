/** The desktop with Electron itself: the first journey, every window that was made, the key store, and the packaged fuses. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronBinary } from '#core/cli/start.ts';
import { exampleRequest } from '#test/contract/support.ts';
import { bundleCore, bundleShell } from '../../build/bundle.ts';
import { FUSES } from '../../build/fuses.ts';
import { buildRenderer } from '../../build/renderer.ts';
import { WINDOW_POWERS } from '../../electron/decisions.ts';

const root = path.resolve(import.meta.dirname, '../..');
const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-desktop-test-'));
const binary = electronBinary(path.join(root, 'node_modules/electron')) ?? '';
const own = path.join(home, 'shell');

/** Starts the desktop. @param key of the data; without it the key store of this session holds one */
async function open(data: string, key?: string): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await _electron.launch({
    executablePath: binary,
    args: [
      path.join(root, 'dist/electron/main.js'),
      `--user-data-dir=${own}`,
      '--data',
      path.join(home, data),
      '--user',
      'Ada',
    ],
    env: { ...process.env, XDG_CONFIG_HOME: path.join(home, 'config'), FIELDWRITER_KEY: key ?? '' } as Record<
      string,
      string
    >,
  });
  return { app, page: await app.firstWindow() };
}

beforeAll(async () => {
  await buildRenderer();
  await bundleCore();
  await bundleShell();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the first journey', () => {
  let app: ElectronApplication;
  let page: Page;
  beforeAll(async () => {
    ({ app, page } = await open('data', '5a'.repeat(32)));
  });
  afterAll(async () => app?.close());

  it('opens the desk, puts a sample into use and prices a quote', async () => {
    await page.getByText('No risks yet').or(page.getByText('There is no product')).first().waitFor();
    await page.getByRole('link', { name: 'Products' }).first().click();
    await page.getByRole('button', { name: 'Add Personal auto' }).click();
    await page.getByRole('link', { name: 'New quote' }).first().click();
    await page.getByLabel('First name').fill('Ada');
    expect(page.url()).toBe('app://fieldwriter/#/quote/personal-auto');
  });

  it('finalizes it and prints its document with its own Chromium', async () => {
    const made = await page.evaluate(
      async ({ policyholder, policy }) => {
        const ask = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
          const headers = { 'content-type': 'application/json' };
          const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
          return (await answer.json()) as Record<string, unknown>;
        };
        const holder = await ask('/policyholder/create', policyholder);
        const draft = await ask('/policy', { ...policy, policyholderLocator: holder.locator });
        const { documents } = await ask(`/policy/${draft.locator}/finalize`, {});
        const [document] = documents as { locator: string }[];
        const pdf = await (await fetch(`/api/documents/${document?.locator}`)).text();
        return { locator: document?.locator, begins: pdf.slice(0, 5) };
      },
      exampleRequest('personal-auto', 'golden-new-business') as { policyholder: unknown; policy: object },
    );
    expect(made.begins).toBe('%PDF-');
    const shown = app.waitForEvent('window');
    await page.evaluate((locator) => {
      (globalThis as unknown as { open(url: string): void }).open(`app://fieldwriter/api/documents/${locator}`);
    }, made.locator);
    expect((await shown).url()).toContain(`/api/documents/${made.locator}`);
  });

  it('has the bridge and nothing of Node or Electron in the page', async () => {
    const found = await page.evaluate(() => ({
      bridge: Object.isFrozen((globalThis as { fieldwriter?: object }).fieldwriter),
      leaked: ['require', 'process', 'module', 'Buffer', 'electron'].filter((name) => name in globalThis),
    }));
    expect(found).toEqual({ bridge: true, leaked: [] });
  });

  it('gave every window exactly the powers that it may have', async () => {
    const powers = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        const contents = webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        return contents.getLastWebPreferences();
      }),
    );
    // The workbench, the document, and at least one page that prints.
    expect(powers.length).toBeGreaterThan(2);
    const { navigateOnDragDrop: _drag, spellcheck: _spell, ...held } = WINDOW_POWERS;
    for (const given of powers)
      expect(given).toMatchObject({ ...held, plugins: expect.any(Boolean), javascript: expect.any(Boolean) });
  });

  it('goes nowhere else', async () => {
    await page.evaluate(() => {
      (globalThis as unknown as { location: { href: string } }).location.href = 'https://example.com/';
    });
    expect(page.url()).toMatch(/^app:\/\/fieldwriter\//);
  });
});

describe('the key store of this session', () => {
  it('holds the key: wrapped in the shell’s folder, in no key file, and the next start opens the data', async () => {
    const first = await open('kept');
    const backend = await first.app.evaluate(({ safeStorage }) =>
      process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'system',
    );
    expect(backend, 'this session has no key store: run it in a desktop session, or with gnome-keyring').not.toBe(
      'basic_text',
    );
    await first.page.getByText('No risks yet').or(first.page.getByText('There is no product')).first().waitFor();
    const keys = readdirSync(path.join(own, 'keys'));
    expect(keys).toHaveLength(1);
    expect(readFileSync(path.join(own, 'keys', keys[0] ?? ''), 'utf8')).toContain('wrapped');
    expect(existsSync(path.join(home, 'config/fieldwriter'))).toBe(false);
    await first.app.close();
    const second = await open('kept');
    await second.page.getByText('No risks yet').or(second.page.getByText('There is no product')).first().waitFor();
    await second.app.close();
  });
});

describe('the packaged program', () => {
  it('has its fuses, read back from the binary', async () => {
    const { status } = spawnSync(process.execPath, [path.join(root, 'build/package.ts'), '--dir'], {
      cwd: root,
      stdio: 'inherit',
    });
    expect(status).toBe(0);
    const fuses = await getCurrentFuseWire(packagedBinary());
    const states = Object.fromEntries(
      Object.keys(FUSES).map((name) => {
        const fuse = FuseV1Options[`${name[0]?.toUpperCase()}${name.slice(1)}` as keyof typeof FuseV1Options];
        return [name, fuses[fuse] === FuseState.ENABLE];
      }),
    );
    expect(states).toEqual(FUSES);
  });
});

/** Where electron-builder leaves the unpacked program. */
function packagedBinary(): string {
  const output = path.join(root, 'dist/installers');
  const folder = path.join(output, readdirSync(output).find((name) => /unpacked$|^mac/.test(name)) ?? '');
  if (process.platform === 'darwin') return path.join(folder, 'Fieldwriter.app');
  return path.join(folder, process.platform === 'win32' ? 'Fieldwriter.exe' : 'fieldwriter');
}
