#!/usr/bin/env node
// Plain JavaScript that any Node runs: finds the Node 24 that Fieldwriter ships (the npm package "node") and starts the command
// line with it, bundled when there is an up-to-date bundle, otherwise from its sources.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'core/cli/main.ts');
const bundle = join(root, 'dist/core/main.js');
const entry = bundleIsFresh() ? bundle : source;

const major = Number(process.versions.node.split('.')[0]);
if (major >= NEEDED) {
  await import(pathToFileURL(entry).href);
} else {
  const shipped = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(shipped)) {
    console.error(
      `Fieldwriter needs Node ${NEEDED} and found ${process.version}. Run "npm ci": it brings the right one along. ` +
        'If npm says that it blocked install scripts, run "npm rebuild node".',
    );
    process.exit(1);
  }
  const child = spawn(shipped, [...process.execArgv, entry, ...process.argv.slice(2)], {
    stdio: process.send ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

/** A bundle older than any source would run yesterday's code. A shipped product has no sources beside it. */
function bundleIsFresh() {
  if (!existsSync(bundle)) return false;
  if (!existsSync(source)) return true;
  const built = statSync(bundle).mtimeMs;
  return !newerThan(join(root, 'core'), built);
}

function newerThan(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return newerThan(path, time);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && statSync(path).mtimeMs > time;
  });
}
