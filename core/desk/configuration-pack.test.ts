import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configurationPacks } from './configuration-pack.ts';
import { configurationRepository, MAIN } from './configuration-repository.ts';
import { versionRepository } from './version-repository.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-packs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = (rates: string): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.entries({ 'config.json': '{}', 'products/auto/rates.csv': rates, 'products/auto/form.json': '[]' }).map(
      ([name, text]) => [name, new TextEncoder().encode(text)],
    ),
  );

test('SY90 commits come to another repository with their ids and history, each pack without what was brought before', async () => {
  const [from, to] = [path.join(folder, 'a.git'), path.join(folder, 'b.git')];
  const [here, there] = [configurationPacks(from), configurationPacks(to)];
  const repository = configurationRepository(from);
  const first = await repository.save(files('a,1'.repeat(500)), 'First', 'Uma', 1_000);
  const second = await repository.save(files('b,2'), 'Second', 'Uma', 2_000);
  const pack = await here.pack(first, new Set());
  const small = await here.pack(second, new Set([first]));
  expect(small.length).toBeLessThan((await here.pack(second, new Set())).length);
  expect(await there.has(first)).toBe(false);
  await there.take(pack);
  await there.take(small);
  await there.take(small);
  const brought = configurationRepository(to);
  expect(await brought.read(first)).toEqual(await repository.read(first));
  expect(await brought.read(second)).toEqual(await repository.read(second));
  await there.advance(second);
  await there.advance(first);
  const versions = versionRepository(to);
  expect(await versions.resolve(MAIN)).toBe(second);
  expect([...(await versions.commits([second])).keys()]).toEqual([second, first]);
  // What is deployed there next goes on from what came.
  const third = await brought.save(files('c,3'), 'Third', 'Bo', 3_000);
  expect((await versions.commits([third])).get(third)?.parents).toEqual([second]);
});
