/** `npm test`: every check of the house, each with its time; the last line counts the tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const report = path.join(root, '.cache/vitest.json');
const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);
const steps: { name: string; command: string; arguments: string[] }[] = [
  { name: 'types (core)', command: bin('tsc'), arguments: ['-p', 'tsconfig.json'] },
  { name: 'types (renderer)', command: bin('tsc'), arguments: ['-p', 'renderer/tsconfig.json'] },
  { name: 'lint', command: bin('biome'), arguments: ['check', '--error-on-warnings', '.'] },
  { name: 'floors', command: process.execPath, arguments: ['test/floors.ts'] },
  { name: 'unused code', command: bin('knip'), arguments: [] },
  {
    name: 'tests',
    command: bin('vitest'),
    arguments: [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
  },
];

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`The tests need Node 24 and found ${process.version}: run "npm ci" first, it brings the right one.`);
  process.exit(1);
}
rmSync(report, { force: true });
const failed: string[] = [];
for (const step of steps) {
  console.log(`\n── ${step.name}`);
  const started = performance.now();
  const { status } = spawnSync(step.command, step.arguments, {
    cwd: root,
    stdio: 'inherit',
    // The tools run on the Node that comes with the packages, whatever the shell has.
    env: { ...process.env, PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}` },
    shell: process.platform === 'win32',
  });
  console.log(
    `── ${step.name}: ${status === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) failed.push(step.name);
}

const counts = existsSync(report)
  ? (JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    })
  : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
if (counts.numPassedTests === 0) failed.push('no test ran');
if (counts.numPendingTests > 0) failed.push(`${counts.numPendingTests} test(s) were skipped`);
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`);
console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
