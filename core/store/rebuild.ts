import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from './database.ts';
import { parseBody, unpacked } from './entry.ts';
import { journalRows, openRecord } from './journal.ts';
import type { PersonReader } from './personal.ts';
import type { Records } from './records.ts';

/** Makes records and projections again from the journal, in one transaction: its commit is the completion mark (J9). */
export function rebuild(database: Connection, table: Records, keys: PersonReader): void {
  const insertChange = database.prepare(
    'INSERT INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  database.transaction(() => {
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
        });
      }
    }
    table.project();
  })();
}
