import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { expect, it } from 'vitest';
import type { Program } from './contract.ts';
import { openSandbox } from './pool.ts';

const program: Program = {
  hash: 'processes',
  timeZone: 'America/New_York',
  currency: 'USD',
  scripts: { 'main.js': 'exports.run = (x) => x * 2; exports.spin = () => { for (;;); };' },
  calculations: { 'a.liquid': '{{ 0.1 | plus: 0.2 | set_year_premium }}' },
  templates: { 'a.template.liquid': '<b>{{ data.name }}</b>' },
  tables: {},
};
const context = { clock: 0, seed: 's', worksheet: false };
const call = { program, path: 'main.js', function: 'run', arguments: [21], context };

/** Processes that this one started and that still live. */
async function children(): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (Number(parent) === process.pid && state !== 'Z' && command.includes('sandbox')) found.push(Number(pid));
  }
  return found;
}

it.runIf(process.platform === 'linux')('S31 runs again what was ended from outside', async () => {
  const sandbox = openSandbox({ hosts: 1 });
  try {
    expect(await sandbox.runPlugin(call)).toMatchObject({ ok: true, value: 42 });
    const [host] = await children();
    expect(host).toBeDefined();
    const spinning = sandbox.runPlugin({ ...call, function: 'spin', limits: { time: 400 } });
    const waiting = sandbox.runPlugin(call);
    process.kill(host ?? 0, 'SIGKILL');
    expect(await spinning).toMatchObject({ ok: false, code: 'plugin-timeout' });
    expect(await waiting).toMatchObject({ ok: true, value: 42 });
  } finally {
    await sandbox.close();
  }
});

it.runIf(process.platform === 'linux')('S32 its hosts may read this program and nothing else', async () => {
  const sandbox = openSandbox({ hosts: 1 });
  try {
    await sandbox.runPlugin(call);
    const [host] = await children();
    const [node = '', ...command] = (await readFile(`/proc/${host}/cmdline`, 'utf8')).split('\0');
    const flags = command.filter((part) => part.startsWith('--'));
    const reads = (file: string): string => {
      const script = `require('node:fs').readFileSync(${JSON.stringify(file)}); console.log('read')`;
      return spawnSync(node, [...flags, '--eval', script], { encoding: 'utf8' }).stdout.trim();
    };
    expect(reads(fileURLToPath(import.meta.url))).toBe('read');
    for (const file of ['/etc/passwd', `/proc/${process.pid}/environ`]) expect(reads(file)).toBe('');
  } finally {
    await sandbox.close();
  }
});

it.runIf(process.platform === 'linux')('S32 gives its hosts an empty environment and ends them', async () => {
  const sandbox = openSandbox({ hosts: 2 });
  await Promise.all([sandbox.runPlugin(call), sandbox.runPlugin(call), sandbox.runPlugin(call)]);
  const hosts = await children();
  expect(hosts.length).toBeGreaterThan(0);
  for (const pid of hosts) {
    const names = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((pair) => pair.split('=')[0]);
    expect(names.filter((name) => name && !/^(TZ|LC_ALL|NODE_CHANNEL_\w+)$/.test(name))).toEqual([]);
  }
  await sandbox.close();
  expect(await children()).toEqual([]);
});

it('S32 answers a failure when no host can be started', async () => {
  const sandbox = openSandbox({ hosts: 1, hostEntry: new URL('file:///nowhere/main.ts') });
  expect(await sandbox.runPlugin(call)).toMatchObject({
    ok: false,
    code: 'internal',
    message: expect.stringContaining('no plugin host could be started'),
  });
  await sandbox.close();
});

it('S33 works from bundled files', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  // Inside node_modules, so that the bundled host finds isolated-vm as the shipped one does.
  const folder = await mkdtemp(join(root, 'node_modules', '.sandbox-'));
  try {
    const bundle = (input: Record<string, string>, platform: 'node' | 'browser') =>
      build({
        cwd: root,
        input,
        platform,
        external: ['isolated-vm'],
        logLevel: 'silent',
        output: { dir: folder, format: 'esm', minify: true, entryFileNames: '[name].js' },
      });
    await bundle({ host: 'core/sandbox/host/main.ts' }, 'node');
    const guests = ['service', 'calculations', 'templates'];
    await bundle(
      Object.fromEntries(guests.map((name) => [`guest-${name}`, `core/sandbox/guest/${name}.ts`])),
      'browser',
    );
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    const sandbox = openSandbox({ hosts: 1, hostEntry: pathToFileURL(join(folder, 'host.js')) });
    expect(await sandbox.runPlugin(call)).toMatchObject({ ok: true, value: 42 });
    const calls = [{ file: 'a.liquid', scope: {} }];
    expect(await sandbox.runLiquid({ program, shared: {}, calls, context })).toMatchObject({
      calls: [{ ok: true, effects: [{ value: '0.3' }] }],
    });
    const data = { data: { name: 'Ann' } };
    expect(await sandbox.renderTemplate({ program, template: 'a.template.liquid', data, context })).toMatchObject({
      html: '<b>Ann</b>',
    });
    await sandbox.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
