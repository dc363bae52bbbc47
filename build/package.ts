/**
 * `npm run package`: lays the product out and makes the installers of this system. `--dir` stops at the unpacked program. Without
 * Electron's binary it stops after the layout and says so: exit code 3.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'electron-builder';
import { electronBinary } from '#core/cli/start.ts';
import { installers } from './installers.ts';
import { layOut } from './layout.ts';

const root = path.resolve(import.meta.dirname, '..');

// What comes along is deployed without a second opinion of its own (core/lab/second-opinion/SPEC.md, SO6): it is given here.
for (const example of readdirSync(path.join(root, 'examples'), { withFileTypes: true }).filter((one) =>
  one.isDirectory(),
)) {
  const judge = ['core/cli/main.ts', 'second-opinion', path.join('examples', example.name), '--count', '12'];
  const { status } = spawnSync(process.execPath, [...judge, '--seed', 'before publishing'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const layout = await layOut(path.join(root, 'dist/layout'));
console.log(`Laid out in ${path.join(root, 'dist/layout')}.`);
if (electronBinary(path.join(root, 'node_modules/electron')) === undefined) {
  console.error(
    'There is no installer: the Electron binary is not here. "npx install-electron" downloads it (ELECTRON_MIRROR names another place than GitHub).',
  );
  process.exit(3);
}
const electronDist = path.join(root, 'node_modules/electron/dist');
const made = await build({
  projectDir: layout.folder,
  config: installers(layout, electronDist, path.join(root, 'dist/installers')),
  ...(process.argv.includes('--dir') ? { dir: true } : {}),
});
for (const file of made) console.log(file);
