import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';

export const MANIFEST = 'manifest.json';
/** What a backup says of itself, in the clear: nothing personal. */
const Manifest = z.strictObject({
  format: z.literal(1),
  /** Milliseconds. */
  at: z.int(),
  engine: z.string(),
  migrations: z.array(z.strictObject({ number: z.int(), name: z.string(), hash: z.string() })),
  tables: z.array(
    z.strictObject({ name: z.string(), key: z.array(z.string()), rows: z.int(), sha256: z.string(), bytes: z.int() }),
  ),
  /** The files of all tenants: their list is a file of the backup, their content lies beside all backups, once. */
  blobs: z.strictObject({ count: z.int(), sha256: z.string() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The manifest with what proves that nobody changed it. */
export function manifestText(manifest: Manifest, key: Uint8Array): string {
  return `${JSON.stringify({ ...manifest, proof: proofOf(manifest, key) }, null, 2)}\n`;
}

/** @throws not-found where there is no backup; wrong-key for one of another master key, or changed; store-damaged */
export async function readManifest(backup: string, key: Uint8Array): Promise<Manifest> {
  const file = path.join(backup, MANIFEST);
  if (!existsSync(file))
    throw new Problem('not-found', `${backup} is no complete backup of a cloud: it has no ${MANIFEST}.`);
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Problem('store-damaged', `${file} can not be read: use another backup.`, { cause: error });
  }
  const { proof, ...rest } = z.looseObject({ proof: z.string() }).parse(read);
  const manifest = Manifest.parse(rest);
  const expected = Buffer.from(proofOf(manifest, key));
  const given = Buffer.from(proof);
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    throw new Problem(
      'wrong-key',
      `${backup} was made with another FIELDWRITER_CLOUD_KEY, or its ${MANIFEST} was changed. Nothing was restored.`,
    );
  return manifest;
}

function proofOf(manifest: Manifest, key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(canonicalJson(manifest as unknown as JsonObject))
    .digest('hex');
}
