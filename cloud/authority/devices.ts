import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { FIRST, type Series } from '#core/desk/numbers.ts';
import { Problem } from '#core/model/problem.ts';
import { ed25519 } from '#core/sync/proof.ts';
import type { EnrolAnswer, EnrolRequest, RangeAnswer, RangeRequest } from '#core/sync/protocol.ts';
import type { CodeRow, DeviceRow } from '../database/directory.ts';
import type { Scope } from '../database/scope.ts';
import { lockLog } from './known.ts';
import type { Authority } from './push.ts';

/** Letters of a code: none that is taken for another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 25 letters: 125 bits, nobody guesses it. */
const CODE_LENGTH = 25;
/** Most numbers that a device brings along: what a workbench by itself grants itself (core/desk/numbers.ts). */
const MOST_NUMBERS = 100_000_000;

export function hashOfCode(code: string): Uint8Array {
  return createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))
    .digest();
}

/** A code of a device's own is kept as the hash of it and of the device: it enrols nobody but what that device becomes. */
function hashOfOwnCode(code: string, formerly: string): Uint8Array {
  return createHash('sha256').update(hashOfCode(code)).update(formerly).digest();
}

/** How long a code of a device's own is good, milliseconds. */
const OWN_CODE_LIFE = 10 * 60_000;

/** A code for a device that was repaired, to be asked for under the identity that it had (SY92). */
export function makeOwnCode(
  authority: Authority,
  device: DeviceRow,
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  return makeCode(authority, device.tenant, device.users, OWN_CODE_LIFE, device.id);
}

/**
 * A code that enrols one device, once, before it expires. @param users who may use the device; null: anybody
 * @param formerly the device that asked for it: nobody else may use it
 */
export async function makeCode(
  { database, random, now }: Authority,
  tenant: string,
  users: readonly string[] | null,
  life: number,
  formerly?: string,
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  const letters = [...random(CODE_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length] ?? '').join('');
  const code = letters.replaceAll(/.{5}(?=.)/g, '$&-');
  const expiresAt = now() + life;
  await database.inTenant(tenant, async (scope) => {
    await lockLog(scope);
    await scope.rows(
      'make-code',
      'INSERT INTO enrolment_code (tenant, hash, users, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)',
      [formerly === undefined ? hashOfCode(code) : hashOfOwnCode(code, formerly), users, now(), expiresAt],
    );
  });
  return { code, expiresAt };
}

/**
 * Takes a device in. Asked again by the same device with the same key, it gets the same answer: the first may have been lost. That
 * with another code is taken too, which is used up and says from now on who may use the device.
 */
export async function enrol(
  { database, now }: Authority,
  request: z.infer<typeof EnrolRequest>,
): Promise<z.infer<typeof EnrolAnswer>> {
  const { formerly } = request;
  const own = formerly === undefined ? undefined : hashOfOwnCode(request.code, formerly);
  const ofOwn = own && (await database.directory.code(own));
  const hash = own && ofOwn ? own : hashOfCode(request.code);
  const publicKey = Buffer.from(request.publicKey, 'base64');
  if (!ed25519(publicKey)) throw malformed('The public key is not one of Ed25519 in SPKI.');
  const code = ofOwn ?? (await database.directory.code(hash));
  if (!code) throw refusedCode('The code is not known.');
  const answer = { tenant: code.tenant, tenantName: code.tenantName, device: request.device };
  const enrolled = await database.directory.device(request.device);
  if (enrolled) {
    const same = enrolled.tenant === code.tenant && Buffer.from(enrolled.publicKey).equals(publicKey);
    if (!same || enrolled.revoked)
      throw new Problem('wrong-state', 'There is a device of this identity.', { details: { reason: 'device-exists' } });
  }
  const again = code.usedBy === request.device;
  if (code.usedBy !== null && !again) throw refusedCode('The code was used.');
  if (code.expiresAt <= now() && !again) throw refusedCode('The code has expired.');
  await database.inTenant(code.tenant, async (scope) => {
    await lockLog(scope);
    if (!again) await spendCode(scope, request.device, hash);
    if (enrolled) await takeInAgain(scope, request, code);
    else await takeIn(scope, request, publicKey, code, now(), ofOwn !== undefined);
  });
  return answer;
}

async function spendCode(scope: Scope, device: string, hash: Uint8Array): Promise<void> {
  const used = await scope.rows(
    'use-code',
    'UPDATE enrolment_code SET used_by = $3 WHERE tenant = $1 AND hash = $2 AND used_by IS NULL RETURNING 1',
    [hash, device],
  );
  if (used.length === 0) throw refusedCode('The code was used.');
}

async function takeIn(
  scope: Scope,
  { device, name, numbers, formerly }: z.infer<typeof EnrolRequest>,
  publicKey: Uint8Array,
  { users }: CodeRow,
  now: number,
  succeeds: boolean,
): Promise<void> {
  if (formerly !== undefined) {
    const before = await scope.rows('formerly', 'SELECT 1 FROM device WHERE tenant = $1 AND id = $2', [formerly]);
    if (before.length === 0)
      throw new Problem('malformed-request', 'The device that it was is not known here.', {
        details: { reason: 'formerly' },
      });
  }
  // Of one computer there is one identity that works.
  if (succeeds)
    await scope.rows(
      'succeeded',
      'UPDATE device SET revoked_at = coalesce(revoked_at, $3) WHERE tenant = $1 AND id = $2',
      [formerly, now],
    );
  const made = await scope.rows(
    'enrol',
    `INSERT INTO device (tenant, id, name, public_key, users, formerly, enrolled_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [device, name, publicKey, users, formerly ?? null, now],
  );
  if (made.length === 0)
    throw new Problem('wrong-state', 'There is a device of this identity.', { details: { reason: 'device-exists' } });
  for (const { series, first, last } of numbers) {
    if (first < 1 || last < first || last - first >= MOST_NUMBERS)
      throw malformed(`The numbers of ${series} are no range.`);
    await grant(scope, device, knownSeries(series), first, last);
  }
}

/** It may have printed more numbers by itself meanwhile. */
async function takeInAgain(
  scope: Scope,
  { device, numbers }: z.infer<typeof EnrolRequest>,
  { users }: CodeRow,
): Promise<void> {
  await scope.rows('users', 'UPDATE device SET users = $3 WHERE tenant = $1 AND id = $2', [device, users]);
  for (const { series, first, last } of numbers) {
    const [row] = await scope.rows<{ last: number | null }>(
      'own-last',
      `SELECT max(last) AS last FROM granted_range
       WHERE tenant = $1 AND series = $2 AND device = $3 AND first >= $4 AND last <= $5`,
      [knownSeries(series), device, first, last],
    );
    const from = row?.last == null ? first : row.last + 1;
    if (from <= last) await grant(scope, device, knownSeries(series), from, last);
  }
}

/** @throws Problem wrong-state where another device has some of them */
async function grant(scope: Scope, device: string, series: Series, first: number, last: number): Promise<void> {
  const taken = await scope.rows(
    'overlap',
    'SELECT 1 FROM granted_range WHERE tenant = $1 AND series = $2 AND first <= $4 AND last >= $3 LIMIT 1',
    [series, first, last],
  );
  if (taken.length > 0)
    throw new Problem('wrong-state', `Numbers of ${series} between ${first} and ${last} are another device's.`, {
      details: { reason: 'numbers-taken', series },
    });
  await scope.rows(
    'grant',
    'INSERT INTO granted_range (tenant, series, first, last, device) VALUES ($1, $2, $3, $4, $5)',
    [series, first, last, device],
  );
}

/** The next numbers of a series, for this device alone: behind everything that was granted or printed before. */
export async function nextRange(
  { database }: Authority,
  device: { readonly id: string; readonly tenant: string },
  { series, count }: z.infer<typeof RangeRequest>,
): Promise<z.infer<typeof RangeAnswer>> {
  const known = knownSeries(series);
  return database.inTenant(device.tenant, async (scope) => {
    const { setBacks } = await lockLog(scope);
    const [row] = await scope.rows<{ granted: number | null; printed: number | null }>(
      'last-number',
      `SELECT (SELECT max(last) FROM granted_range WHERE tenant = $1 AND series = $2) AS granted,
         (SELECT max(number::bigint) FROM number WHERE tenant = $1 AND series = $2 AND number ~ '^[0-9]{1,15}$') AS printed`,
      [series],
    );
    // What was granted in a part of the log that is lost is somebody's (CL69).
    const since = setBacks.at(-1)?.numbers[known] ?? 0;
    const first = Math.max(FIRST[known], since, (row?.granted ?? 0) + 1, (row?.printed ?? 0) + 1);
    const last = first + count - 1;
    await grant(scope, device.id, known, first, last);
    return { series, first, last };
  });
}

/** Takes over numbers that were printed before there was a cloud: nobody gets them again. @returns how many were new */
export async function adoptNumbers(
  { database }: Authority,
  tenant: string,
  series: string,
  numbers: readonly { readonly number: string; readonly owner: string }[],
): Promise<number> {
  const known = knownSeries(series);
  return database.inTenant(tenant, async (scope) => {
    await lockLog(scope);
    const rows = await scope.rows(
      'adopt-numbers',
      `INSERT INTO number (tenant, series, number, owner)
       SELECT $1::uuid, $2, * FROM unnest($3::text[], $4::text[]) ON CONFLICT DO NOTHING RETURNING 1`,
      [known, numbers.map(({ number }) => number), numbers.map(({ owner }) => owner)],
    );
    return rows.length;
  });
}

/** A device as an administrator sees it. */
export interface ListedDevice {
  readonly id: string;
  readonly name: string;
  readonly users: readonly string[] | null;
  readonly enrolledAt: number;
  readonly revokedAt: number | null;
  readonly wipe: boolean;
  readonly sequence: number;
}

export function listDevices({ database }: Authority, tenant: string): Promise<readonly ListedDevice[]> {
  return database.inTenant(tenant, (scope) =>
    scope.rows<ListedDevice>(
      'devices',
      `SELECT id, name, users, enrolled_at AS "enrolledAt", revoked_at AS "revokedAt", wipe, sequence
       FROM device WHERE tenant = $1 ORDER BY enrolled_at, id`,
    ),
  );
}

/** Turns a device away from now on, and what it became by itself (SY92). @param wipe its next greeting is answered with the order to throw its key away */
export async function revokeDevice(
  { database, now }: Authority,
  tenant: string,
  device: string,
  wipe: boolean,
): Promise<void> {
  const rows = await database.inTenant(tenant, (scope) =>
    scope.rows(
      'revoke',
      `WITH RECURSIVE one (id) AS (
         SELECT id FROM device WHERE tenant = $1 AND id = $2
         UNION SELECT d.id FROM device d JOIN one ON d.formerly = one.id WHERE d.tenant = $1)
       UPDATE device SET revoked_at = coalesce(revoked_at, $3), wipe = wipe OR $4
       WHERE tenant = $1 AND id IN (SELECT id FROM one) RETURNING 1`,
      [device, now(), wipe],
    ),
  );
  if (rows.length === 0) throw new Problem('not-found', `There is no device ${device}.`);
}

function knownSeries(series: string): Series {
  if (Object.hasOwn(FIRST, series)) return series as Series;
  throw malformed('There is no such series of numbers.');
}

function refusedCode(message: string): Problem {
  return new Problem('forbidden', message, { details: { reason: 'code' } });
}

function malformed(message: string): Problem {
  return new Problem('malformed-request', message);
}
