import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says; signed under the cloud's key, so that every copy can read it and keeps nothing. */
export interface TokenBody {
  readonly tenant: string;
  readonly device: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}
/** How long a token opens anything, and a challenge is good for one, milliseconds. */
export const TOKEN_LIFE: number = 15 * 60_000;
export const CHALLENGE_LIFE: number = 2 * 60_000;

export function writeToken(key: Uint8Array, { tenant, device, expiresAt }: TokenBody): string {
  return withSignature(key, 'token', Buffer.from(JSON.stringify([tenant, device, expiresAt])).toString('base64url'));
}

/** @returns undefined for what no copy of this cloud signed */
export function readToken(key: Uint8Array, token: string): TokenBody | undefined {
  return readBody(signedPart(key, 'token', token));
}

function readBody(body: string | undefined): TokenBody | undefined {
  if (body === undefined) return undefined;
  const [tenant, device, expiresAt] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string, number];
  return { tenant, device, expiresAt };
}

/** What a device's own Git sends as its password: it opens the repository of configurations and nothing else (CL51). */
export function writeGitPassword(key: Uint8Array, { tenant, device, expiresAt }: TokenBody): string {
  return withSignature(key, 'git', Buffer.from(JSON.stringify([tenant, device, expiresAt])).toString('base64url'));
}

/** @returns undefined for what no copy of this cloud signed */
export function readGitPassword(key: Uint8Array, password: string): TokenBody | undefined {
  return readBody(signedPart(key, 'git', password));
}

export function writeChallenge(key: Uint8Array, time: number, random: Uint8Array): string {
  return withSignature(key, 'challenge', `${time}-${Buffer.from(random).toString('base64url')}`);
}

/** @returns when it was made; undefined for what no copy of this cloud signed */
export function readChallenge(key: Uint8Array, challenge: string): number | undefined {
  const body = signedPart(key, 'challenge', challenge);
  return body === undefined ? undefined : Number(body.split('-')[0]);
}

function withSignature(key: Uint8Array, purpose: string, body: string): string {
  return `${body}.${signature(key, purpose, body).toString('base64url')}`;
}

function signedPart(key: Uint8Array, purpose: string, text: string): string | undefined {
  const [body = '', given = '', ...more] = text.split('.');
  const expected = signature(key, purpose, body);
  const bytes = Buffer.from(given, 'base64url');
  return more.length === 0 && bytes.length === expected.length && timingSafeEqual(bytes, expected) ? body : undefined;
}

function signature(key: Uint8Array, purpose: string, body: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${body}`).digest();
}
