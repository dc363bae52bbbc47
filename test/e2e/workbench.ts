import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildRenderer } from '../../build/renderer.ts';
import { launchBrowser } from '../../core/documents/chromium.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A workbench as a person has it: its own process, its own data folder, a real browser in front. */
export interface RunningWorkbench {
  /** The printed address with its one-time token. */
  readonly address: string;
  readonly origin: string;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export async function openWorkbenchInBrowser(options: readonly string[] = []): Promise<RunningWorkbench> {
  await buildRenderer();
  const data = mkdtempSync(path.join(tmpdir(), 'fieldwriter-e2e-'));
  const server = spawn(
    process.execPath,
    [path.join(root, 'dist/core/main.js'), 'serve', '--json', '--data', path.join(data, 'data'), ...options],
    {
      cwd: root,
      env: { ...process.env, FIELDWRITER_KEY: '5a'.repeat(32) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const address = await printedAddress(server);
    const browser = await launchBrowser();
    return {
      address,
      origin: new URL(address).origin,
      browser,
      async close() {
        await browser.close();
        await stopped(server);
        rmSync(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stopped(server);
    rmSync(data, { recursive: true, force: true });
    throw error;
  }
}

function printedAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout?.setEncoding('utf8');
    server.stdout?.on('data', (text: string) => {
      output += text;
      const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
      if (line?.endsWith('}')) resolve((JSON.parse(line) as { open: string }).open);
    });
    server.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${output}`)));
  });
}

async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

/** A page that fails the test for anything the console or the network complains about. */
export async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, complaints };
}
