/**
 * Bundles core and the desktop shell into dist/: start-up reads one file instead of hundreds, and Electron runs plain
 * JavaScript. Native modules and the browser package stay outside.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
const outside = ['better-sqlite3', 'isolated-vm', 'playwright-core', '@sparticuz/chromium', 'vite', 'electron'];

function options(name: string, input: Record<string, string>, format: 'esm' | 'cjs', dir: string): BuildOptions {
  return {
    cwd: root,
    input,
    platform: 'node',
    external: [...outside, /^node:/],
    output: {
      dir: path.join(root, dir),
      format,
      entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
      chunkFileNames: `${name}-[name]-[hash].js`,
      minify: false,
    },
    logLevel: 'warn',
  };
}

/** Bundles the desktop shell: main as a module, the preload script as CommonJS (sandboxed windows take no modules). */
export async function bundleShell(): Promise<void> {
  await build(options('shell', { main: 'electron/main.ts' }, 'esm', 'dist/electron'));
  await build(options('shell', { preload: 'electron/preload.ts' }, 'cjs', 'dist/electron'));
}

/** Bundles core: the command line and server, and the plugin host's entry. */
export async function bundleCore(): Promise<void> {
  rmSync(path.join(root, 'dist/core'), { recursive: true, force: true });
  await build(options('core', { main: 'core/cli/main.ts', host: 'core/sandbox/host/main.ts' }, 'esm', 'dist/core'));
  // What the host loads into its isolates: no Node there, so libraries in their browser form.
  const guests = ['service', 'calculations', 'templates'];
  const inputs = Object.fromEntries(guests.map((name) => [`guest-${name}`, `core/sandbox/guest/${name}.ts`]));
  await build({ ...options('guest', inputs, 'esm', 'dist/core'), platform: 'browser' });
}

if (process.argv[1] === import.meta.filename) {
  await bundleCore();
  await bundleShell();
}
