import { canonicalJson, type JsonValue } from '#core/model/json.ts';
import type { Records } from './records.ts';

/** Every record, tombstones too, as lines of canonical JSON by type and locator (J9). */
export function* exportCanonical(table: Records): Generator<string> {
  for (const { type, locator, version, schema, record } of table.rows()) {
    const value = record === null ? null : (JSON.parse(record) as JsonValue);
    yield `${canonicalJson({ type, locator, version, schema, record: value })}\n`;
  }
}
