import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { PrintJob } from '#core/documents/contract.ts';

/** What core says to the shell and the shell to core, over the child's own channel: never on a command line. */
type FromCore =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'print'; readonly id: number; readonly job: PrintJob };

export interface CoreProcess {
  /** Forwards a request of the window to core and brings its answer back, streamed. */
  readonly forward: (request: Request) => Promise<Response>;
  readonly close: () => Promise<void>;
}
export interface CoreOptions {
  /** The stock Node that we ship. */
  readonly runtime: string;
  /** core's entry: dist/core/main.js, or core/cli/main.ts in development. */
  readonly entry: string;
  readonly dataFolder: string;
  readonly print: (job: PrintJob) => Promise<Uint8Array>;
  /** Called when core died; it is started again by the next request. */
  readonly onCrash: (detail: string) => void;
}

/** Starts core as a child on stock Node and reaches it over a socket of its own with a secret for this launch. */
export function startCore(options: CoreOptions): CoreProcess {
  const secret = randomBytes(32).toString('base64url');
  const socket = socketPath();
  let closing = false;
  let running: Promise<ChildProcess> | undefined;

  const start = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const child = fork(options.entry, ['serve', '--shell'], {
        execPath: options.runtime,
        execArgv: [],
        serialization: 'advanced',
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        running = undefined;
        const detail = `core stopped (${signal ?? `exit code ${code}`})`;
        reject(new Error(detail));
        if (!closing) options.onCrash(detail);
      });
      child.on('message', (message) => {
        const said = message as FromCore;
        if (said.type === 'ready') resolve(child);
        else if (said.type === 'failed') reject(new Error(said.message));
        else void answerPrint(child, said.id, options.print(said.job));
      });
      child.send({ type: 'open', socket, secret, dataFolder: options.dataFolder });
    });
  const core = (): Promise<ChildProcess> => {
    running ??= start().catch((cause: unknown) => {
      running = undefined;
      throw cause;
    });
    return running;
  };

  return {
    async forward(request) {
      await core();
      return await send(socket, secret, request);
    },
    async close() {
      closing = true;
      const child = await running?.catch(() => undefined);
      if (!child || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.send({ type: 'close' });
      await ended;
    },
  };
}

async function answerPrint(child: ChildProcess, id: number, printed: Promise<Uint8Array>): Promise<void> {
  try {
    child.send({ type: 'printed', id, bytes: await printed });
  } catch (cause) {
    child.send({ type: 'printed', id, error: cause instanceof Error ? cause.message : String(cause) });
  }
}

/** A Unix socket in the private temporary folder, or a named pipe on Windows. */
function socketPath(): string {
  const name = `fieldwriter-${randomUUID()}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(tmpdir(), `${name}.sock`);
}

function send(socketPath: string, secret: string, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = Object.fromEntries(
    [...request.headers].filter(([name]) => name !== 'host' && name !== 'authorization'),
  );
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        socketPath,
        path: pathname + search,
        method: request.method,
        headers: { ...headers, host: 'fieldwriter', authorization: `Bearer ${secret}` },
      },
      (incoming) => {
        const status = incoming.statusCode ?? 502;
        const body = status === 204 || status === 304 ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
        const answer = new Headers();
        for (const [name, value] of Object.entries(incoming.headers))
          for (const item of [value ?? []].flat()) answer.append(name, item);
        resolve(new Response(body as ConstructorParameters<typeof Response>[0], { status, headers: answer }));
      },
    );
    outgoing.once('error', reject);
    request.signal.addEventListener('abort', () => outgoing.destroy());
    if (request.body) Readable.fromWeb(request.body as ReadableStream<Uint8Array>).pipe(outgoing);
    else outgoing.end();
  });
}
