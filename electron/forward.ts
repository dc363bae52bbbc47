import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export interface Address {
  readonly socket: string;
  readonly secret: string;
}

/** Headers that belong to one connection, or that we set ourselves. */
const OWN = new Set(['host', 'authorization', 'cookie', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Sends a request to core with the secret of its launch. Bodies are streamed both ways. Rejects when core does not answer. */
export function forwardTo({ socket, secret }: Address, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        socketPath: socket,
        path: pathname + search,
        method: request.method,
        headers: {
          ...Object.fromEntries([...request.headers].filter(([name]) => !OWN.has(name))),
          host: 'fieldwriter',
          authorization: `Bearer ${secret}`,
        },
      },
      (incoming) => resolve(asResponse(incoming)),
    );
    // Listens to the end: a late error has nobody else to go to.
    outgoing.on('error', reject);
    request.signal.addEventListener('abort', () => outgoing.destroy(new Error('the window gave the request up')));
    if (request.body)
      pipeline(Readable.fromWeb(request.body as ReadableStream<Uint8Array>), outgoing).catch((cause: unknown) => {
        outgoing.destroy();
        reject(cause);
      });
    else outgoing.end();
  });
}

function asResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (!OWN.has(name)) for (const item of [value ?? []].flat()) headers.append(name, item);
  const empty = status === 204 || status === 205 || status === 304;
  if (empty) incoming.resume();
  const body = empty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers });
}
