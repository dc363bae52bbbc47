/**
 * `npm run desktop-test`: the desktop itself, with Electron. Apart from `npm test`, which counts a test that could not run as a
 * failure: here one sentence says that the binary is missing, and the exit code is 3.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { electronBinary } from '#core/cli/start.ts';

const root = path.resolve(import.meta.dirname, '../..');
if (electronBinary(path.join(root, 'node_modules/electron')) === undefined) {
  console.error(
    'The desktop was NOT tested: the Electron binary is not here, "npx install-electron" downloads it (ELECTRON_MIRROR names another place than GitHub).',
  );
  process.exit(3);
}
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const config = path.join(root, 'test/desktop/vitest.config.ts');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
