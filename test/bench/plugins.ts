import { measurePluginLatency } from '#core/sandbox/measure-latency.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import type { Bench } from './bench.ts';

/** (b) A plugin rater called one policy at a time through the host process, as a desk does: with a breath between calls. */
export const plugins: Bench = {
  name: '(b) a plugin rater, one policy at a time through the host process',
  async run() {
    const sandbox = openSandbox();
    try {
      const { bytes, p50, p99, own } = await measurePluginLatency(sandbox, 400, 3);
      return [
        { what: 'p50 beyond the function itself, ms', value: p50.toFixed(3), aim: 'below 1', ok: p50 < 1 },
        { what: 'p99, ms', value: p99.toFixed(3) },
        { what: 'the function itself, ms', value: own.toFixed(3) },
        { what: 'bytes of its argument', value: String(bytes) },
      ];
    } finally {
      await sandbox.close();
    }
  },
};
