import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRepository } from './repository.ts';

const files = (content: Record<string, string>) =>
  new Map(Object.entries(content).map(([path, text]) => [path, new TextEncoder().encode(text)]));
const texts = (content: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...content].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));

describe('versions in Git (G1)', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repository-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const first = { 'config.json': '{}', 'products/a b/policy/policy.json': '{"fields":[]}' };
  const second = { ...first, 'config.json': '{"currency":"EUR"}' };
  const when = Date.UTC(2026, 10, 21, 9, 30);

  it('G1 keeps every version, numbered from 0, and gives each back unchanged', async () => {
    const repository = await openRepository(folder);
    expect(await repository.log()).toEqual([]);
    const one = await repository.deploy(files(first), 'Ann', when, 'First');
    const two = await repository.deploy(files(second), 'Ben', when + 60_000);
    expect([one.version, two.version]).toEqual([0, 1]);
    expect(await repository.log()).toEqual([two, one]);
    expect(one).toMatchObject({ author: 'Ann', at: when, message: 'First' });
    expect(texts(await repository.read(one.commit))).toEqual(first);
    expect(texts(await repository.read(two.commit))).toEqual(second);
    expect(await (await openRepository(folder)).log()).toHaveLength(2);
  });
  it('G2 makes no new version of the same content', async () => {
    const repository = await openRepository(folder);
    const one = await repository.deploy(files(first), 'Ann', when);
    expect(await repository.deploy(files(first), 'Ben', when + 1_000)).toEqual(one);
    await repository.deploy(files(second), 'Ann', when);
    expect((await repository.deploy(files(first), 'Ann', when)).version).toBe(2);
  });
  it('G3 refuses paths that lead out, and names a version that is not there', async () => {
    const repository = await openRepository(folder);
    await expect(repository.deploy(files({ 'a/../../b': '' }), 'Ann', when)).rejects.toMatchObject({
      code: 'invalid-configuration',
    });
    await expect(repository.read('0'.repeat(40))).rejects.toMatchObject({ code: 'not-found' });
  });
});
