import { expect, test } from 'vitest';
import { acrossMigration } from '#core/store/migrate.fixture.ts';

test('0004 takes files that wait, and looks once more for what never came', async () => {
  await acrossMigration(
    4,
    (old) => {
      old.exec("INSERT INTO meta (name, value) VALUES ('replica.files', '7'), ('replica.last-success', '9')");
    },
    (database) => {
      const all = (sql: string): unknown[] => database.prepare(sql).all();
      expect(all("SELECT name FROM meta WHERE name LIKE 'replica.%'")).toEqual([{ name: 'replica.last-success' }]);
      database.exec("INSERT INTO waiting_file (hash, own) VALUES ('h', 0)");
      expect(all('SELECT * FROM waiting_file')).toEqual([{ id: 1, hash: 'h', own: 0, tries: 0, due: 0 }]);
      expect(() => database.exec("INSERT INTO waiting_file (hash, own) VALUES ('h', 1)")).toThrow('UNIQUE');
    },
  );
});
