import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableSource } from '#core/model/table.ts';
import { LookupRecorder, type Lookups } from './lookups.ts';
import { type FastTable, fastTable } from './tables.ts';

const CELLS = fc.array(fc.nat({ max: 3 }), { minLength: 6, maxLength: 6 });
/** What a risk asks: each step a table and a key; where it goes on depends on what came back. */
const RISK = fc.array(
  fc.record({
    table: fc.constantFrom('a', 'b', 'two'),
    key: fc.nat({ max: 2 }),
    dated: fc.boolean(),
    liquid: fc.boolean(),
  }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

function tableOf(name: string, cells: readonly number[]): FastTable {
  const keys = name === 'two' ? ['k', 'l'] : ['k'];
  const source: TableSource = {
    name,
    file: `${name}.csv`,
    columns: [...keys, 'value'],
    rows: cells.map((cell, i) => (name === 'two' ? [`${i % 3}`, `${i % 2}`, `${cell}`] : [`${i % 3}`, `${cell}`])),
    ...(name === 'b'
      ? {}
      : { schema: { keys: keys.map((column) => ({ column, match: 'exact' })), values: ['value'] } }),
  };
  return fastTable(source, 'UTC');
}

test('a price that stands, and one whose lookups are answered from memory, is the price of a run from the beginning (BR35)', () => {
  fc.assert(
    fc.property(
      fc.array(RISK, { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ table: fc.constantFrom('a', 'b', 'two'), cells: CELLS, rated: fc.boolean() }), {
        maxLength: 8,
      }),
      (risks, edits) => {
        const tables = new Map(['a', 'b', 'two'].map((name) => [name, tableOf(name, [0, 1, 2, 3, 0, 1])]));
        const recorder = new LookupRecorder();
        const ask = (name: string, key: string | string[], dated: boolean, remember: boolean): string => {
          const known = remember && !dated ? recorder.expected(name, key) : undefined;
          if (known !== undefined) return known;
          const table = tables.get(name) as FastTable;
          const value = typeof key === 'string' ? table.one(key, 7) : table.of(key, 7);
          if (remember) recorder.note(name, key, 7, dated, value);
          return value;
        };
        const askInLiquid = (name: string, key: string | string[], remember: boolean): string => {
          const { index } = tables.get(name) as FastTable;
          const keys = typeof key === 'string' ? [key] : key;
          return (remember ? recorder.noting(name, index) : index).lookup(keys, 7).value ?? '';
        };
        const price = (risk: (typeof risks)[number], remember: boolean): string => {
          let answers = '';
          for (let i = 0; i < risk.length && answers.length < 12; i += 1) {
            const { table, key, dated, liquid } = risk[i] as (typeof risk)[number];
            const asked = table === 'two' ? [`${key}`, `${key % 2}`] : `${key}`;
            const found = liquid ? askInLiquid(table, asked, remember) : ask(table, asked, dated, remember);
            answers += `${found},`;
            // An answer may send it back, forward, or to another question.
            if (found === '3') i += 1;
            if (found === '2' && answers.length < 6) i -= 1;
          }
          return answers;
        };
        const held = risks.map(() => ({ price: '', lookups: undefined as Lookups | undefined, change: 0 }));
        const rate = (): void =>
          risks.forEach((risk, i) => {
            const one = held[i] as (typeof held)[number];
            if (!one.lookups || !recorder.unchanged(one.lookups, one.change)) {
              recorder.begin(one.lookups);
              one.price = price(risk, true);
              one.lookups = recorder.end();
            }
            one.change = recorder.changes;
            expect(one.price).toBe(price(risk, false));
          });
        rate();
        for (const { table, cells, rated } of edits) {
          const now = tableOf(table, cells);
          tables.set(table, now);
          recorder.changed(table, now);
          if (rated) rate();
        }
        rate();
      },
    ),
    { numRuns: 400, seed: 35 },
  );
});
