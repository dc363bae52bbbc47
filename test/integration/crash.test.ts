import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { verify } from '#core/store/verify.ts';
import { ROOT, SMALL_RISK, smallProduct } from '#test/contract/support.ts';

const KILLS = 50;
const WORKERS = 3;
/** A kill falls after so many answers at most, and then so many milliseconds at most: from before the first one to deep in the stream. */
const MOST_ANSWERS = 9;
const MOST_MILLISECONDS = 80;
const TOKEN = 'crash-test';
const KEY = '5a'.repeat(32);

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-crash-'));
const data = path.join(home, 'data');
const configuration = path.join(home, 'configuration');
let running: Core | undefined;
afterAll(async () => {
  await running?.kill();
  rmSync(home, { recursive: true, force: true });
});

interface Core {
  readonly address: string;
  kill(): Promise<void>;
}

/** Starts the real thing: the command line's server, in a process of its own. */
async function startCore(...more: string[]): Promise<Core> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['dist/core/main.js', 'serve', '--data', data, '--user', 'Ada', '--json', ...more],
    {
      cwd: ROOT,
      env: { ...process.env, FIELDWRITER_KEY: KEY, FIELDWRITER_TOKEN: TOKEN },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const line = await Promise.race([
    new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
    ended.then(() => Promise.reject(new Error(`core did not start: ${complaint}`))),
  ]);
  const { address } = JSON.parse(line) as { address: string };
  return {
    address,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** One policy's way: what was asked under which key, and what was answered. */
interface Journey {
  readonly name: string;
  holder?: string;
  policy?: string;
  finalized?: PolicyResponse;
}

async function post<T>(core: Core, at: string, body: object, key: string): Promise<T> {
  const response = await fetch(core.address + at, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refused(JSON.stringify(answer));
  answers.emit('answer');
  return answer as T;
}
class Refused extends Error {}

/** Takes a journey on from wherever it got to; a request without an answer is sent again with its key. */
async function travel(core: Core, journey: Journey): Promise<void> {
  const { name } = journey;
  journey.holder ??= (
    await post<{ locator: string }>(core, '/policyholder/create', { values: { name } }, `${name} h`)
  ).locator;
  journey.policy ??= (
    await post<PolicyResponse>(
      core,
      '/policy',
      { productName: 'small', policyholderLocator: journey.holder, ...SMALL_RISK },
      `${name} p`,
    )
  ).locator;
  journey.finalized ??= await post<PolicyResponse>(core, `/policy/${journey.policy}/finalize`, {}, `${name} f`);
}

/** A stream of finalizations until the core dies. Only a dead connection is expected; a refusal is a failure of the test. */
async function stream(core: Core, journeys: Journey[], worker: number): Promise<void> {
  let current = journeys.findLast(({ name, finalized }) => name.startsWith(`${worker}-`) && !finalized);
  try {
    while (true) {
      if (!current) {
        current = { name: `${worker}-${journeys.length}` };
        journeys.push(current);
      }
      await travel(core, current);
      current = undefined;
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
}

/** The same kill points in every run unless FIELDWRITER_SEED (hexadecimal) says otherwise, counted in answers, so that a slow machine gets as far as a fast one. */
function kills(): { readonly answers: number; readonly milliseconds: number }[] {
  let state = Number.parseInt(process.env.FIELDWRITER_SEED?.slice(0, 8) ?? '13536c1', 16) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: KILLS }, () => ({
    answers: Math.floor(next() * MOST_ANSWERS),
    milliseconds: next() * MOST_MILLISECONDS,
  }));
}

/** Resolves once so many more requests have been answered. */
function answered(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const heard = (): void => {
      left -= 1;
      if (left >= 0) return;
      answers.off('answer', heard);
      resolve();
    };
    answers.on('answer', heard);
    heard();
  });
}
const answers = new EventEmitter();

it(`${KILLS} kills at random points of a stream of finalizations lose nothing that was answered`, async () => {
  const files = smallProduct({
    'policy/policy.json':
      '{"fields":[],"documents":[{"displayName":"Note","fileName":"note.html","templateName":"note.template.liquid","type":"html"}]}',
    'policy/note.template.liquid': '<p>{{ data.policy.locator }}</p>',
  });
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(configuration, 'products/small', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  writeFileSync(path.join(configuration, 'config.json'), '{"timezone":"UTC","currency":"USD"}');

  const journeys: Journey[] = [];
  const key = new Uint8Array(Buffer.from(KEY, 'hex'));
  running = await startCore('--configuration', configuration);
  for (const kill of kills()) {
    const core = running;
    const working = Array.from({ length: WORKERS }, (_, worker) => stream(core, journeys, worker));
    await Promise.race([answered(kill.answers), Promise.all(working)]);
    await new Promise((resolve) => setTimeout(resolve, kill.milliseconds));
    await core.kill();
    await Promise.all(working);
    expect(await verify(data, key)).toMatchObject({ ok: true, faults: [] });
    running = await startCore();
  }

  const core = running;
  for (const journey of journeys) await travel(core, journey);
  const seen = new Set<string>();
  for (const { name, policy, finalized } of journeys) {
    const response = await fetch(`${core.address}/policy/${policy}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const now = (await response.json()) as PolicyResponse;
    expect(
      now.quoteSummary?.notDiscarded.map(({ state }) => state),
      name,
    ).toEqual(['accepted']);
    expect(now.invoices, name).toEqual(finalized?.invoices);
    expect(now.invoices.length, name).toBe(1);
    expect(
      now.documents.map(({ displayName }) => displayName),
      name,
    ).toEqual(['Note']);
    seen.add(now.locator);
  }
  // No request that was sent again was carried out again.
  expect(seen.size).toBe(journeys.length);
  const list = await fetch(`${core.address}/api/policies?limit=500`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(((await list.json()) as unknown[]).length).toBe(Math.min(500, journeys.length));
  expect(journeys.length).toBeGreaterThan(KILLS);
  await core.kill();
  expect(await verify(data, key)).toMatchObject({ ok: true, faults: [] });
  console.log(`${journeys.length} finalizations through ${KILLS} kills`);
}, 480_000);
