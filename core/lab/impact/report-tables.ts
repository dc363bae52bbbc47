import { ENGINE } from '#core/model/engine.ts';
import type { Result } from './result.ts';

/** What a report is called, and when it was made (milliseconds). */
export interface Report {
  readonly title: string;
  readonly product: string;
  readonly at: number;
}
/** A cell: text as it is read, or a number as text with what it counts. */
export type ReportCell =
  | string
  | { readonly number: string; readonly as: 'amount' | 'percent' | 'points' | 'count' | 'factor' };
export interface ReportTable {
  readonly name: string;
  readonly note?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ReportCell[])[];
}

type Sums = Result['whole'];
const amount = (number: string): ReportCell => ({ number, as: 'amount' });
const percent = (number: string | null): ReportCell => (number === null ? '–' : { number, as: 'percent' });
const count = (number: number): ReportCell => ({ number: String(number), as: 'count' });

/** The facts of a report by name: what a reader needs to make it again (IM16). */
export function reportFacts(result: Result, { product, at }: Report): readonly (readonly [string, string])[] {
  const { measure, book, sides, caps } = result;
  const side = ({ version, commit, changed }: Result['sides']['before']): string =>
    `${version > 0 ? `version ${version}, commit ` : ''}${commit}${changed.length > 0 ? `, with unsaved changes of ${changed.join(', ')}` : ''}`;
  const compared = ['premium', ...(measure.taxes ? ['taxes'] : []), ...(measure.fees ? ['fees'] : [])].join(' + ');
  return [
    ['Product', product],
    ['Before', side(sides.before)],
    ['After', side(sides.after)],
    ['Book', `${book.title}: ${book.size} risks`],
    ['Compared', `${compared} of a new-business term, in ${result.currency}`],
    ...(caps ? ([['Caps on renewal change', capsText(caps)]] as const) : []),
    [
      'Made with',
      `${ENGINE}, ${new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')}`,
    ],
  ];
}

function capsText({ cap, floor }: NonNullable<Result['caps']>): string {
  return [cap === null ? '' : `at most +${cap} %`, floor === null ? '' : `at least −${floor} %`]
    .filter(Boolean)
    .join(', ');
}

export const METHOD =
  'Each risk of the book is rated with both versions at the same instant and with the same seed, in exact decimals, taxes and fees as charged. ' +
  'Change is (after − before) ÷ before; the change of the book and of each group is the premium-weighted mean, the sum after divided by the sum before. ' +
  'A band begins at its lower edge and ends before its upper one; risks without a cent of change are shown apart. Risks that one side can not price are ' +
  'not compared: they are counted and listed. Contribution: percentage points of the change of the book; they add up. Off-balance: the change of a group ' +
  'divided by the change of the book, the part that remains when the base rate takes the average change back.';

/** Every table of the report; what has no rows is left out. */
export function reportTables(result: Result): readonly ReportTable[] {
  const tables: readonly ReportTable[] = [
    summary(result),
    bands('Bands', result.bands),
    ...(result.by ? [levels(result.by)] : []),
    ...(result.cells ? [cells(result.cells)] : []),
    bands('Histogram', result.histogram),
    movers('Largest falls', result.winners),
    movers('Largest rises', result.losers),
    failures(result),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function summary({ whole, quantiles, caps, failures: { count: failed } }: Result): ReportTable {
  const row = (name: string, cell: ReportCell): readonly ReportCell[] => [name, cell];
  return {
    name: 'Summary',
    columns: ['', ''],
    rows: [
      row('Risks compared', count(whole.count)),
      row('Risks not compared', count(failed)),
      row('Before', amount(whole.before)),
      row('After', amount(whole.after)),
      row('Change', percent(whole.percent)),
      ...quantiles.map(({ share, percent: value }) => row(`Quantile ${Math.round(share * 100)} %`, percent(value))),
      ...(caps
        ? [
            row('Without caps: after', amount(caps.uncapped.after)),
            row('Without caps: change', percent(caps.uncapped.percent)),
            row('Risks held by the cap', count(caps.capped)),
            row('Given away by the cap', amount(caps.givenAway)),
            row('Risks held by the floor', count(caps.floored)),
            row('Kept by the floor', amount(caps.kept)),
          ]
        : []),
    ],
  };
}

const SUMS = ['Risks', 'Before', 'After', 'Change'];
const sums = (part: Sums): readonly ReportCell[] => [
  count(part.count),
  amount(part.before),
  amount(part.after),
  percent(part.percent),
];

function bands(name: string, list: Result['bands']): ReportTable {
  const filled = list.filter((band) => band.count > 0 || name === 'Bands');
  return { name, columns: ['Change', ...SUMS], rows: filled.map((band) => [bandName(band), ...sums(band)]) };
}

/** `−10 % to −5 %`, `20 % and more`. */
export function bandName({ kind, from, to }: Pick<Result['bands'][number], 'kind' | 'from' | 'to'>): string {
  if (kind === 'same') return 'Unchanged';
  if (kind === 'new') return 'Nothing paid before';
  const text = (edge: number): string => `${edge > 0 ? '+' : ''}${String(edge).replace('-', '−')} %`;
  if (from === null) return to === null ? 'All' : `Below ${text(to)}`;
  return to === null ? `${text(from)} and more` : `${text(from)} to ${text(to)}`;
}

function levels({ field, levels: list }: NonNullable<Result['by']>): ReportTable {
  return {
    name: `By ${field}`,
    columns: [field, ...SUMS, 'Contribution', 'Off-balance'],
    rows: list.map((level) => [
      level.label || '(none)',
      ...sums(level),
      level.contribution === null ? '–' : { number: level.contribution, as: 'points' },
      level.offBalance === null ? '–' : { number: level.offBalance, as: 'factor' },
    ]),
  };
}

function cells({ rows, columns, cells: list }: NonNullable<Result['cells']>): ReportTable {
  return {
    name: `By ${rows} and ${columns}`,
    columns: [rows, columns, ...SUMS],
    rows: list.map((cell) => [cell.row || '(none)', cell.column || '(none)', ...sums(cell)]),
  };
}

function movers(name: string, list: Result['winners']): ReportTable {
  return {
    name,
    columns: ['Risk', 'Place in the book', 'Before', 'After', 'Change'],
    rows: list.map(({ key, index, before, after, percent: moved }) => [
      key,
      count(index + 1),
      amount(before),
      amount(after),
      percent(moved),
    ]),
  };
}

function failures({ failures: { count: all, first } }: Result): ReportTable {
  return {
    name: 'Not compared',
    ...(all > first.length ? { note: `${all} risks, of which the first ${first.length} are listed.` } : {}),
    columns: ['Risk', 'Place in the book', 'Before', 'After'],
    rows: first.map(({ key, index, before, after }) => [key, count(index + 1), before ?? 'priced', after ?? 'priced']),
  };
}
