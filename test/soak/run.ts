/**
 * `npm run soak [rounds]`: the tests that kill processes, and the laws of policies in time and of their money over many more
 * random lives, again and again with new seeds. A failing round prints its seed; `FIELDWRITER_SEED=<seed> npx vitest run <file>` repeats it.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
// The tools run on the Node that comes with the packages, whatever the shell has.
const bin = path.join(root, 'node_modules/.bin');
const rounds = Number(process.argv[2] ?? 10);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('npm run soak [rounds]: rounds is a whole number from 1');
  process.exit(2);
}
for (let round = 1; round <= rounds; round += 1) {
  const seed = randomBytes(6).toString('hex');
  console.log(`\n── round ${round} of ${rounds}, seed ${seed}`);
  const { status } = spawnSync(
    path.join(bin, 'vitest'),
    [
      'run',
      'core/store/crash.test.ts',
      'test/integration/crash.test.ts',
      'core/sandbox/hostile.test.ts',
      'core/pricing/timeline',
      'test/contract/billing-law.test.ts',
      'test/contract/billing-journeys.test.ts',
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${bin}${path.delimiter}${process.env.PATH}`,
        FIELDWRITER_SEED: seed,
        FIELDWRITER_TIMES: '10',
      },
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) {
    console.error(`Round ${round} failed: FIELDWRITER_SEED=${seed}`);
    process.exit(1);
  }
}
console.log(`\n${rounds} rounds held.`);
