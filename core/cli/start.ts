import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ServeOptions, serve } from './serve.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `npm start`: the desktop where Electron's binary is there, otherwise the same workbench in the browser. Builds what is missing. */
export async function start(options: ServeOptions): Promise<number> {
  await buildScreens();
  const electron = electronBinary(path.join(root, 'node_modules/electron'));
  if (electron === undefined) {
    process.stderr.write(
      'Electron is not installed here (`npx install-electron` brings it): the same workbench opens in your browser.\n',
    );
    return serve(options);
  }
  await buildShell();
  const child = spawn(electron, [path.join(root, 'dist/electron/main.js'), ...forCore(options)], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/**
 * The binary in the package electron; undefined where it is not. We look ourselves: asked for it, the package would try to download
 * what is missing, at each start and before anything opens.
 */
export function electronBinary(folder: string): string | undefined {
  const note = path.join(folder, 'path.txt');
  if (!existsSync(note)) return undefined;
  const binary = path.join(folder, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

/** What of the options core needs; it works on a free socket, no port. */
function forCore({ data, configuration, user }: ServeOptions): string[] {
  const given = Object.entries({ data, configuration, user });
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
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
