import type { Context } from 'hono';
import { Problem } from '#core/model/problem.ts';
import { PROOF_HEADER, PROOF_WINDOW, proves, readProof } from '#core/sync/proof.ts';
import { SINCE_HEADER } from '#core/sync/set-back.ts';
import type { Cloud } from '../cloud.ts';
import type { DeviceRow } from '../database/directory.ts';
import { readToken } from './tokens.ts';

/** What is known of a request, for its log line. */
export interface RequestEnv {
  Variables: { tenant: string | undefined; device: string | undefined };
}
export type RequestContext = Context<RequestEnv>;
/** A request of a device that has proven who it is. */
export interface Proven {
  readonly device: DeviceRow;
  readonly body: Uint8Array;
}

const BEARER = /^Bearer ([\w.-]{1,4096})$/;

/**
 * Who asks: a token of this cloud, the device's own signature over exactly this request, made just now and never seen before, and a
 * device that may still work (SY21).
 * @param option `greeting`: a device that is to be wiped may hear that, and nothing else
 * @throws Problem not-authenticated or forbidden with a `reason` in its details
 */
export async function proven(cloud: Cloud, context: RequestContext, option?: 'greeting'): Promise<Proven> {
  const [, token] = BEARER.exec(context.req.header('authorization') ?? '') ?? [];
  if (token === undefined) throw unknown('token', 'Send a token of this cloud as bearer.');
  const claims = readToken(cloud.master.tokens, token);
  if (!claims) throw unknown('token', 'The token is not of this cloud.');
  if (claims.expiresAt <= cloud.now()) throw unknown('expired', 'The token has expired: ask for another.');
  const device = await deviceOf(cloud, context, claims);
  const proof = readProof(context.req.header(PROOF_HEADER));
  if (!proof) throw unknown('proof', `Sign the request with the device's key (${PROOF_HEADER}).`);
  if (Math.abs(proof.time - cloud.now()) > PROOF_WINDOW)
    throw unknown(
      'time',
      'The proof is too old, or not of the time of this server: ask for a challenge, it tells the time.',
    );
  const body = new Uint8Array(await context.req.arrayBuffer());
  const { pathname, search } = new URL(context.req.url);
  const request = { method: context.req.method, path: `${pathname}${search}`, body, token };
  if (!proves(device.publicKey, request, proof))
    throw unknown('proof', 'The signature is not of this device over this request.');
  if (!(await cloud.database.directory.takeNonce(device.id, proof.nonce, proof.time + 2 * PROOF_WINDOW)))
    throw unknown('replayed', 'This request was sent before.');
  refuseRevoked(device, option);
  // What it is about to send or take may be of a log that is no more: it greets again first.
  const since = context.req.header(SINCE_HEADER);
  if (since !== undefined && since !== (device.setBacks.at(-1)?.id ?? ''))
    throw new Problem('wrong-state', 'The cloud was set back to a backup meanwhile: greet it again.', {
      details: { reason: 'set-back' },
    });
  return { device, body };
}

/** The device that a token or a password names; the log line of the request names it too. @throws Problem not-authenticated */
export async function deviceOf(
  cloud: Cloud,
  context: RequestContext,
  claims: { readonly device: string; readonly tenant: string },
): Promise<DeviceRow> {
  const device = await cloud.database.directory.device(claims.device);
  if (!device || device.tenant !== claims.tenant) throw unknown('device', 'The device is not known.');
  context.set('tenant', device.tenant);
  context.set('device', device.id);
  return device;
}

/** @throws Problem forbidden */
export function refuseRevoked(device: DeviceRow, option?: 'greeting'): void {
  if (device.wipe) {
    if (option === 'greeting') return;
    throw new Problem('forbidden', 'This device is to be wiped.', { details: { reason: 'wipe' } });
  }
  if (device.revoked) throw new Problem('forbidden', 'This device was revoked.', { details: { reason: 'revoked' } });
}

export function unknown(reason: string, message: string): Problem {
  return new Problem('not-authenticated', message, { details: { reason } });
}
