/** A packaged product without Electron: laid out away from the repository, and run with the Node that it brings along. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { exampleRequest } from '#test/contract/support.ts';
import { filesBelow, requireFiles } from '../electron/core-files.ts';
import { type CoreProcess, startCore } from '../electron/core-process.ts';
import { placesOf } from '../electron/places.ts';
import { layOut } from './layout.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-layout-'));
/** As Electron has it: resources/fieldwriter, and the archive beside it (here a folder). */
const resources = path.join(home, 'resources');
const product = path.join(resources, 'fieldwriter');
const main = path.join(resources, 'app.asar/dist/electron');
const cores: CoreProcess[] = [];

beforeAll(async () => {
  vi.stubEnv('FIELDWRITER_KEY', '5a'.repeat(32));
  vi.stubEnv('XDG_CACHE_HOME', path.join(home, 'cache'));
  const { app, core } = await layOut(path.join(home, 'layout'));
  mkdirSync(resources);
  renameSync(app, path.join(resources, 'app.asar'));
  renameSync(core, product);
}, 120_000);
afterAll(async () => {
  await Promise.all(cores.map((core) => core.close()));
  rmSync(home, { recursive: true, force: true });
});

const start = (): CoreProcess => {
  const places = placesOf(main, resources);
  const core = startCore({
    ...places,
    prepare: () => requireFiles(places.checked),
    arguments: ['--data', path.join(home, `data-${cores.length}`), '--user', 'Ada'],
    onEnd: () => undefined,
  });
  cores.push(core);
  return core;
};
const ask = async <T>(core: CoreProcess, at: string, body?: object): Promise<T> => {
  const answer = await core.forward(
    new Request(`app://fieldwriter${at}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      headers: { 'content-type': 'application/json', origin: 'app://fieldwriter' },
    }),
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
};

describe('what is shipped', () => {
  it('brings no package but those that core loads, and of binaries only those of this system', () => {
    const modules = path.join(product, 'node_modules');
    expect(readdirSync(modules).sort()).toEqual(['better-sqlite3', 'isolated-vm', 'node', 'node-gyp-build']);
    const binaries = filesBelow(modules).filter((file) => file.endsWith('.node'));
    expect(binaries).toHaveLength(2);
    for (const file of binaries) expect(file).toContain(`${process.platform}-${process.arch}`);
    expect(readdirSync(path.join(resources, 'app.asar')).sort()).toEqual(['dist', 'package.json']);
  });

  it('has no tests, no sources, no source maps, nothing of this machine', () => {
    const files = [...filesBelow(resources)];
    expect(files.length).toBeGreaterThan(100);
    // Cases of the samples are part of the products.
    const ours = files.filter((file) => !file.includes('/examples/'));
    expect(ours.filter((file) => /\.(tsx?|map|md)$|\.(test|fixture|case)\./.test(file))).toEqual([]);
    const root = path.resolve(import.meta.dirname, '..');
    for (const file of files.filter((name) => /\.(m?js|cjs|json|html|css)$/.test(name))) {
      const text = readFileSync(path.join(resources, file), 'utf8');
      expect([file, text.includes(root), /sourceMappingURL=data/.test(text)]).toEqual([file, false, false]);
    }
  });

  it('lists every file of core with its hash', () => {
    const list = JSON.parse(readFileSync(path.join(main, 'core-files.json'), 'utf8')) as Record<string, string>;
    expect(Object.keys(list)).toEqual(filesBelow(product));
    for (const hash of Object.values(list)) expect(hash).toMatch(/^([0-9a-f]{64}|signed)$/);
  });
});

describe('the product', () => {
  it('runs with the Node that it brings: serves its screens and prices a sample', async () => {
    const core = start();
    expect(await ask(core, '/api/health')).toMatchObject({ status: 'ok' });
    expect(await ask<string>(core, '/')).toContain('<div id="root">');
    const samples = await ask<{ name: string }[]>(core, '/api/examples');
    expect(samples.map(({ name }) => name)).toEqual([
      'commercial-property',
      'homeowners',
      'personal-auto',
      'private-motor-france',
    ]);
    const deployed = await ask<Deployment>(core, '/api/examples/personal-auto', {});
    expect(deployed.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
    const holder = await ask<PolicyholderResponse>(core, '/policyholder/create', policyholder);
    const draft = await ask<PolicyResponse>(core, '/policy', { ...policy, policyholderLocator: holder.locator });
    const price = JSON.stringify(await ask(core, `/policy/${draft.locator}/price`, {}));
    expect(price).toContain('806.51');
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, `${readFileSync(file, 'utf8')} `)],
    ['missing', (file: string) => rmSync(file)],
    ['does not belong', (file: string) => copyFileSync(file, `${file}.more.js`)],
  ])('does not run when a file is %s, and says which', async (what, tamper) => {
    const file = path.join(product, 'dist/core/host.js');
    const before = readFileSync(file);
    tamper(file);
    try {
      const core = start();
      await expect(ask(core, '/api/health')).rejects.toThrow(what);
      await expect(ask(core, '/api/health')).rejects.toThrow('host.js');
      expect(core.pid()).toBeUndefined();
      expect(core.state()).toMatchObject({ state: 'stopped' });
    } finally {
      writeFileSync(file, before);
      rmSync(`${file}.more.js`, { force: true });
    }
  });

  it('does not run without its list', async () => {
    const list = path.join(main, 'core-files.json');
    const before = readFileSync(list);
    for (const damaged of ['', '{}', '{"dist/core/main.js": 1}']) {
      writeFileSync(list, damaged);
      await expect(ask(start(), '/api/health')).rejects.toThrow('The list of what belongs');
    }
    writeFileSync(list, before);
  });
});
