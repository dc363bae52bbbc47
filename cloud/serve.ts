import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Cloud } from './cloud.ts';
import { cloudApp } from './http/app.ts';

export interface ServedCloud {
  /** `http://127.0.0.1:4801` */
  readonly address: string;
  /** Lets nothing new in, answers what is under way, ends its jobs, closes the database last. */
  close(): Promise<void>;
}
/** How long a copy that closes still says "not ready" before it stops listening, milliseconds: load balancers look every few seconds. */
export interface ServeSettings {
  readonly host: string;
  readonly port: number;
  readonly graceful?: number;
}

const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 120_000;
/** Longer than load balancers keep a connection: the side that closes first makes the other one lose a request. */
const KEEP_ALIVE = 75_000;
/** What is still under way after so long is cut off. */
const DRAIN = 30_000;

/** Serves one copy of the cloud. Throws when the port is taken. */
export async function serveCloud(cloud: Cloud, { host, port, graceful = 0 }: ServeSettings): Promise<ServedCloud> {
  let open = true;
  const app = cloudApp(cloud, () => open);
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: KEEP_ALIVE },
    getRequestListener((request) => app.fetch(request)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  cloud.log.info({ event: 'listening', address });
  return {
    address,
    async close() {
      open = false;
      await new Promise((resolve) => setTimeout(resolve, graceful));
      await Promise.all([drained(server), cloud.jobs?.close(), cloud.safe?.close()]);
      await cloud.database.close();
      cloud.log.info({ event: 'closed' });
    },
  };
}

function drained(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
