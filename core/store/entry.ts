import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { RecordType } from './contract.ts';
import type { Seal } from './personal.ts';
import { damaged } from './trouble.ts';

/** The form of the journal's bodies that this program writes; a higher one is from the future. Version 2 seals members together (personal.ts). */
export const FORMAT = 2;

/** The entry before the first one. */
export const NO_HASH: string = '0'.repeat(64);

/** An entry as it is hashed and kept: personal members sealed. */
export interface EntryBody {
  readonly format: number;
  readonly id: string;
  readonly device: string;
  readonly sequence: number;
  readonly command: string;
  readonly commandVersion: number;
  readonly arguments: JsonObject;
  readonly argumentsSeal?: Seal;
  readonly user: string;
  readonly at: number;
  readonly configuration: string | null;
  readonly engine: string;
  readonly changes: readonly BodyChange[];
  readonly previousHash: string;
}
export interface BodyChange {
  readonly type: RecordType;
  readonly locator: string;
  readonly base: number;
  readonly version: number;
  /** Upgrade steps of the type that the record was written after. */
  readonly schema: number;
  readonly record: JsonObject | null;
  readonly seal?: Seal;
}

/**
 * The canonical JSON of an entry. The records come as texts that are canonical already: they are nearly all of it, and the same
 * text goes into the table of records.
 */
export function entryText(entry: Omit<EntryBody, 'format' | 'changes'>, changes: readonly string[]): string {
  const { arguments: args, argumentsSeal, at, ...rest } = entry;
  const before = canonicalJson({ arguments: args, argumentsSeal, at });
  const after = canonicalJson({ ...rest, format: FORMAT });
  // `arguments`, `argumentsSeal` and `at` sort before `changes`, everything else after it.
  return `${before.slice(0, -1)},"changes":[${changes.join(',')}],${after.slice(1)}`;
}

/** The canonical JSON of one change, around the canonical text of its record. */
export function changeText(change: Omit<BodyChange, 'record'>, record: string): string {
  const { base, locator, ...rest } = change;
  const before = canonicalJson({ base, locator });
  const after = canonicalJson(rest);
  // `record` sorts between `locator` and `schema`.
  return `${before.slice(0, -1)},"record":${record},${after.slice(1)}`;
}

/** @throws store-from-the-future for a form that this program does not know: it is never half understood */
export function parseBody(text: string): EntryBody {
  const body = JSON.parse(text) as EntryBody;
  if (!(body.format <= FORMAT)) {
    throw new Problem(
      'store-from-the-future',
      `The journal entry ${body.sequence} has format ${body.format}, this Fieldwriter reads ${FORMAT}. Install the newer Fieldwriter again.`,
    );
  }
  return body;
}

/** The text of an entry as the journal keeps it: a sixth of its size. */
export function packed(text: string): Uint8Array {
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** @throws store-damaged */
export function unpacked(bytes: Uint8Array): string {
  return unpackedWithin(bytes, Number.MAX_SAFE_INTEGER);
}

/** For what comes from outside: a few bytes may unpack to any number. @param most bytes of text @throws store-damaged */
export function unpackedWithin(bytes: Uint8Array, most: number): string {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: most }).toString('utf8');
  } catch (error) {
    throw damaged('The compressed text of a journal entry is damaged', error);
  }
}

export function hashOf(text: string): string {
  return hash('sha256', text, 'hex');
}

export function isCanonical(text: string): boolean {
  return canonicalJson(JSON.parse(text) as JsonValue) === text;
}
