/**
 * Bundles core and the desktop shell into dist/: start-up reads one file instead of hundreds, and Electron runs plain
 * JavaScript. Native modules and the browser package stay outside.
 */
import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'rolldown';
import { spreadsheetFile } from '../core/sandbox/host/modules.ts';
import { quickWasm } from '../core/sandbox/quick/quick-engine.ts';
import { newestChange } from './newest-change.ts';

const root = path.resolve(import.meta.dirname, '..');
const outside = ['better-sqlite3', 'isolated-vm', 'playwright-core', '@sparticuz/chromium', 'vite', 'electron'];

/** @param dir absolute */
function options(name: string, input: Record<string, string>, format: 'esm' | 'cjs', dir: string): BuildOptions {
  return {
    cwd: root,
    input,
    platform: 'node',
    external: [...outside, /^node:/],
    output: {
      dir,
      format,
      entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
      chunkFileNames: `${name}-[name]-[hash].js`,
      minify: false,
    },
    logLevel: 'warn',
  };
}

/**
 * Bundles the desktop shell: main as a module, the preload script as CommonJS (sandboxed windows take no modules).
 * @param into gets dist/electron
 */
export async function bundleShell(into = root): Promise<void> {
  const folder = path.join(into, 'dist/electron');
  await build(options('shell', { main: 'electron/main.ts' }, 'esm', folder));
  await build(options('shell', { preload: 'electron/preload.ts' }, 'cjs', folder));
  copyFileSync(path.join(root, 'build/icons/tray.png'), path.join(folder, 'tray.png'));
}

/** Bundles core: the command line and server, and the plugin host's entry. @param into gets dist/core */
export async function bundleCore(into = root): Promise<void> {
  const folder = path.join(into, 'dist/core');
  rmSync(folder, { recursive: true, force: true });
  await build(
    options(
      'core',
      {
        main: 'core/cli/main.ts',
        host: 'core/sandbox/host/main.ts',
        quick: 'core/sandbox/quick/main.ts',
        excel: 'core/lab/tables/excel-worker.ts',
        copy: 'core/store/copy-worker.ts',
        pages: 'core/sync/client/page-worker.ts',
      },
      'esm',
      folder,
    ),
  );
  // What the host loads into its isolates: no Node there, so libraries in their browser form.
  const guests = ['service', 'calculations', 'templates'];
  const inputs = {
    ...Object.fromEntries(guests.map((name) => [`guest-${name}`, `core/sandbox/guest/${name}.ts`])),
    'guest-rating': 'core/lab/rating/guest/rating.ts',
  };
  await build({ ...options('guest', inputs, 'esm', folder), platform: 'browser' });
  copyFileSync(fileURLToPath(quickWasm()), path.join(folder, 'quickjs.wasm'));
  copyFileSync(fileURLToPath(spreadsheetFile()), path.join(folder, 'guest-spreadsheet.js'));
}

/** Bundles core where the bundle is missing or older than its sources. */
async function freshCore(): Promise<void> {
  const bundle = path.join(root, 'dist/core/main.js');
  const newest = Math.max(...['core', 'package-lock.json'].map((source) => newestChange(path.join(root, source))));
  if (!existsSync(bundle) || statSync(bundle).mtimeMs < newest) await bundleCore();
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--core-if-stale')) await freshCore();
  else {
    await bundleCore();
    await bundleShell();
  }
}
