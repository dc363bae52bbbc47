import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { RecordKey, Version } from '#core/store/replica/contract.ts';

/** Records by place, in a store that is only memory. */
export type Table = Map<string, Version>;

export function nameOf({ type, locator }: RecordKey): string {
  return `${type} ${locator}`;
}
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
/** What must be the same everywhere (SY2). */
export function exported(table: ReadonlyMap<string, Version>): string {
  return [...table]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { version, etag, record }]) => `${name} ${canonicalJson({ version, etag, record })}\n`)
    .join('');
}
/** Current records of a type. */
export function all(table: ReadonlyMap<string, Version>, type: string): readonly JsonObject[] {
  return [...table].flatMap(([name, { record }]) => (name.startsWith(`${type} `) && record ? [record] : []));
}
