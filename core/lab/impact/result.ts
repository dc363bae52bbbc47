import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { BookColumn } from '../contract.ts';
import { groupedColumn, oneWay, twoWay } from './by-field.ts';
import type { Capped } from './caps.ts';
import { type Comparison, type Measure, type Sums, sumsOf } from './comparison.ts';
import { bandsOf, changesOf, histogramOf, quantile, USUAL_EDGES } from './distribution.ts';
import { amountText, percentChange } from './exact.ts';
import { comparisonOf, type Impact } from './impact.ts';
import { type Mover, moversOf } from './movers.ts';
import type { Side } from './sides.ts';

/** What of an impact is wanted, and how it is cut up. */
export interface View {
  readonly measure: Measure;
  readonly edges?: readonly number[];
  /** How many winners and losers. */
  readonly top: number;
  readonly movers: 'amount' | 'percent';
  readonly by?: string;
  readonly and?: string;
  readonly cap: number | null;
  readonly floor: number | null;
}

const LISTED = 100;
const MOST_LEVELS = 24;
/** A table of two fields that people can still read. */
const MOST_SIDE = 12;
const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** An impact as it is answered: everything in text, as screens, reports and scripts read it. */
export type Result = ReturnType<typeof resultOf>;

export function resultOf(impact: Impact, view: View) {
  const { book, sides } = impact;
  const { comparison, held, uncapped } = comparisonOf(impact, view.measure, view);
  const decimals = currencyDecimals(comparison.currency);
  const sums = sumsIn(decimals);
  const changes = changesOf(comparison);
  const movers = moversOf(comparison, view.top, view.movers);
  const [by, and] = [columnIn(book.columns, view.by), columnIn(book.columns, view.and)];
  return {
    currency: comparison.currency,
    sides: { before: titleOf(sides.before), after: titleOf(sides.after) },
    book: { title: book.title, size: book.resident.size },
    measure: view.measure,
    whole: sums(sumsOf(comparison)),
    quantiles:
      changes.length === 0 ? [] : SHARES.map((share) => ({ share, percent: quantile(changes, share).toFixed(2) })),
    histogram: histogramOf(comparison).map((band) => ({ ...banded(band), ...sums(band) })),
    bands: bandsOf(comparison, view.edges ?? USUAL_EDGES).map((band) => ({ ...banded(band), ...sums(band) })),
    winners: movers.winners.map((mover) => moverText(mover, decimals)),
    losers: movers.losers.map((mover) => moverText(mover, decimals)),
    fields: book.columns.map(({ name }) => name),
    ...(by ? { by: { field: by.name, levels: levelsOf(comparison, by, sums) } } : {}),
    ...(by && and ? { cells: cellsOf(comparison, by, and, sums) } : {}),
    ...(held && uncapped ? { caps: capsText(held, view, sums(sumsOf(uncapped)), decimals) } : {}),
    failures: { count: comparison.failures.length, first: comparison.failures.slice(0, LISTED) },
  };
}

type SumsText = (sums: Sums) => {
  readonly count: number;
  readonly before: string;
  readonly after: string;
  readonly percent: string | null;
};

function sumsIn(decimals: number): SumsText {
  return ({ count, before, after }) => ({
    count,
    before: amountText(before, decimals),
    after: amountText(after, decimals),
    percent: percentChange(before, after),
  });
}

function banded({ kind, from, to }: ReturnType<typeof bandsOf>[number]) {
  return { kind, from, to };
}

function levelsOf(comparison: Comparison, column: BookColumn, sums: SumsText) {
  return oneWay(comparison, groupedColumn(column, MOST_LEVELS)).map(
    ({ label, contribution, offBalance, ...level }) => ({
      label,
      ...sums(level),
      contribution,
      offBalance,
    }),
  );
}

function cellsOf(comparison: Comparison, rows: BookColumn, columns: BookColumn, sums: SumsText) {
  const cells = twoWay(comparison, groupedColumn(rows, MOST_SIDE), groupedColumn(columns, MOST_SIDE));
  return {
    rows: rows.name,
    columns: columns.name,
    cells: cells.map(({ row, column, ...cell }) => ({ row, column, ...sums(cell) })),
  };
}

function moverText({ index, key, before, after }: Mover, decimals: number) {
  return {
    index,
    key,
    before: amountText(before, decimals),
    after: amountText(after, decimals),
    percent: percentChange(BigInt(before), BigInt(after)),
  };
}

function capsText(
  { risks, givenAway, kept }: Capped,
  { cap, floor }: View,
  uncapped: ReturnType<SumsText>,
  decimals: number,
) {
  return {
    cap,
    floor,
    ...risks,
    givenAway: amountText(givenAway, decimals),
    kept: amountText(kept, decimals),
    uncapped,
  };
}

function titleOf({ version, commit, changed }: Side) {
  return { version, commit, changed };
}

function columnIn(columns: readonly BookColumn[], name: string | undefined): BookColumn | undefined {
  if (name === undefined || name === '') return undefined;
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new Problem(
    'not-found',
    `The book has no field "${name}". It has: ${columns.map((column) => column.name).join(', ')}.`,
    { place: { field: name } },
  );
}
