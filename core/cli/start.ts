import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ServeOptions, serve } from './serve.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `npm start`: the desktop where Electron's binary is there, otherwise the same workbench in the browser. Builds what is missing. */
export async function start(options: ServeOptions): Promise<number> {
  await buildScreens();
  const electron = electronBinary();
  if (electron === undefined) {
    process.stderr.write('Electron is not installed here: the same workbench opens in your browser.\n');
    return serve(options);
  }
  await buildShell();
  const child = spawn(electron, [path.join(root, 'dist/electron/main.js')], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/** The binary that the package electron downloads; absent where it could not. */
function electronBinary(): string | undefined {
  try {
    const binary: unknown = createRequire(import.meta.url)('electron');
    return typeof binary === 'string' && existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** A shipped product brings its screens along and has no build folder. */
async function buildScreens(): Promise<void> {
  const builder = path.join(root, 'build/renderer.ts');
  if (!existsSync(builder)) return;
  const { buildRenderer } = (await import(pathToFileURL(builder).href)) as { buildRenderer(): Promise<boolean> };
  await buildRenderer();
}

async function buildShell(): Promise<void> {
  const builder = path.join(root, 'build/bundle.ts');
  if (!existsSync(builder)) return;
  const { bundleCore, bundleShell } = (await import(pathToFileURL(builder).href)) as {
    bundleCore(): Promise<void>;
    bundleShell(): Promise<void>;
  };
  await bundleCore();
  await bundleShell();
}
