/**
 * Lays a packaged product out in a folder, without Electron: `app/` is what goes into the archive (the shell, its list of core's
 * files), `core/` what lies beside it in `resources/fieldwriter` (core, screens, migrations, samples, native modules, stock Node).
 * Nothing else is shipped: what is not named here stays out.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CoreFiles, filesBelow, hashOf, SIGNED } from '../electron/core-files.ts';
import { bundleCore, bundleShell } from './bundle.ts';
import { buildRenderer } from './renderer.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Native modules come as prebuilt binaries for each system: a product is laid out on the system that it is for. */
export interface Target {
  readonly platform: string;
  readonly arch: string;
}
export const HERE: Target = { platform: process.platform, arch: process.arch };
/** Of the Node that is shipped (`process.versions.modules`), for modules that do not use Node-API. */
const ABI = process.versions.modules;

/** What of `node_modules` core needs at run time, beside what is bundled. Chromium is not among it: Electron prints. */
export function modulesFor({ platform, arch }: Target): readonly string[] {
  const isolates = `prebuilds/${platform}-${arch}/isolated-vm.abi${ABI}${platform === 'linux' ? '.glibc' : ''}.node`;
  return [
    `node/bin/node${platform === 'win32' ? '.exe' : ''}`,
    'better-sqlite3/package.json',
    'better-sqlite3/LICENSE',
    'better-sqlite3/lib',
    `better-sqlite3/prebuilds/${platform}-${arch}.node`,
    'isolated-vm/package.json',
    'isolated-vm/LICENSE',
    'isolated-vm/isolated-vm.js',
    `isolated-vm/${isolates}`,
    'node-gyp-build/package.json',
    'node-gyp-build/LICENSE',
    'node-gyp-build/index.js',
    'node-gyp-build/node-gyp-build.js',
  ];
}

/** The products that come along as samples; the example of a rater is for those who write one. */
const SAMPLES = ['commercial-property', 'homeowners', 'personal-auto', 'private-motor-france'];

export interface Layout {
  /** For electron-builder a project of its own: in the repository's it would look for what to bring along. */
  readonly folder: string;
  readonly app: string;
  readonly core: string;
}

/** @param folder made anew */
export async function layOut(folder: string, target: Target = HERE): Promise<Layout> {
  if (target.platform !== HERE.platform || target.arch !== HERE.arch)
    throw new Error(
      `A product for ${target.platform} ${target.arch} is laid out on such a system: its Node runs there.`,
    );
  const app = path.join(folder, 'app');
  const core = path.join(folder, 'core');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await buildRenderer();
  await bundleCore(core);
  const copy = (from: string): void =>
    cpSync(path.join(root, from), path.join(core, from), { recursive: true, dereference: true });
  copy('dist/renderer');
  copy('bin/fieldwriter.mjs');
  for (const file of filesBelow(path.join(root, 'migrations/workbench')))
    if (file.endsWith('.sql')) copy(`migrations/workbench/${file}`);
  for (const sample of SAMPLES) copy(`examples/${sample}`);
  for (const file of modulesFor(target)) {
    if (!existsSync(path.join(root, 'node_modules', file)))
      throw new Error(`node_modules/${file} is missing: there is no product for ${target.platform} ${target.arch}.`);
    copy(`node_modules/${file}`);
  }
  const { name, version, description, license } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const common = { name, version, description, license, private: true, type: 'module' };
  writeJson(path.join(core, 'package.json'), common);

  await bundleShell(app);
  writeJson(path.join(app, 'package.json'), { ...common, ...PEOPLE, main: 'dist/electron/main.js' });
  writeJson(path.join(app, 'dist/electron/core-files.json'), await coreFiles(core, target));
  writeJson(path.join(folder, 'package.json'), { private: true });
  return { folder, app, core };
}

/** What installers name. */
const PEOPLE = { productName: 'Fieldwriter', author: 'Fieldwriter', homepage: 'https://fieldwriter.example/' };

/** Signing changes binaries after they are counted; on Linux nothing does. */
async function coreFiles(core: string, { platform }: Target): Promise<CoreFiles> {
  const files: Record<string, string> = {};
  for (const file of filesBelow(core)) {
    const binary = /(\.node|\/bin\/node(\.exe)?)$/.test(file);
    files[file] = binary && platform !== 'linux' ? SIGNED : await hashOf(path.join(core, file));
  }
  return files;
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
}

if (process.argv[1] === import.meta.filename) {
  const { app, core } = await layOut(path.join(root, 'dist/layout'));
  console.log(`${filesBelow(app).length} files in ${app}\n${filesBelow(core).length} files in ${core}`);
}
