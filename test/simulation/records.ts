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
/** What differs of what must be the same bytes everywhere (SY2): the first name. */
export function difference(a: ReadonlyMap<string, Version>, b: ReadonlyMap<string, Version>): string | undefined {
  const same = (one: Version, other: Version | undefined): boolean =>
    one.version === other?.version &&
    one.etag === other.etag &&
    (one.record === other.record || canonicalJson(one.record) === canonicalJson(other.record));
  for (const [name, version] of a) if (!same(version, b.get(name))) return name;
  return [...b.keys()].find((name) => !a.has(name));
}
/** Current records of a type. */
export function all(table: ReadonlyMap<string, Version>, type: string): readonly JsonObject[] {
  return [...table].flatMap(([name, { record }]) => (name.startsWith(`${type} `) && record ? [record] : []));
}
