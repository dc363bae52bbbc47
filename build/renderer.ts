/** Builds the screens into dist/renderer when they are missing or older than their sources. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { newestChange } from './newest-change.ts';

const root = path.resolve(import.meta.dirname, '..');

/** @returns whether anything was built. Throws what Vite says when the screens do not compile. */
export async function buildRenderer(options: { force?: boolean } = {}): Promise<boolean> {
  const built = path.join(root, 'dist/renderer/index.html');
  const sources = ['renderer', 'core/model', 'core/api/contract.ts', 'core/api/contracts', 'package-lock.json'];
  const newest = Math.max(...sources.map((source) => newestChange(path.join(root, source))));
  if (!options.force && existsSync(built) && statSync(built).mtimeMs >= newest) return false;
  const { build } = await import('vite');
  // Vite takes over NODE_ENV where it is set: under a test runner the screens would be React's slow development build, and stay it.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({ configFile: path.join(root, 'renderer/vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
  return true;
}

if (process.argv[1] === import.meta.filename) await buildRenderer({ force: process.argv.includes('--force') });
