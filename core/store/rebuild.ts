import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from './database.ts';
import { parseBody, unpacked } from './entry.ts';
import { journalRows, openRecord } from './journal.ts';
import type { PersonReader } from './personal.ts';
import type { Records } from './records.ts';
import type { ConfirmedTable } from './replica/confirmed.ts';
import { fold } from './replica/fold.ts';
import { stateTable } from './replica/state.ts';
import { type Risks, readerOver } from './risks.ts';

const STEP = 200;

/** Makes records and projections again from the journal, in one transaction: its commit is the completion mark (J9). */
export function rebuild(
  database: Connection,
  table: Records,
  risks: Risks,
  keys: PersonReader,
  confirmed: ConfirmedTable,
): void {
  const insertChange = database.prepare(
    'INSERT INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  database.transaction(() => {
    if (stateTable(database).read()) {
      fold(database, table, confirmed, keys);
      project(table, risks);
      return;
    }
    table.clear();
    database.exec('DELETE FROM journal_change');
    for (const { position, body } of journalRows(database, 0)) {
      for (const change of parseBody(unpacked(body)).changes) {
        const { type, locator, version, schema, seal } = change;
        const record = openRecord(change, keys);
        insertChange.run(type, locator, version, position);
        table.restore({
          type,
          locator,
          version,
          schema,
          updated: position,
          person: seal?.person ?? null,
          personal: seal ? JSON.stringify(seal.paths) : null,
          record: record === null ? null : canonicalJson(record),
          etag: null,
        });
      }
    }
    project(table, risks);
  })();
}

/** Throws everything that is made from records away and makes it again; runs inside the transaction of the caller. */
export function project(table: Records, risks: Risks): void {
  table.project();
  risks.clear();
  const reader = readerOver([], table);
  let after = '';
  while (true) {
    const policies = table.list('policy', { after, limit: STEP }).map(({ locator }) => locator);
    risks.refresh(policies, reader);
    const last = policies.at(-1);
    if (last === undefined) return;
    after = last;
  }
}
