import { canonicalJson, type JsonValue } from '#core/model/json.ts';
import type { Records } from './records.ts';
import { isReplicated } from './replica/scope.ts';

/** Every record, tombstones too, as lines of canonical JSON by type and locator (J9). */
export function* exportCanonical(table: Records): Generator<string> {
  for (const { type, locator, version, schema, record } of table.rows()) {
    const value = record === null ? null : (JSON.parse(record) as JsonValue);
    yield `${canonicalJson({ type, locator, version, schema, record: value })}\n`;
  }
}

/** What is the same on every device that has applied the same log and has nothing waiting (core/sync/SPEC.md SY2). */
export function* exportReplicated(table: Records, idAt: (position: number) => string | undefined): Generator<string> {
  for (const row of table.rows()) {
    if (!isReplicated(row)) continue;
    const { type, locator, version, schema, updated, record } = row;
    const etag = row.etag ?? idAt(updated);
    const value = record === null ? null : (JSON.parse(record) as JsonValue);
    yield `${canonicalJson({ type, locator, version, etag, schema, record: value })}\n`;
  }
}
