/**
 * `node test/simulation/run.ts [--from seed] [--count seeds] [--minutes n]`: the simulation with other seeds than those of the test
 * suite; it stops at the first that shows a fault and says how to see it again.
 */
import { simulate } from './world.ts';

const options = new Map<string, number>();
for (let i = 2; i < process.argv.length; i += 2) options.set(process.argv[i] ?? '', Number(process.argv[i + 1]));
const from = options.get('--from') ?? 1 + Math.floor(Math.random() * 2 ** 31);
const count = options.get('--count') ?? Number.POSITIVE_INFINITY;
const until = Date.now() + (options.get('--minutes') ?? 60) * 60_000;
const all = options.has('--all');
const sums: Record<string, number> = {};
let seed = from;
let failed = 0;
for (; seed < from + count && Date.now() < until; seed += 1) {
  try {
    for (const [what, times] of Object.entries(simulate(seed))) sums[what] = (sums[what] ?? 0) + times;
  } catch (error) {
    failed += 1;
    console.error(`seed ${seed}: ${error instanceof Error ? (all ? error.message : error.stack) : String(error)}`);
    console.error(`Again: node test/simulation/run.ts --from ${seed} --count 1`);
    if (!all) process.exit(1);
  }
}
console.log(`${seed - from} seeds from ${from}, ${failed} failed:`, JSON.stringify(sums));
process.exit(failed > 0 ? 1 : 0);
