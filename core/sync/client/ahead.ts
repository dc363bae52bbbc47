import { setImmediate as turn } from 'node:timers/promises';
import type { DeviceIdentity, Transport } from './transport.ts';

/** The page of a round that is asked for while the one before it is applied: the cloud works meanwhile. */
export interface Ahead {
  readonly path: string;
  readonly answer: Promise<Uint8Array>;
}
interface Asking {
  readonly transport: Transport;
  readonly identity: DeviceIdentity;
  readonly round: { ahead: Ahead | undefined };
}

/** The answer to a GET, which may have been asked for ahead. Throws as `Transport.ask`. */
export async function page({ transport, identity, round }: Asking, path: string): Promise<Uint8Array> {
  const { ahead } = round;
  round.ahead = undefined;
  return ahead?.path === path ? ahead.answer : transport.ask(identity, 'GET', path);
}

/** Asks for the next page, and resolves once that is on its way. */
export async function askAhead({ transport, identity, round }: Asking, path: string): Promise<void> {
  const answer = transport.ask(identity, 'GET', path);
  // Whoever takes the page meets its failure; perhaps nobody does.
  answer.catch(() => undefined);
  round.ahead = { path, answer };
  await turn();
}
