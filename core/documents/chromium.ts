import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { Problem } from '#core/model/problem.ts';

/** A browser that can be started: its executable and what its environment needs. */
export interface BrowserPath {
  readonly executable: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly source: 'environment' | 'system' | 'bundled';
}

/**
 * Finds a Chromium: `FIELDWRITER_CHROMIUM` (a path, or `bundled`), then Chrome, Chromium or Edge at its usual place, then the one
 * of `@sparticuz/chromium`, unpacked once into a private folder (about three seconds and 230 MB).
 * @throws Problem document-failed when there is none.
 */
export async function browserPath(): Promise<BrowserPath> {
  for await (const browser of candidates()) return browser;
  throw noBrowser([]);
}

export interface LaunchOptions {
  /** Resolves no host name at all: for printing, which needs no network. */
  readonly offline?: boolean;
}

/**
 * Starts a headless browser: the printer's, and the one of the end-to-end tests. The sandbox of Chromium is on unless we are root,
 * or the bundled browser finds none on this machine (what it prints has neither scripts nor network).
 * @throws Problem document-failed when no browser starts, with each attempt in its message.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const attempts: string[] = [];
  for await (const browser of candidates()) {
    const modes = process.getuid?.() === 0 ? [false] : browser.source === 'bundled' ? [true, false] : [true];
    for (const sandbox of modes) {
      try {
        return await start(browser, sandbox, options);
      } catch (error) {
        const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
        attempts.push(`${browser.executable}${sandbox ? '' : ' without sandbox'}: ${reason}`);
      }
    }
  }
  throw noBrowser(attempts);
}

function noBrowser(attempts: readonly string[]): Problem {
  const tried = attempts.length === 0 ? '' : ` Tried: ${attempts.join('; ')}.`;
  return new Problem(
    'document-failed',
    `No browser to print with. Install Chrome, Chromium or Edge, or name one in FIELDWRITER_CHROMIUM.${tried}`,
  );
}

const ARGUMENTS = [
  ...['--no-first-run', '--no-default-browser-check', '--no-pings', '--no-service-autorun'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'],
  ...['--disable-default-apps', '--disable-domain-reliability', '--disable-client-side-phishing-detection'],
  ...['--disable-breakpad', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
];

async function start(browser: BrowserPath, sandbox: boolean, { offline }: LaunchOptions): Promise<Browser> {
  const { chromium } = await import('playwright-core'); // slow to load: only when something is printed
  return chromium.launch({
    executablePath: browser.executable,
    headless: true,
    chromiumSandbox: sandbox,
    args: [...ARGUMENTS, ...(offline ? ['--host-resolver-rules=MAP * ~NOTFOUND', '--disable-webgl'] : [])],
    env: { ...withoutSecrets(process.env), ...browser.environment },
    timeout: 30_000,
    // Signals are the caller's: the browser ends when it is closed, or with our process.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** What a browser may know of our environment: not the key of the store, nor the token of this workbench. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^FIELDWRITER_/i.test(name) ? [] : [[name, value]],
    ),
  );
}

async function* candidates(): AsyncGenerator<BrowserPath> {
  const chosen = process.env.FIELDWRITER_CHROMIUM;
  if (chosen && chosen !== 'bundled') {
    yield { executable: chosen, environment: {}, source: 'environment' };
    return;
  }
  if (chosen !== 'bundled') {
    for (const executable of usualPlaces())
      if (await isExecutable(executable)) yield { executable, environment: {}, source: 'system' };
  }
  const bundled = await unpackBundled();
  if (bundled) yield bundled;
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
      names.map((name) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, LOCALAPPDATA, 'ProgramFiles(x86)': ProgramFiles32 } = process.env;
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    return [ProgramFiles, ProgramFiles32, LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [...programs, 'Microsoft\\Edge\\Application\\msedge.exe'].map((name) => join(folder, name)));
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable'];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => names.map((name) => join(folder, name)));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const execute = promisify(execFile);

/**
 * The bundled Chromium (Linux only). The package starts whatever lies in the shared temporary folder, so that it unpacks in a
 * process of its own with a private one; the result moves to its place in one step, for several processes may do this at once.
 */
async function unpackBundled(): Promise<BrowserPath | undefined> {
  if (process.platform !== 'linux') return undefined;
  const entry = import.meta.resolve('@sparticuz/chromium');
  const { version } = JSON.parse(await readFile(join(dirname(fileURLToPath(entry)), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = await privateCache();
  const folder = join(cache, `chromium-${version}-${process.arch}`);
  if (!(await isExecutable(join(folder, 'chromium')))) await unpack(entry, cache, folder);
  return { executable: join(folder, 'chromium'), environment: await bundledEnvironment(folder), source: 'bundled' };
}

/** A folder that only we can write, or else what we start from it could be another's. */
async function privateCache(): Promise<string> {
  const uid = process.getuid?.();
  const root = process.env.XDG_CACHE_HOME?.startsWith('/') ? process.env.XDG_CACHE_HOME : join(homedir(), '.cache');
  for (const folder of [join(root, 'fieldwriter'), join(tmpdir(), `fieldwriter-${uid}`)]) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const found = await lstat(folder);
      if (!found.isDirectory() || found.uid !== uid) continue;
      await chmod(folder, 0o700);
      await access(folder, constants.W_OK);
      return folder;
    } catch {
      // No home, or one that can not be written: the next one.
    }
  }
  return mkdtemp(join(tmpdir(), 'fieldwriter-'));
}

async function unpack(entry: string, cache: string, folder: string): Promise<void> {
  const staging = await mkdtemp(join(cache, 'unpack-'));
  const script = 'const { default: chromium } = await import(process.argv[1]); await chromium.executablePath();';
  try {
    // AWS_EXECUTION_ENV makes the package unpack its libraries (libnss3 and the like) too.
    const environment = { ...withoutSecrets(process.env), TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
    await execute(process.execPath, ['--input-type=module', '-e', script, entry], {
      env: environment,
      timeout: 120_000,
    });
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontConfiguration(folder));
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (await isExecutable(join(folder, 'chromium'))) return; // another process was first
    throw new Problem('document-failed', `The bundled browser could not be unpacked to ${folder}`, { cause: error });
  }
}

/** The package's fonts, and its libraries where the machine has none. */
async function bundledEnvironment(folder: string): Promise<Record<string, string>> {
  const environment: Record<string, string> = { FONTCONFIG_PATH: join(folder, 'fonts') };
  const starts = await execute(join(folder, 'chromium'), ['--version'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
  if (!starts)
    environment.LD_LIBRARY_PATH = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH]
      .filter(Boolean)
      .join(':');
  return environment;
}

/** The machine's fonts, and behind them the package's own: a machine without any would print empty pages. */
function fontConfiguration(folder: string): string {
  const text = (path: string) => path.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${text(folder)}/fonts</dir><cachedir>${text(folder)}/fonts-cache</cachedir>
</fontconfig>`;
}
