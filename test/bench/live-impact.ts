import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bookInText } from '#core/lab/impact/books.ts';
import { resultOf } from '#core/lab/impact/result.ts';
import { openImpactRuns, type RunRequest } from '#core/lab/impact/runs.ts';
import { workingCopies } from '#core/policy/studio/working-copy.ts';
import { openThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { Bench, Line } from './bench.ts';
import { figure, quantile } from './measure.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/private-motor-france');
const SHARED = path.resolve(import.meta.dirname, '../../../shared/data/french-motor-2017/policies.csv.gz');
const PRODUCT = 'private-motor-france';
const TABLE = `products/${PRODUCT}/policy/tables/fr_base.csv`;
const DRIVER_AGE = `products/${PRODUCT}/policy/tables/fr_driver_age.csv`;
const EDITS = 9;
const VIEW = {
  measure: { taxes: true, fees: true },
  top: 10,
  movers: 'percent',
  by: 'policy.coverage',
  cap: null,
  floor: null,
} as const;

/** (l) A cell of a rate table is edited, and the histogram of 100,000 real policies is there again. */
export const liveImpact: Bench = {
  name: '(l) live dislocation: 100,000 real motor policies after the edit of a cell',
  async run() {
    const file = process.env.FIELDWRITER_BENCH_BOOK ?? SHARED;
    if (!existsSync(file))
      return [
        { what: 'left out: the book is not here', value: '-', aim: 'FIELDWRITER_BENCH_BOOK names policies.csv.gz' },
      ];
    const workbench = await openThrowawayDesk(await loadConfiguration({ folder: EXAMPLE }), { documents: 'later' });
    const runs = openImpactRuns(workbench.desk, workingCopies(workbench.desk));
    try {
      const map = JSON.parse(readFileSync(path.join(EXAMPLE, 'book/columns.json'), 'utf8')) as never;
      const text = gunzipSync(readFileSync(file)).toString('utf8');
      const done = async (request: Pick<RunRequest, 'book' | 'after'>) => {
        const began = performance.now();
        let status = runs.start({ product: PRODUCT, before: { version: 1 }, ...request });
        while (!['done', 'failed', 'cancelled'].includes(status.state)) status = await runs.status(status.id, 10_000);
        if (status.state !== 'done') throw new Error(status.problem ?? status.state);
        const result = resultOf(runs.result(status.id), VIEW);
        return { book: status.book ?? '', result, took: performance.now() - began };
      };
      const first = await done({
        book: { kind: 'file', file: bookInText('policies.csv', 'csv', text), map },
        after: { version: 1 },
      });
      const edited = async (table: string, row: RegExp, value: (edit: number) => string): Promise<number[]> => {
        const before = readFileSync(path.join(EXAMPLE, table), 'utf8');
        const times: number[] = [];
        for (let edit = 1; edit <= EDITS; edit += 1) {
          const changes = { [table]: before.replace(row, `$1${value(edit)}`) };
          const { took } = await done({ book: { kind: 'loaded', book: first.book }, after: { version: 1, changes } });
          times.push(took);
        }
        return times.toSorted((a, b) => a - b);
      };
      const some = await edited(DRIVER_AGE, /^(\d+,\d*,)[\d.]+$/m, (edit) => (1.5 + edit / 100).toFixed(2));
      const most = await edited(TABLE, /^(Maxi,)[\d.]+$/m, (edit) => String(480 + edit));
      return [
        { what: 'policies', value: figure(first.result.book.size) },
        { what: 'read, checked and rated the first time, s', value: (first.took / 1_000).toFixed(1) },
        ...line('a factor of young drivers edited, ms', some),
        ...line('the base of the largest cover edited, ms', most),
      ];
    } finally {
      await runs.close();
      await workbench.close();
    }
  },
};

function line(what: string, sorted: readonly number[]): Line[] {
  const median = quantile(sorted, 0.5);
  return [{ what: `${what} (median)`, value: figure(median), aim: 'under 1000', ok: median < 1_000 }];
}
