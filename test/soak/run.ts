/**
 * `npm run soak [-- rounds] [-- --minutes n] [-- --only laws|simulation|kills]`: what the test suite tries with a few seeds, with new ones
 * again and again. `laws`: the tests that kill processes, and the laws of policies in time and of their money over many more random
 * lives; a failing round prints its seed, and `FIELDWRITER_SEED=<seed> npx vitest run <file>` repeats it. `simulation`: laptops and
 * copies of the cloud in bad weather (test/simulation); a failing seed prints the command that repeats it. `kills`: laptops, copies of
 * the cloud and PostgreSQL killed with kill -9, a hundred times a round (kills.ts).
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';

const PARTS = ['laws', 'simulation', 'kills'] as const;
const LAWS = [
  'core/store/crash.test.ts',
  'test/integration/crash.test.ts',
  'core/sandbox/hostile.test.ts',
  'core/pricing/timeline',
  'test/contract/billing-law.test.ts',
  'test/contract/billing-journeys.test.ts',
];
/** So many seeds of the simulation are one round. */
const SEEDS = 10_000;

const root = path.resolve(import.meta.dirname, '../..');
// The tools run on the Node that comes with the packages, whatever the shell has.
const bin = path.join(root, 'node_modules/.bin');
const given = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = given.indexOf(name);
  return at < 0 ? undefined : given.splice(at, 2)[1];
};
const only = option('--only');
const minutes = option('--minutes');
const rounds = Number(given[0] ?? (minutes === undefined ? 10 : Number.MAX_SAFE_INTEGER));
const until = Date.now() + Number(minutes ?? 60 * 24 * 365) * 60_000;
const parts = PARTS.filter((part) => only === undefined || only === part);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isFinite(until) || parts.length === 0) {
  console.error(
    `npm run soak [-- rounds] [-- --minutes n] [-- --only ${PARTS.join('|')}]: rounds is a whole number from 1`,
  );
  process.exit(2);
}

function run(tool: string, args: readonly string[], seed: string): boolean {
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH}`,
    FIELDWRITER_SEED: seed,
    FIELDWRITER_TIMES: '10',
  };
  const shell = process.platform === 'win32';
  return spawnSync(path.join(bin, tool), args, { cwd: root, stdio: 'inherit', env, shell }).status === 0;
}

let round = 0;
while (round < rounds && Date.now() < until) {
  round += 1;
  const seed = randomBytes(6).toString('hex');
  console.log(`\n── round ${round}${minutes === undefined ? ` of ${rounds}` : ''}, seed ${seed}`);
  const left = String(Math.max(0.1, (until - Date.now()) / 60_000));
  const from = String(Number.parseInt(seed.slice(0, 7), 16));
  const held = {
    laws: () => run('vitest', ['run', ...LAWS], seed),
    simulation: () =>
      run('node', ['test/simulation/run.ts', '--from', from, '--count', String(SEEDS), '--minutes', left], seed),
    kills: () => run('node', ['test/soak/kills.ts', '--minutes', left], seed),
  };
  for (const part of parts) {
    if (held[part]()) continue;
    console.error(`Round ${round} failed in ${part}${part === 'laws' ? `: FIELDWRITER_SEED=${seed}` : ''}`);
    process.exit(1);
  }
}
console.log(`\n${round} rounds held.`);
