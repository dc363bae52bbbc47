import { setImmediate as turn } from 'node:timers/promises';
import { edges } from '../frames.ts';
import type { DeviceIdentity, Transport } from './transport.ts';

/** A page of a round that was asked for while those before it are applied: the cloud, and whoever reads pages, work meanwhile. */
export interface Ahead {
  readonly path: string;
  readonly bytes: Promise<Uint8Array>;
  /** As the asker reads it. */
  readonly page: Promise<unknown>;
}
interface Asking {
  readonly transport: Transport;
  readonly identity: DeviceIdentity;
  /** In their order. */
  readonly round: { ahead: readonly Ahead[] };
}
/** How pages of one kind are read. */
export interface Reading<Page> {
  read(bytes: Uint8Array): Promise<Page>;
  /** Where the next page is, from the heads of one (`edges` of frames.ts); undefined: it was the last. Throws for what is no page. */
  next(heads: { readonly first: unknown; readonly last: unknown }): string | undefined;
}

/** One is read while one comes. */
const MOST_AHEAD = 2;

/** The page at a path, which may have been asked for ahead; those behind it are on their way then. Throws as `Transport.ask`. */
export async function page<Page>(asking: Asking, path: string, reading: Reading<Page>): Promise<Page> {
  const { round } = asking;
  const [first = ask(asking, path, reading), ...rest] = round.ahead[0]?.path === path ? round.ahead : [];
  round.ahead = rest;
  fill(asking, rest.at(-1) ?? first, reading);
  const read = (await first.page) as Page;
  // They are to be on their way before somebody takes the thread for long.
  await turn();
  return read;
}

function ask<Page>({ transport, identity }: Asking, path: string, { read }: Reading<Page>): Ahead {
  const bytes = transport.ask(identity, 'GET', path);
  return { path, bytes, page: bytes.then(read) };
}

/** Asks for what comes behind the last page that was asked for, as soon as that tells where it is. */
function fill<Page>(asking: Asking, last: Ahead, reading: Reading<Page>): void {
  const { round } = asking;
  const { ahead } = round;
  if (ahead.length >= MOST_AHEAD) return;
  last.bytes
    .then((bytes) => {
      // Somebody went on, and asked, meanwhile; or began anew.
      if (round.ahead !== ahead) return;
      const path = reading.next(edges(bytes));
      if (path === undefined) return;
      const behind = ask(asking, path, reading);
      // Whoever takes the page meets its failure; perhaps nobody does.
      behind.page.catch(() => undefined);
      round.ahead = [...ahead, behind];
      fill(asking, behind, reading);
    })
    .catch(() => undefined);
}
