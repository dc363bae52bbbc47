import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleCore } from '../../build/bundle.ts';
import type { Bench } from './bench.ts';
import { figure, quantile } from './measure.ts';

/** (f) From the start of the bundled server's process to its first answer. */
export const startup: Bench = {
  name: '(f) serve, bundled: from the start of the process to the first answer',
  async run() {
    await bundleCore();
    const data = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-'));
    try {
      const times: number[] = [];
      for (let start = 0; start < 6; start += 1) times.push(await firstAnswer(path.join(data, 'data')));
      const warm = times.slice(1).toSorted((a, b) => a - b);
      const median = quantile(warm, 0.5);
      return [
        { what: 'median, ms', value: figure(median), aim: 'under 1,500', ok: median < 1_500 },
        { what: 'the very first, with an empty data folder, ms', value: figure(times[0] ?? Number.NaN) },
      ];
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
};

async function firstAnswer(data: string): Promise<number> {
  const started = performance.now();
  const server = spawn(process.execPath, ['dist/core/main.js', 'serve', '--json', '--data', data], {
    env: { ...process.env, FIELDWRITER_KEY: '5a'.repeat(32) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.once('data', (line: Buffer) =>
        resolve((JSON.parse(line.toString()) as { address: string }).address),
      );
      server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    const response = await fetch(`${address}/api/health`);
    if (!response.ok) throw new Error(`serve answered ${response.status}`);
    return performance.now() - started;
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}
