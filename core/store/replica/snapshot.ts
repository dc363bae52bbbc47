import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { fieldsOf } from '../members.ts';
import type { PersonReader, Seal } from '../personal.ts';
import { type RecordRow, schemaOf } from '../records.ts';
import { readerOver } from '../risks.ts';
import type { Target } from './incoming.ts';
import type { LateIndex } from './late-index.ts';
import type { SnapshotPage } from './replication-contract.ts';

/** Where the first fetch stands (`replica.snapshot`). */
export interface SnapshotPlace {
  readonly at?: number;
  readonly next?: string;
  readonly done: number;
}

/**
 * Writes a page of the log's heads (SPEC J54); runs inside the transaction of the caller. Records that came with a page before, or
 * that were changed here meanwhile, keep what is newer.
 */
export function takeSnapshot(page: SnapshotPage, target: Target, later: LateIndex): void {
  const { records, risks, keys, state, confirmed, upgrades } = target;
  const before = state.read();
  const place = before?.snapshot ? (JSON.parse(before.snapshot) as SnapshotPlace) : undefined;
  if (!before || !place) throw new Problem('wrong-state', 'The first fetch of this workbench is complete.');
  if (place.at !== undefined && place.at !== page.at)
    throw new Problem(
      'malformed-request',
      `The first fetch began at position ${place.at}, this page is of ${page.at}.`,
    );
  later.begin();
  const waits = confirmed.any();
  const policies = new Set<string>();
  const reader = readerOver([], records);
  for (const { type, locator, version, etag, schema, seal, keys: sent, body, ready } of page.records) {
    if (schema > schemaOf(type, upgrades))
      throw new Problem(
        'store-from-the-future',
        `${type} ${locator} was written by a newer Fieldwriter: update this one before its first fetch.`,
        { place: { locator } },
      );
    for (const key of sent) keys.take(key);
    if (seal && !sent.some(({ id }) => id === seal.key)) keys.missing(seal);
    const usable = ready && schema === schemaOf(type, upgrades) && (!ready.key || keys.holds(ready.key));
    const row: RecordRow = {
      type,
      locator,
      version,
      schema,
      updated: 0,
      person: seal?.person ?? null,
      personal: seal ? JSON.stringify(seal.paths) : null,
      record: usable ? ready.text : clearText(body, seal, keys),
      etag,
    };
    if (waits && confirmed.get(row) !== undefined) confirmed.put(row);
    else if (!records.addNew(row, usable ? ready.fields : fieldsOf(type, records.valueOf(row)))) {
      const record = records.valueOf(row);
      records.write(row, record);
      for (const policy of risks.concerned([{ type, locator, record }], reader)) policies.add(policy);
    }
  }
  risks.refresh(policies, reader);
  const done = place.done + page.records.length;
  const { next } = page;
  if (page.part) state.write({ ...before, snapshot: JSON.stringify({ ...place, done }) });
  else if (next !== undefined) state.write({ ...before, snapshot: JSON.stringify({ at: page.at, next, done }) });
  else state.write({ ...before, position: page.at, baseline: page.at, snapshot: null });
}

/** The canonical text of a record in the clear; null: a tombstone. */
function clearText(body: Uint8Array, seal: Seal | undefined, keys: PersonReader): string | null {
  if (body.length === 0) return null;
  const text = new TextDecoder().decode(body);
  return seal ? canonicalJson(keys.unseal(JSON.parse(text) as JsonObject, seal, 'own')) : text;
}
