import type { TableSource } from '#core/model/table.ts';
import { indexTable } from '#core/model/table-index.ts';
import type { Bench } from './bench.ts';
import { contest, figure } from './measure.ts';

const ROWS = 1_000_000;

/** (c) The cost of a lookup does not depend on the size of the table, and stays near that of a plain `Map`. */
export const tables: Bench = {
  name: '(c) lookup in a table of 1,000,000 rows',
  async run() {
    const rows = Array.from({ length: ROWS }, (_, row) => [`key-${row}`, `${row}.25`]);
    const source: TableSource = { name: 'million', file: 'million.csv', columns: ['key', 'value'], rows };
    const table = indexTable(source, 'UTC');
    const map = new Map(rows.map(([key = '', value = '']) => [key, value]));
    const first = ['key-0'];
    const last = [`key-${ROWS - 1}`];
    const repeat = (once: () => unknown) => (count: number) => {
      for (let done = 0; done < count; done += 1) once();
    };
    table.lookup(first);
    const [atFirst, atLast, plain] = await contest([
      { name: 'first row', work: repeat(() => table.lookup(first)) },
      { name: 'last row', work: repeat(() => table.lookup(last)) },
      { name: 'Map', work: repeat(() => map.get(last[0] ?? '')) },
    ]);
    const lastToFirst = (atFirst?.perSecond ?? 0) / (atLast?.perSecond ?? 1);
    const toMap = (plain?.perSecond ?? 0) / (atLast?.perSecond ?? 1);
    return [
      {
        what: 'last row, in times of the first row',
        value: lastToFirst.toFixed(2),
        aim: 'at most 1.5',
        ok: lastToFirst <= 1.5,
      },
      { what: 'last row, in times of a Map', value: toMap.toFixed(2), aim: 'at most 3', ok: toMap <= 3 },
      { what: 'lookups a second', value: figure(atLast?.perSecond ?? 0) },
    ];
  },
};
