import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ToCore, ToShell } from '#core/api/shell-contract.ts';
import { type Address, forwardTo } from './forward.ts';
import { type LendPage, relayPages } from './relay.ts';

export interface CoreProcess {
  /** Forwards a request of the window to core and brings its answer back, streamed. Starts core where it does not run. */
  readonly forward: (request: Request) => Promise<Response>;
  /** The process that runs now. */
  readonly pid: () => number | undefined;
  /** Lets core end what it does and close its store. */
  readonly close: () => Promise<void>;
}
export interface CoreOptions {
  /** The stock Node that we ship. */
  readonly runtime: string;
  /** core's entry: dist/core/main.js. */
  readonly entry: string;
  /** More options of `fieldwriter serve`. */
  readonly arguments?: readonly string[];
  /** Lends a page to print with; without it core starts a browser of the machine. */
  readonly lend?: LendPage;
  readonly onEnd: (end: CoreEnd) => void;
}
/** Core ended although nobody closed it. */
export interface CoreEnd {
  /** Whether it had answered `ready`: the next request starts it again. Otherwise it could not open, and would not the next time. */
  readonly wasReady: boolean;
  readonly reason: string;
}

/** Runs core as a child on stock Node and reaches it over a socket of its own with a secret for each start. */
export function startCore(options: CoreOptions): CoreProcess {
  let closing = false;
  let child: ChildProcess | undefined;
  let ready: Promise<Address> | undefined;

  const start = (): Promise<Address> =>
    new Promise((resolve, reject) => {
      const socket = privateSocket();
      const secret = randomBytes(32).toString('base64url');
      let wasReady = false;
      let reason: string | undefined;
      const started = spawn(options.runtime, [options.entry, 'serve', '--shell', ...(options.arguments ?? [])], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: environment(),
      });
      child = started;
      const say = (message: ToCore): void => {
        if (started.connected) started.send(message, () => undefined);
      };
      const relay = options.lend && relayPages(options.lend, say);
      const end = (detail: string): void => {
        relay?.closeAll();
        socket.remove();
        if (child !== started) return;
        child = undefined;
        ready = undefined;
        reject(new Error(reason ?? detail));
        if (!closing) options.onEnd({ wasReady, reason: reason ?? detail });
      };
      started.once('error', (error) => end(`core could not be started: ${error.message}`));
      started.once('exit', (code, signal) => {
        const detail = `core ended (${signal ?? `exit code ${code}`})`;
        // What it said last may still be on its way.
        if (started.connected) started.once('disconnect', () => end(detail));
        else end(detail);
      });
      started.on('message', (message) => {
        const said = message as ToShell;
        if (said.type === 'page') relay?.take(said);
        else if (said.type === 'failed') reason = said.message;
        else {
          wasReady = true;
          resolve({ socket: socket.path, secret });
        }
      });
      say({ type: 'open', socket: socket.path, secret, pages: relay !== undefined });
    });

  return {
    async forward(request) {
      if (closing) throw new Error('Fieldwriter is closing');
      ready ??= start();
      return forwardTo(await ready, request);
    },
    pid: () => child?.pid,
    async close() {
      closing = true;
      const last = child;
      if (!last) return;
      const ended = new Promise((resolve) => last.once('exit', resolve));
      if (last.connected) last.send({ type: 'close' } satisfies ToCore, () => undefined);
      await ended;
    },
  };
}

/** A socket in a folder that only we can enter, or a named pipe on Windows: another one for each start, for a killed core leaves its behind. */
function privateSocket(): { readonly path: string; readonly remove: () => void } {
  if (process.platform === 'win32')
    return { path: `\\\\.\\pipe\\fieldwriter-${randomUUID()}`, remove: () => undefined };
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-'));
  return { path: path.join(folder, 'core'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Ours, without what would give Node other code to run or open a debugger in the process that holds the store. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|ELECTRON_)/i.test(name)));
}
