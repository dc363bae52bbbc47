import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Once before all: what starts a core of its own starts what ships, which is there in a third of the time. In a process of its own,
 * because the bundler resolves packages in a way that the test runner does not have.
 */
export default function buildCore(): void {
  const root = path.resolve(import.meta.dirname, '..');
  const { status } = spawnSync(process.execPath, ['build/bundle.ts', '--core-if-stale'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('core could not be bundled (node build/bundle.ts)');
}
