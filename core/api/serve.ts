import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Problem } from '#core/model/problem.ts';
import type { Workbench } from './open-workbench.ts';

/** Where a workbench listens: a port of the loopback interface, never another one, or a socket (a pipe on Windows). */
export type Listening = { readonly port: number } | { readonly socket: string };
export interface Served {
  /** `http://127.0.0.1:4711`, or the socket's path. */
  readonly address: string;
  /** Stops taking requests, lets those under way end, then resolves. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 120_000;
/** Longer than clients keep a connection: where the server closes first, a request that is just sent on it is lost (ECONNRESET). */
const KEEP_ALIVE = 75_000;

/** Serves a workbench over HTTP. Throws `wrong-state` when the port is taken. */
export async function serveWorkbench(workbench: Pick<Workbench, 'fetch'>, at: Listening): Promise<Served> {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: KEEP_ALIVE },
    getRequestListener((request) => workbench.fetch(request)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(asProblem(error, at)));
    if ('socket' in at) server.listen(at.socket, resolve);
    else server.listen(at.port, '127.0.0.1', resolve);
  });
  return { address: 'socket' in at ? at.socket : addressOf(server), close: () => close(server) };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function asProblem(error: NodeJS.ErrnoException, at: Listening): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const where = 'socket' in at ? at.socket : `Port ${at.port}`;
  return new Problem('wrong-state', `${where} is taken by another program: choose another with --port.`, {
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
