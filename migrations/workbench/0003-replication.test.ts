import { expect, test } from 'vitest';
import { acrossMigration } from '#core/store/migrate.fixture.ts';

test('0003 keeps journal, records and keys, and takes what replication adds', async () => {
  await acrossMigration(
    3,
    (old) => {
      old.exec(`INSERT INTO journal (position, id, device, sequence, hash, body) VALUES (1, 'e-1', 'd', 1, 'h', x'00');
        INSERT INTO journal_change (type, locator, version, position) VALUES ('policy', 'p-1', 4, 1);
        INSERT INTO record (type, locator, version, schema, updated, record) VALUES ('policy', 'p-1', 4, 0, 1, '{}');
        INSERT INTO person_key (id, person, key) VALUES ('k-1', 'h-1', x'01');`);
    },
    (database) => {
      const all = (sql: string): unknown[] => database.prepare(sql).all();
      expect(all('SELECT log_position, outcome, seen, bases, effects FROM journal')).toEqual([
        { log_position: null, outcome: null, seen: 0, bases: null, effects: null },
      ]);
      expect(all('SELECT * FROM journal_change')).toEqual([
        { type: 'policy', locator: 'p-1', position: 1, version: 4 },
      ]);
      expect(all('SELECT version, etag FROM record')).toEqual([{ version: 4, etag: null }]);
      // Another device may have made a key for the same person.
      database.exec("INSERT INTO person_key (id, person, key, position) VALUES ('k-2', 'h-1', x'02', 0)");
      database.exec(
        "INSERT INTO journal (id, device, sequence, hash, body, log_position) VALUES ('e-2', 'x', 1, 'h', x'00', 7)",
      );
      expect(() =>
        database.exec(
          "INSERT INTO journal (id, device, sequence, hash, body, log_position) VALUES ('e-3', 'x', 2, 'h', x'00', 7)",
        ),
      ).toThrow('UNIQUE');
      // Two entries may give a record the same number: a pending and a confirmed one.
      database.exec("INSERT INTO journal_change VALUES ('policy', 'p-1', 2, 4)");
      const strict =
        "SELECT name FROM pragma_table_list WHERE strict = 1 AND name IN ('confirmed', 'parked', 'replica', 'journal_change')";
      expect(all(strict)).toHaveLength(4);
    },
  );
});
