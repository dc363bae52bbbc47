/**
 * `npm run package`: lays the product out and makes the installers of this system. `--dir` stops at the unpacked program. Without
 * Electron's binary it stops after the layout and says so: exit code 3.
 */
import path from 'node:path';
import { build } from 'electron-builder';
import { electronBinary } from '#core/cli/start.ts';
import { installers } from './installers.ts';
import { layOut } from './layout.ts';

const root = path.resolve(import.meta.dirname, '..');

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
