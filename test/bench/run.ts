/** `npm run bench [letter…] [--small…]`: ratios in one run, with absolute figures of this machine beside them. Reports; never a test. */
import { cpus, totalmem } from 'node:os';
import type { Bench } from './bench.ts';

const benches: Record<string, () => Promise<Bench>> = {
  a: async () => (await import('./liquid.ts')).liquid,
  b: async () => (await import('./plugins.ts')).plugins,
  c: async () => (await import('./tables.ts')).tables,
  d: async () => (await import('./finalize.ts')).finalize,
  e: async () => (await import('./printing.ts')).printing,
  f: async () => (await import('./startup.ts')).startup,
  g: async () => (await import('./timeline.ts')).timeline,
  h: async () => (await import('./endorse.ts')).endorse,
  i: async () => (await import('./workbench.ts')).workbench,
  j: async () => (await import('./book-rating.ts')).bookRating,
  k: async () => (await import('./book-memory.ts')).bookMemory,
  l: async () => (await import('./live-impact.ts')).liveImpact,
  m: async () => (await import('./replication.ts')).replication,
  t: async () => (await import('./rate-table.ts')).rateTable,
};

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const options = new Set(words.filter((word) => word.startsWith('--')).map((word) => word.slice(2)));
const processors = cpus();
console.log(
  `Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
);
for (const [letter, load] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(letter)) continue;
  const bench = await load();
  console.log(`\n${bench.name}`);
  for (const line of await bench.run(options)) {
    const verdict = line.ok === undefined ? '' : line.ok ? ': reached' : ': NOT REACHED';
    console.log(`  ${line.what.padEnd(48)} ${line.value.padStart(12)}  ${line.aim ? `${line.aim}${verdict}` : ''}`);
  }
}
