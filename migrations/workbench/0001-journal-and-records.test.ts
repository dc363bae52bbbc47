import { expect, test } from 'vitest';
import { acrossMigration } from '#core/store/migrate.fixture.ts';

test('0001 makes strict tables with the keys and checks that the store relies on', async () => {
  await acrossMigration(
    1,
    () => {},
    (database) => {
      const tables = database.prepare<[], { name: string; strict: number }>(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'",
      );
      const own = tables.all().filter(({ name }) => !name.startsWith('sqlite_'));
      expect(own.map(({ name }) => name).sort()).toEqual([
        'field_index',
        'journal',
        'journal_change',
        'meta',
        'migration',
        'person_key',
        'record',
      ]);
      expect(own.filter(({ strict }) => strict === 0)).toEqual([]);

      const entry = database.prepare(
        "INSERT INTO journal (id, device, sequence, hash, body) VALUES (?, 'd', ?, 'h', x'00')",
      );
      entry.run('e-1', 1);
      expect(() => entry.run('e-2', 1)).toThrow('UNIQUE');
      expect(() => entry.run('e-1', 2)).toThrow('UNIQUE');
      expect(() => entry.run('e-3', 0)).toThrow('CHECK');
      expect(() => entry.run('e-3', 'two')).toThrow('cannot store TEXT');
      expect(() => database.exec("INSERT INTO journal_change VALUES ('policy', 'p', 1, 99)")).toThrow('FOREIGN KEY');
      const key = database.prepare("INSERT INTO person_key (id, person, key) VALUES (?, 'h-1', ?)");
      key.run('k-1', null);
      key.run('k-2', Buffer.alloc(32));
      expect(() => key.run('k-3', Buffer.alloc(32))).toThrow('UNIQUE');
    },
  );
});

test('0001 looks records up through its indexes', async () => {
  await acrossMigration(
    1,
    () => {},
    (database) => {
      const plan = (sql: string): string =>
        database
          .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => detail)
          .join('\n');
      const queries = [
        "SELECT * FROM record WHERE type = 'a' AND locator > 'b' ORDER BY locator LIMIT 5",
        "SELECT * FROM record WHERE type = 'a' AND locator < 'b' ORDER BY locator DESC LIMIT 5",
        "SELECT * FROM record WHERE (type, locator) > ('a', 'b') ORDER BY type, locator LIMIT 5",
        "SELECT * FROM record WHERE person = 'a'",
        "SELECT * FROM field_index WHERE type = 'a' AND member = 'b' AND value = 'c' ORDER BY locator",
        "SELECT * FROM field_index WHERE type = 'a' AND locator = 'b'",
        "SELECT * FROM journal WHERE device = 'a' ORDER BY sequence DESC LIMIT 1",
        "SELECT * FROM journal_change WHERE type = 'a' AND locator = 'b' ORDER BY version",
      ];
      for (const query of queries) {
        expect(plan(query)).toContain('SEARCH');
        expect(plan(query)).not.toContain('TEMP B-TREE');
      }
    },
  );
});
