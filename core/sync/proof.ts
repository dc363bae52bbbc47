import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * How a device proves with each request that it holds the private half of its key: a token alone, stolen on its way, opens nothing.
 * `authorization: Bearer TOKEN` and `fieldwriter-proof: TIME.NONCE.SIGNATURE`; the signature (Ed25519, base64url) is over `proofText`.
 */
export const PROOF_HEADER = 'fieldwriter-proof';
/** How far the time of a proof may be from the server's, milliseconds; the device counts on from the server time of its challenge. */
export const PROOF_WINDOW: number = 5 * 60_000;

/** A request as it is signed. */
export interface ProvenRequest {
  readonly method: string;
  /** Path and query as they are sent, e.g. `/v1/pull?after=12`. */
  readonly path: string;
  readonly body: Uint8Array;
  readonly token: string;
}
export interface Proof {
  /** Milliseconds by the server's clock. */
  readonly time: number;
  /** 16 to 64 characters of base64url, never the same twice. */
  readonly nonce: string;
  readonly signature: Buffer;
}

/** What is signed to get a token. */
export function tokenText(device: string, challenge: string): string {
  return `fieldwriter token\n${device}\n${challenge}`;
}

function proofText({ method, path, body, token }: ProvenRequest, time: number, nonce: string): string {
  // As every URL parser writes it: both sides sign the same, however it was spelt.
  const { pathname, search } = new URL(path, 'http://cloud');
  const hash = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  return `fieldwriter request\n${method}\n${pathname}${search}\n${hash(body)}\n${hash(token)}\n${time}\n${nonce}`;
}

/** Value of the header. @param time milliseconds by the server's clock */
export function proofOf(privateKey: KeyObject, request: ProvenRequest, time: number, nonce: string): string {
  return `${time}.${nonce}.${signed(privateKey, proofText(request, time, nonce)).toString('base64url')}`;
}

export function signed(privateKey: KeyObject, text: string): Buffer {
  return sign(null, Buffer.from(text), privateKey);
}

const PROOF = /^(\d{1,15})\.([\w-]{16,64})\.([\w-]{86})$/;

/** The header's parts; undefined for anything else. */
export function readProof(header: string | undefined): Proof | undefined {
  const [, time, nonce, signature] = PROOF.exec(header ?? '') ?? [];
  if (time === undefined || nonce === undefined || signature === undefined) return undefined;
  return { time: Number(time), nonce, signature: Buffer.from(signature, 'base64url') };
}

/** Whether the proof was made with the private half for exactly this request. */
export function proves(publicKey: Uint8Array, request: ProvenRequest, proof: Proof): boolean {
  return isSignedBy(publicKey, proofText(request, proof.time, proof.nonce), proof.signature);
}

/** @param publicKey SPKI @returns false for a key that is none, too */
export function isSignedBy(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  const key = ed25519(publicKey);
  return key !== undefined && verify(null, Buffer.from(text), key, signature);
}

/** The public key, when it is one of Ed25519. */
export function ed25519(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
