import { expect, test } from 'vitest';
import { acrossMigration } from '#core/store/migrate.fixture.ts';

test('0002 adds the list of risks to a store with records, which stay', async () => {
  await acrossMigration(
    2,
    (old) => {
      old.exec(`INSERT INTO record (type, locator, version, schema, updated, record)
        VALUES ('policy', 'p-1', 1, 0, 1, '{"locator":"p-1"}')`);
    },
    (database) => {
      expect(database.prepare('SELECT locator FROM record').pluck().all()).toEqual(['p-1']);
      expect(database.prepare("SELECT strict FROM pragma_table_list WHERE name = 'risk'").pluck().get()).toBe(1);
      const insert = database.prepare(
        `INSERT INTO risk (policy, quote, policyholder, product, insured, insured_order, items, state, stage, starts, ends,
           currency, missing, updated, created) VALUES (?, 'q', 'h', 'auto', '', '', '', 'draft', 'ready', ?, 2, 'USD', '[]', 1, 1)`,
      );
      insert.run('p-1', 1);
      expect(() => insert.run('p-1', 1)).toThrow('UNIQUE');
      expect(() => insert.run('p-2', 'tomorrow')).toThrow('cannot store TEXT');
      const plan = database
        .prepare<[], { detail: string }>(
          'EXPLAIN QUERY PLAN SELECT id FROM risk INDEXED BY risk_by_premium WHERE stage = 1 AND starts > 2 ORDER BY premium_order DESC',
        )
        .all();
      expect(plan.map(({ detail }) => detail)).toEqual(['SCAN risk USING COVERING INDEX risk_by_premium']);
    },
  );
});
