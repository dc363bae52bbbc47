import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ToCore, ToShell } from '#core/api/shell-contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { CoreEnd } from './core-child.ts';
import { type CoreOptions, type CoreProcess, startCore } from './core-process.ts';
import { forwardTo } from './forward.ts';
import { fakeChromium } from './lend.fixture.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const ENTRY = path.join(ROOT, 'dist/core/main.js');
const EXAMPLE = path.join(ROOT, 'examples/personal-auto');

vi.stubEnv('FIELDWRITER_KEY', randomBytes(32).toString('hex'));
const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-shell-test-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

let folders = 0;
const freshFolder = (): string => {
  folders += 1;
  return path.join(home, `data-${folders}`);
};

interface Shell extends CoreProcess {
  readonly ends: CoreEnd[];
  readonly nextEnd: () => Promise<CoreEnd>;
}
const shells: Shell[] = [];
afterEach(async () => {
  await Promise.all(shells.splice(0).map((shell) => shell.close()));
});

function openShell(options: Partial<CoreOptions> = {}): Shell {
  const ends: CoreEnd[] = [];
  let tell: (end: CoreEnd) => void = () => undefined;
  const core = startCore({
    runtime: process.execPath,
    entry: ENTRY,
    arguments: ['--data', freshFolder(), '--user', 'Ada'],
    onEnd: (end) => {
      ends.push(end);
      tell(end);
    },
    ...options,
  });
  const nextEnd = (): Promise<CoreEnd> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const shell = { ...core, ends, nextEnd };
  shells.push(shell);
  return shell;
}

const get = (at: string): Request => new Request(`app://fieldwriter${at}`);
const post = (at: string, body: object): Request =>
  new Request(`app://fieldwriter${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'app://fieldwriter' },
    body: JSON.stringify(body),
  });
async function json<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as T;
}

describe('requests of the window', () => {
  it('are forwarded with their bodies, streamed both ways, and answered with their headers', async () => {
    const { forward } = openShell();
    expect(await json(forward(get('/api/session')))).toMatchObject({ user: { name: 'Ada' } });
    const holder = await json<PolicyholderResponse>(forward(post('/policyholder/create', { values: {} })));
    expect(holder.locator).toMatch(/^[\w-]{36}$/);

    const bytes = randomBytes(3_000_000);
    const form = new FormData();
    form.append('file', new File([bytes], 'photo.png', { type: 'image/png' }));
    const media = await json<{ locator: string }>(
      forward(new Request('app://fieldwriter/media', { method: 'POST', body: form })),
    );
    const stored = await forward(get(`/api/media/${media.locator}`));
    expect(stored.headers.get('content-type')).toBe('image/png');
    expect(stored.headers.get('content-security-policy')).toContain('sandbox');
    expect(Buffer.compare(Buffer.from(await stored.arrayBuffer()), bytes)).toBe(0);

    const missing = await forward(get('/policy/none'));
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    await missing.text();
  });

  it('of another page are refused although the shell adds the secret', async () => {
    const { forward } = openShell();
    const foreign = new Request('app://fieldwriter/policyholder/create', {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{"values":{}}',
    });
    expect((await forward(foreign)).status).toBe(403);
  });

  it('print with the pages that the shell lends', async () => {
    const chromium = fakeChromium();
    const { forward, close } = openShell({
      lend: chromium.lend,
      arguments: ['--data', freshFolder(), '--user', 'Ada', '--configuration', EXAMPLE],
    });
    const file = path.join(EXAMPLE, 'products/personal-auto/tests/golden-new-business.case.json');
    const { product, policyholder, policyCreate } = JSON.parse(readFileSync(file, 'utf8')) as {
      product: string;
      policyholder: object;
      policyCreate: object;
    };
    const holder = await json<PolicyholderResponse>(forward(post('/policyholder/create', policyholder)));
    const request = { productName: product, ...policyCreate, policyholderLocator: holder.locator };
    const draft = await json<PolicyResponse>(forward(post('/policy', request)));
    const done = await json<PolicyResponse>(forward(post(`/policy/${draft.locator}/finalize`, {})));
    expect(done.documents).toHaveLength(1);
    const pdf = await forward(get(`/api/documents/${done.documents[0]?.locator}`));
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect((await pdf.text()).startsWith('%PDF-')).toBe(true);
    expect(chromium.printed()).toBeGreaterThan(0);
    await close();
    expect(chromium.open()).toBe(0);
    await chromium.close();
  });
});

describe('the life of core', () => {
  it('a core that is killed is started again at once, with what was saved; requests wait for it', async () => {
    const { forward, pid, nextEnd, state } = openShell();
    const holder = await json<PolicyholderResponse>(forward(post('/policyholder/create', { values: {} })));
    const ended = nextEnd();
    const first = pid();
    process.kill(first ?? Number.NaN, 'SIGKILL');
    expect(await ended).toEqual({ wasReady: true, reason: 'core ended (SIGKILL)', explained: false });
    expect(state()).toEqual({ state: 'restarting', reason: 'core ended (SIGKILL)' });
    const again = await json<PolicyholderResponse>(forward(get(`/policyholder/${holder.locator}`)));
    expect(again.locator).toBe(holder.locator);
    expect(pid()).not.toBe(first);
    expect(state()).toEqual({ state: 'ready', key: 'environment' });
  });

  it('a request that was under way when core ended is asked again if it only reads, and otherwise says so', async () => {
    const { forward, pid } = openShell();
    await json(forward(get('/api/health')));
    // Stopped, it takes connections and answers none of them; killed, it breaks them.
    const first = pid() ?? Number.NaN;
    process.kill(first, 'SIGSTOP');
    const reading = forward(get('/api/session'));
    const writing = forward(post('/policyholder/create', { values: {} }));
    const written = expect(writing).rejects.toThrow('Look whether this step was done');
    process.kill(first, 'SIGKILL');
    expect((await reading).status).toBe(200);
    await written;
  });

  it('a core that keeps ending is given up with its reason, and started again when somebody asks', async () => {
    const { forward, pid, nextEnd, state, restart } = openShell();
    await json(forward(get('/api/health')));
    for (const expected of ['restarting', 'restarting', 'stopped']) {
      const ended = nextEnd();
      process.kill(pid() ?? Number.NaN, 'SIGKILL');
      await ended;
      expect(state().state).toBe(expected);
      if (expected === 'restarting') await json(forward(get('/api/health')));
    }
    await expect(forward(get('/api/health'))).rejects.toThrow('SIGKILL');
    restart();
    await json(forward(get('/api/health')));
    expect(state()).toEqual({ state: 'ready', key: 'environment' });
  });

  it('a core that can not open says why, and is not called crashed', async () => {
    const folder = freshFolder();
    const first = openShell({ arguments: ['--data', folder] });
    await json(first.forward(get('/api/health')));
    const second = openShell({ arguments: ['--data', folder] });
    await expect(second.forward(get('/api/health'))).rejects.toThrow(/in use|locked|another/i);
    expect(second.ends).toEqual([
      { wasReady: false, reason: expect.stringMatching(/in use|locked|another/i), explained: true },
    ]);
    expect(first.ends).toEqual([]);
  });

  it('a runtime that is not there is an error, no crash of the shell', async () => {
    const { forward, ends } = openShell({ runtime: path.join(home, 'no-node') });
    await expect(forward(get('/api/health'))).rejects.toThrow(/could not be started/);
    expect(ends).toEqual([{ wasReady: false, reason: expect.stringContaining('ENOENT'), explained: false }]);
  });

  it('closing ends the child, tells nobody of a crash, and answers nothing more', async () => {
    const { forward, pid, close, ends } = openShell();
    await json(forward(get('/api/health')));
    const child = pid();
    await close();
    expect(() => process.kill(child ?? Number.NaN, 0)).toThrow(/ESRCH/);
    expect(ends).toEqual([]);
    await expect(forward(get('/api/health'))).rejects.toThrow(/closing/);
  });

  it('leaves no orphan when the shell is killed', async () => {
    const script = `
      import { startCore } from ${JSON.stringify(path.join(ROOT, 'electron/core-process.ts'))};
      const core = startCore({ runtime: process.execPath, entry: ${JSON.stringify(ENTRY)}, onEnd() {},
        arguments: ['--data', ${JSON.stringify(freshFolder())}, '--user', 'Ada', '--configuration', ${JSON.stringify(EXAMPLE)}] });
      const ask = (at) => core.forward(new Request('app://fieldwriter' + at)).then((answer) => answer.text());
      await ask('/api/health');
      process.stdout.write('ready');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(parent.stdout, 'data');
    parent.kill('SIGKILL');
    // Every process below holds the other end of this pipe: it ends with the last one.
    await once(parent, 'close');
  });
});

describe('the channel between shell and core', () => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.kill()) await once(child, 'exit');
  });
  const speak = async (secret: string): Promise<{ socket: string; child: ChildProcess; said: ToShell }> => {
    const child = spawn(process.execPath, [ENTRY, 'serve', '--shell', '--data', freshFolder()], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.push(child);
    const socket = path.join(home, `socket-${children.length}-${folders}`);
    child.send({ type: 'open', socket, secret, pages: false, keys: false } satisfies ToCore);
    const [said] = (await once(child, 'message')) as [ToShell];
    return { socket, child, said };
  };

  it('tells where core listens and who may come in: nobody else does', async () => {
    const { socket, said } = await speak('the secret');
    expect(said).toEqual({ type: 'ready', key: 'environment' });
    expect((await forwardTo({ socket, secret: 'the secret' }, get('/api/session'))).status).toBe(200);
    for (const secret of ['', 'another secret']) {
      const refused = await forwardTo({ socket, secret }, get('/api/session'));
      expect([secret, refused.status]).toEqual([secret, 401]);
    }
  });

  it('that ends, ends core', async () => {
    const { child } = await speak('s');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('is needed', async () => {
    const child = spawn(process.execPath, [ENTRY, 'serve', '--shell'], { stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    const [line] = (await once(child.stderr ?? child, 'data')) as [Buffer];
    expect(line.toString()).toContain('started by the desktop');
    expect(await once(child, 'exit')).toEqual([2, null]);
  });
});
