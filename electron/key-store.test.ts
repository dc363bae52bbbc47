/** The key of the data in the desktop: from the key store of the system over the channel to core, and back with the recovery key. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type CoreProcess, startCore } from './core-process.ts';
import { type KeyHolder, openKeyStore, type Safe, troubleOf } from './key-store.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-keys-test-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
vi.stubEnv('FIELDWRITER_KEY', '');
vi.stubEnv('XDG_CONFIG_HOME', path.join(home, 'config'));

const ID = '01920000-0000-7000-8000-000000000000';
const KEY = Buffer.alloc(32, 7).toString('base64');

/** A key store of the system: it wraps under a password of its own, which can be lost. */
function system(): Safe & { password: number; rotated: boolean; backend: string; wraps: number } {
  const turn = (bytes: Buffer, by: number): Buffer => Buffer.from(bytes.map((byte) => byte ^ by));
  return {
    password: 0x5a,
    rotated: false,
    backend: 'gnome_libsecret',
    wraps: 0,
    isAsyncEncryptionAvailable: async () => true,
    async encryptStringAsync(text) {
      this.wraps += 1;
      return Buffer.concat([Buffer.of(this.password), turn(Buffer.from(text), this.password)]);
    },
    async decryptStringAsync(wrapped) {
      if (wrapped[0] !== this.password) throw new Error('the password is another one');
      return { result: turn(wrapped.subarray(1), this.password).toString(), shouldReEncrypt: this.rotated };
    },
    getSelectedStorageBackend() {
      return this.backend;
    },
  };
}

const store = (safe: Safe, folder: string, mayUseFile = false): KeyHolder =>
  openKeyStore({ safe, folder, platform: 'linux', mayUseFile: async () => mayUseFile });

describe('the key store', () => {
  it('keeps a key wrapped, in a file for its owner only, and gives it back', async () => {
    const folder = path.join(home, 'wrapped');
    const keys = store(system(), folder);
    expect(await keys({ act: 'read', id: ID })).toEqual({ state: 'none' });
    await keys({ act: 'keep', id: ID, key: KEY });
    expect(await keys({ act: 'read', id: ID })).toEqual({ state: 'kept', key: KEY });
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
    const file = path.join(folder, `${ID}.json`);
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says that a key is lost when the system no longer opens it or its file is damaged, and touches neither', async () => {
    const folder = path.join(home, 'lost');
    const safe = system();
    const keys = store(safe, folder);
    await keys({ act: 'keep', id: ID, key: KEY });
    safe.password = 1;
    expect(await keys({ act: 'read', id: ID })).toEqual({ state: 'lost', reason: 'the password is another one' });
    safe.password = 0x5a;
    expect(await keys({ act: 'read', id: ID })).toMatchObject({ state: 'kept' });
    writeFileSync(path.join(folder, `${ID}.json`), '{');
    expect(await keys({ act: 'read', id: ID })).toMatchObject({ state: 'lost' });
  });

  it('wraps a key again when the system asks for it', async () => {
    const safe = system();
    const keys = store(safe, path.join(home, 'rotated'));
    await keys({ act: 'keep', id: ID, key: KEY });
    safe.rotated = true;
    await keys({ act: 'read', id: ID });
    expect(safe.wraps).toBe(2);
  });

  it('takes no id that leads out of its folder', async () => {
    const keys = store(system(), path.join(home, 'ids'));
    for (const id of ['../../x', '', `${ID}/..`]) await expect(keys({ act: 'read', id })).rejects.toThrow('no id');
  });

  it.each([
    ['linux', true, 'gnome_libsecret', undefined],
    ['linux', true, 'kwallet6', undefined],
    ['linux', true, 'basic_text', 'no key store'],
    ['linux', true, 'unknown', 'too early'],
    ['linux', false, 'kwallet6', 'does not open'],
    ['darwin', true, '', undefined],
    ['win32', false, '', 'does not open'],
  ])('%s, available: %s, %s: %s', (platform, available, backend, trouble) => {
    const said = troubleOf(platform, available, backend);
    if (trouble === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(trouble);
  });
});

describe('core with the key store', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const data = path.join(home, 'data');
  const wrapped = path.join(home, 'shell/keys');
  const safe = system();
  const start = (keys = store(safe, wrapped)): CoreProcess =>
    startCore({
      runtime: process.execPath,
      entry: path.join(root, 'dist/core/main.js'),
      arguments: ['--data', data, '--user', 'Ada'],
      keys,
      onEnd: () => undefined,
    });
  const ask = (core: CoreProcess, at: string, init?: RequestInit): Promise<Response> =>
    core.forward(new Request(`app://fieldwriter${at}`, init));
  let recoveryKey = '';

  it('opens with a key that lies in no file that others could read, and tells the recovery key', async () => {
    const core = start();
    expect((await ask(core, '/api/health')).status).toBe(200);
    recoveryKey = await core.recoveryKey();
    expect(recoveryKey).toMatch(/^([0-9A-Z]{5}-){12}[0-9A-Z]{5}$/);
    await core.close();
    expect(readdirSync(wrapped)).toHaveLength(1);
    expect(existsSync(path.join(home, 'config/fieldwriter'))).toBe(false);
  });

  it('that is lost asks for the recovery key on a page of its own, refuses another one, and opens with it', async () => {
    safe.password = 1;
    const core = start();
    const page = await ask(core, '/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('needs the recovery key');
    expect(core.state()).toMatchObject({ state: 'locked' });
    expect((await ask(core, '/api/session')).status).toBe(423);

    const type = (key: string): Promise<string> =>
      ask(core, '/recover', { method: 'POST', body: new URLSearchParams({ key }) }).then((answer) => answer.text());
    const swapped = recoveryKey.split('-').toReversed().join('-');
    expect(await type(swapped)).toContain('mistyped');
    expect(await type('<b>')).not.toContain('<b>');
    expect((await ask(core, '/')).status).toBe(200);
    expect(await type(recoveryKey.toLowerCase())).toContain('http-equiv="refresh"');
    expect((await ask(core, '/api/session')).status).toBe(200);
    expect(await (await ask(core, '/api/session')).json()).toMatchObject({ user: { name: 'Ada' } });
    await core.close();

    const again = start();
    expect((await ask(again, '/api/health')).status).toBe(200);
    await again.close();
  });

  it('that waits for the recovery key can be closed', async () => {
    safe.password = 2;
    const core = start();
    await ask(core, '/');
    await core.close();
    await expect(ask(core, '/')).rejects.toThrow('closing');
    safe.password = 1;
  });

  it('without a key store starts nothing on a new folder unless the user wants a file', async () => {
    const poor = system();
    poor.backend = 'basic_text';
    const other = path.join(home, 'other');
    const refused = startCore({
      runtime: process.execPath,
      entry: path.join(root, 'dist/core/main.js'),
      arguments: ['--data', other],
      keys: store(poor, path.join(home, 'poor'), false),
      onEnd: () => undefined,
    });
    await expect(ask(refused, '/')).rejects.toThrow('GNOME Keyring');
    expect(refused.state()).toMatchObject({ state: 'stopped' });
    const wanted = startCore({
      runtime: process.execPath,
      entry: path.join(root, 'dist/core/main.js'),
      arguments: ['--data', other],
      keys: store(poor, path.join(home, 'poor'), true),
      onEnd: () => undefined,
    });
    expect((await ask(wanted, '/api/health')).status).toBe(200);
    await wanted.close();
    expect(readdirSync(path.join(home, 'config/fieldwriter'))).toHaveLength(1);
    expect(existsSync(path.join(home, 'poor'))).toBe(false);
  });
});
