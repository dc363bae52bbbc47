import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '#core/model/product.ts';
import type { Bench, Line } from './bench.ts';
import { figure } from './measure.ts';
import { configurationOf, makeWorkload, requestOf, type WorkloadPolicy, workloadFolder } from './workload.ts';

/** Policies of the shorter book: long enough for the heaps to have grown as far as they ever do. */
const POLICIES = 25_000;
const TIMES = [1, 4];
/** Different policies; a book repeats them under keys of its own. */
const DIFFERENT = 2_000;
const AIM = 1.2;

/** (k) Peak memory of `fieldwriter rate` over books of different lengths, each made while it is read. */
export const bookMemory: Bench = {
  name: '(k) memory: fieldwriter rate over books that another process makes while they are read',
  async run() {
    const folder = workloadFolder();
    if (folder === undefined) return [leftOut('FIELDWRITER_BENCH_WORKLOAD names the folder with workload.mjs')];
    if (!existsSync('/proc/self/status')) return [leftOut('peaks of other processes are read from /proc')];
    const at = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-'));
    try {
      const workload = makeWorkload(folder);
      lay(await configurationOf(workload), path.join(at, 'configuration'));
      const lines = workload.lines.slice(0, DIFFERENT);
      const requests = lines.map((line) => JSON.stringify(requestOf(JSON.parse(line) as WorkloadPolicy)));
      writeFileSync(path.join(at, 'different.ndjson'), requests.join('\n'));
      const peaks: Peaks[] = [];
      for (const times of TIMES) peaks.push(await rated(at, times * POLICIES));
      return report(peaks);
    } finally {
      rmSync(at, { recursive: true });
    }
  },
};

const leftOut = (why: string): Line => ({ what: 'left out', value: '-', aim: why });

function report(peaks: readonly Peaks[]): Line[] {
  const shortest = Math.max(1, peaks[0]?.sum ?? 1);
  return [
    ...peaks.slice(1).map(({ policies, sum }) => {
      const ratio = sum / shortest;
      return {
        what: `peak at ${figure(policies)} policies, in times of ${figure(POLICIES)}`,
        value: ratio.toFixed(2),
        aim: `at most ${AIM}`,
        ok: ratio <= AIM,
      };
    }),
    ...peaks.map(({ policies, sum, own }) => ({
      what: `peak at ${figure(policies)} policies, MB (the command itself: ${figure(own)})`,
      value: figure(sum),
    })),
  ];
}

/** Largest resident memory, megabytes: of the command, and of it and its plugin hosts together, each at its own peak. */
interface Peaks {
  readonly policies: number;
  readonly own: number;
  readonly sum: number;
}

async function rated(at: string, policies: number): Promise<Peaks> {
  const book = path.join(at, `${policies}.ndjson`);
  if (spawnSync('mkfifo', [book]).status !== 0) throw new Error(`${book} could not be made`);
  const maker = spawn(
    process.execPath,
    [import.meta.filename, path.join(at, 'different.ndjson'), book, `${policies}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const command = ['core/cli/main.ts', 'rate', path.join(at, 'configuration'), book, '--clock', '2026-01-02', '--json'];
  const rater = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  rater.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  try {
    const peaks = await watched(rater);
    const { risks, failed } = JSON.parse(said.slice(said.lastIndexOf('{"risks"'))) as Record<string, number>;
    if (risks !== policies || failed !== 0) throw new Error(`${risks} of ${policies} rated, ${failed} failed: ${said}`);
    return { policies, ...peaks };
  } finally {
    maker.kill();
    rater.kill();
  }
}

/** Looks at a process and those that it started until it ends. */
async function watched(root: ChildProcess): Promise<Omit<Peaks, 'policies'>> {
  let ended = false;
  const end = new Promise<void>((resolve) => {
    root.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  const own = root.pid ?? 0;
  const peaks = new Map<number, number>();
  while (!ended) {
    for (const pid of family(own)) {
      const peak = peakOf(pid);
      if (peak !== undefined) peaks.set(pid, peak);
    }
    await Promise.race([end, sleep(50)]);
  }
  return { own: peaks.get(own) ?? 0, sum: [...peaks.values()].reduce((sum, peak) => sum + peak, 0) };
}

function family(pid: number): readonly number[] {
  const children = textAt(`/proc/${pid}/task/${pid}/children`).trim();
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => family(Number(child))))];
}

/** The high-water mark of a process, megabytes: no peak between two looks is missed. */
function peakOf(pid: number): number | undefined {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(textAt(`/proc/${pid}/status`)) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
}

/** What is not there any more says nothing. */
function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function lay({ files }: Configuration, folder: string): void {
  for (const [name, bytes] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** The process that makes a book: the different policies over and over, as fast as somebody reads. */
async function make([different = '', book = '', policies = '']: readonly string[]): Promise<void> {
  const lines = readFileSync(different, 'utf8').split('\n');
  const out = createWriteStream(book);
  for (let made = 0; made < Number(policies); made += 1) {
    const line = lines[made % lines.length]?.replace(/"key":"[^"]*"/, `"key":"${made}"`);
    if (!out.write(`${line}\n`)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
}

if (process.argv[1] === import.meta.filename) await make(process.argv.slice(2));
