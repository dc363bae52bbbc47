import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type * as z from 'zod';
import type { RandomBytes } from '#core/model/locator.ts';
import { PROOF_HEADER, proofOf, signed, tokenText } from '../proof.ts';
import { ChallengeAnswer, EnrolAnswer, type EnrolRequest, TokenAnswer } from '../protocol.ts';
import { SINCE_HEADER } from '../set-back.ts';
import type { Failure } from './contract.ts';

/** What the cloud answered that is no success, or that nobody answered. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  readonly failure: Failure;
  /** What the cloud refused for; undefined where it did not answer. */
  readonly reason: string | undefined;
  constructor(failure: Failure, cause?: unknown, reason?: string) {
    super(failure.message, { cause });
    this.failure = failure;
    this.reason = reason;
  }
}

/** Who asks. */
export interface DeviceIdentity {
  readonly device: string;
  readonly key: KeyObject;
  /** The last time that its cloud was set back, as far as it was told; empty: never; absent: it asks for just that. */
  readonly since?: string | undefined;
}
export interface TransportOptions {
  /** In the order in which they are tried. */
  addresses(): readonly string[];
  now(): number;
  readonly random: RandomBytes;
  /** Told of every request that was answered, or not. */
  onTraffic(sent: number, received: number): void;
  /** Milliseconds until a request is given up: a half-open connection ends there. */
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
}
/** Requests to the cloud, with tokens and proofs, over whichever of its addresses answers. */
export interface Transport {
  ask(identity: DeviceIdentity, method: 'GET' | 'POST' | 'PUT', path: string, body?: Uint8Array): Promise<Uint8Array>;
  enrol(request: z.infer<typeof EnrolRequest>): Promise<z.infer<typeof EnrolAnswer>>;
  /** The address that answered last. */
  address(): string | null;
  /** The cloud's clock minus this one's, milliseconds; null: not known. */
  clockOffset(): number | null;
  /** Ends requests that are under way. */
  close(): void;
}

const TIMEOUT = 60_000;
/** A token is renewed so long before it ends. */
const EARLY = 60_000;
const NONCE = 16;

export function newDeviceKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}
export function deviceKey(privateKey: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
}
/** The public half of a private key, both as `newDeviceKey` gives them. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(deviceKey(privateKey)).export({ type: 'spki', format: 'der' }).toString('base64');
}
export function openTransport(options: TransportOptions): Transport {
  const { now, random, onTraffic, timeout = TIMEOUT } = options;
  const send = options.fetch ?? fetch;
  const closing = new AbortController();
  let good: string | null = null;
  let offset: number | null = null;
  let token: { readonly device: string; readonly text: string; readonly until: number } | undefined;

  /** One request to one address. Throws TypeError or an abort where nobody answers. */
  async function once(address: string, path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeout)]);
    return send(`${address}${path}`, { ...init, signal, redirect: 'error' });
  }

  /** The request to the address that answered last, then to the others: a copy that died takes nobody along. */
  async function reach(path: string, init: (address: string) => Promise<RequestInit>): Promise<Response> {
    const all = options.addresses();
    const ordered = good !== null && all.includes(good) ? [good, ...all.filter((one) => one !== good)] : all;
    let last: unknown = new Error('no address is known');
    for (const address of ordered) {
      try {
        const prepared = await init(address);
        const response = await once(address, path, prepared);
        onTraffic(sizeOf(prepared.body), 0);
        if (response.status === 503 || response.status === 502 || response.status === 504) {
          last = new Error(`${address} answers ${response.status}`);
          await response.body?.cancel();
          continue;
        }
        good = address;
        return response;
      } catch (error) {
        if (error instanceof SyncFailure) throw error;
        last = error;
        if (closing.signal.aborted) break;
      }
    }
    throw new SyncFailure({ kind: 'away', message: `The cloud does not answer (${reasonOf(last)}).` }, last);
  }

  async function bytesOf(response: Response): Promise<Uint8Array> {
    try {
      const bytes = new Uint8Array(await response.arrayBuffer());
      onTraffic(0, bytes.length);
      return bytes;
    } catch (error) {
      throw new SyncFailure({ kind: 'away', message: `The answer broke off (${reasonOf(error)}).` }, error);
    }
  }

  async function json(response: Response): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await bytesOf(response)));
  }

  async function tokenOf({ device, key }: DeviceIdentity): Promise<string> {
    if (token?.device === device && token.until > now()) return token.text;
    const asked = await reach('/v1/challenge', async () => ({ method: 'GET' }));
    if (!asked.ok) throw await refusal(asked);
    const { challenge, serverTime } = ChallengeAnswer.parse(await json(asked));
    offset = serverTime - now();
    const body = JSON.stringify({
      device,
      challenge,
      signature: signed(key, tokenText(device, challenge)).toString('base64'),
    });
    const answered = await reach('/v1/token', async () => ({ method: 'POST', body }));
    if (!answered.ok) throw await refusal(answered);
    const given = TokenAnswer.parse(await json(answered));
    token = { device, text: given.token, until: given.expiresAt - offset - EARLY };
    return given.token;
  }

  async function refusal(response: Response): Promise<SyncFailure> {
    const text = new TextDecoder().decode(await bytesOf(response));
    return new SyncFailure(failureOf(response.status, text), undefined, problemIn(text).reason);
  }

  async function asked(identity: DeviceIdentity, method: string, path: string, body: Uint8Array): Promise<Response> {
    const text = await tokenOf(identity);
    return reach(path, async () => {
      const nonce = Buffer.from(random(NONCE)).toString('base64url');
      const time = now() + (offset ?? 0);
      const proof = proofOf(identity.key, { method, path, body, token: text }, time, nonce);
      const said = identity.since === undefined ? {} : { [SINCE_HEADER]: identity.since };
      const headers = { authorization: `Bearer ${text}`, [PROOF_HEADER]: proof, ...said };
      return method === 'GET' ? { method, headers } : { method, headers, body: Buffer.from(body) };
    });
  }

  return {
    address: () => good,
    clockOffset: () => offset,
    close: () => closing.abort(new Error('the workbench closes')),
    async enrol(request) {
      const response = await reach('/v1/enrol', async () => ({ method: 'POST', body: JSON.stringify(request) }));
      if (!response.ok) throw await refusal(response);
      token = undefined;
      return EnrolAnswer.parse(await json(response));
    },
    async ask(identity, method, path, body = new Uint8Array()) {
      let response = await asked(identity, method, path, body);
      if (response.status === 401) {
        // A token that ended early, or another time of the server: once with a new one.
        await response.body?.cancel();
        token = undefined;
        response = await asked(identity, method, path, body);
      }
      if (!response.ok) throw await refusal(response);
      return bytesOf(response);
    },
  };
}

/** What a refusal means for replication. @param text the problem document */
export function failureOf(status: number, text: string): Failure {
  const { detail, reason } = problemIn(text);
  const message = detail ?? `The cloud answers ${status}.`;
  if (reason === 'revoked' || reason === 'device' || reason === 'signature')
    return {
      kind: 'blocked',
      reason: 'revoked',
      message:
        'The cloud no longer takes this computer: ask an administrator for a new code and enrol it again. What waits here is kept.',
    };
  if (reason === 'wipe')
    return {
      kind: 'blocked',
      reason: 'wiped',
      message: 'The cloud ordered that the data of this computer is thrown away.',
    };
  if (reason === 'cloud-too-old')
    return {
      kind: 'blocked',
      reason: 'cloud-too-old',
      message:
        'The cloud is too old for this Fieldwriter: its administrator has to update it. What waits here is kept.',
    };
  return { kind: 'away', message };
}

function problemIn(text: string): { readonly detail?: string; readonly reason?: string } {
  try {
    const { detail, details } = JSON.parse(text) as { detail?: unknown; details?: { reason?: unknown } };
    return {
      ...(typeof detail === 'string' && { detail }),
      ...(typeof details?.reason === 'string' && { reason: details.reason }),
    };
  } catch {
    return {};
  }
}

function sizeOf(body: RequestInit['body']): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : 0;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || error.message : error.message;
}
