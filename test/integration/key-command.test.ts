/** `fieldwriter key`: a lost key file is made again from what was printed. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { loadKey } from '#core/store/key.ts';
import { openStore } from '#core/store/open.ts';
import { recoveryKeyOf } from '#core/store/recovery-key.ts';
import { ROOT } from '#test/contract/support.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-key-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { XDG_CONFIG_HOME: path.join(home, 'config') };
const data = path.join(home, 'data');

async function key(arguments_: readonly string[], input = ''): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/fieldwriter.mjs'), 'key', ...arguments_], {
    env: { ...process.env, ...env, FIELDWRITER_KEY: '' },
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, said: out + err };
}

it('shows the recovery key, and makes a lost key file again from it', async () => {
  openStore({
    folder: data,
    key: loadKey(env, data),
    engine: 'test',
    now: Date.now,
    random: (count) => new Uint8Array(randomBytes(count)),
  }).close();
  const shown = await key(['show', '--data', data]);
  expect(shown).toEqual({ code: 0, said: `${recoveryKeyOf(loadKey(env, data))}\n` });

  const keys = path.join(home, 'config/fieldwriter');
  const file = path.join(keys, readdirSync(keys)[0] ?? '');
  renameSync(file, `${file}.away`);
  const lost = await key(['show', '--data', data]);
  expect([lost.code, lost.said]).toEqual([1, expect.stringContaining('key restore')]);

  const other = await key(['restore', '--data', data], recoveryKeyOf(new Uint8Array(32)));
  expect([other.code, other.said]).toEqual([1, expect.stringContaining('another key')]);
  expect(readdirSync(keys)).toHaveLength(1);

  expect((await key(['restore', '--data', data], shown.said.toLowerCase())).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(`${file}.away`, 'utf8'));
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('says which group is mistyped, and that there is no data', async () => {
  const shown = await key(['show', '--data', data]);
  const typed = shown.said.trim().split('-');
  const swapped = typed.with(2, typed[3] ?? '').with(3, typed[2] ?? '');
  const wrong = await key(['restore', '--data', data], swapped.join(' '));
  expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('group 3 and 4')]);
  const nowhere = await key(['show', '--data', path.join(home, 'nowhere')]);
  expect([nowhere.code, nowhere.said]).toEqual([1, expect.stringContaining('no data')]);
});
