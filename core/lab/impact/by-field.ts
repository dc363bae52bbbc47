import { Decimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';
import type { BookColumn } from '../contract.ts';
import type { Comparison, Sums } from './comparison.ts';
import { SumsOf, sumsOf } from './comparison.ts';
import { percentOf } from './exact.ts';

/** One value of a field over the book. */
export interface Level extends Sums {
  readonly label: string;
  /** What this level adds to the change of the whole book, percentage points: these add up to it. Null for an empty book. */
  readonly contribution: string | null;
  /**
   * Off-balance: how the level changes against the whole, 1 for as much as everybody, six decimals. It is the level's change when
   * the base rate is set so that the book as a whole stays where it was (IM9). Null where nothing was paid before.
   */
  readonly offBalance: string | null;
}
export interface Cell extends Sums {
  readonly row: string;
  readonly column: string;
}

/**
 * A column with at most so many labels, and one for what is left: numbers in ranges of about as many risks each, other texts the
 * commonest and the rest. A field of numbers stays one where a few risks have something else in it (`NA`).
 */
export function groupedColumn(column: BookColumn, most = 40): BookColumn {
  const counts = new Uint32Array(column.labels.length);
  for (const code of column.codes) counts[code] = (counts[code] ?? 0) + 1;
  const used = column.labels
    .map((label, code) => ({ label, code, count: counts[code] ?? 0 }))
    .filter((one) => one.count);
  const numbers = used.filter(({ label }) => isNumber(label));
  const texts = used.filter(({ label }) => label !== '' && !isNumber(label));
  const numeric = sizeOf(texts) <= sizeOf(numbers) * FEW;
  const inNumbers = numbers.sort((a, b) => Number(a.label) - Number(b.label));
  const inWords = [...texts, ...(numeric ? [] : numbers)].sort((a, b) => (a.label < b.label ? -1 : 1));
  const groups = [
    ...(numeric ? (numbers.length <= most ? inNumbers.map((one) => [one]) : ranges(inNumbers, most)) : []),
    ...(inWords.length <= most ? inWords.map((one) => [one]) : common(inWords, most)),
    ...used.filter(({ label }) => label === '').map((one) => [one]),
  ];
  const codes = new Uint32Array(column.labels.length);
  groups.forEach((group, at) => {
    for (const { code } of group) codes[code] = at;
  });
  return { name: column.name, labels: groups.map(groupLabel), codes: column.codes.map((code) => codes[code] ?? 0) };
}

/** Share of risks whose text in a field of numbers makes it none. */
const FEW = 0.01;

const sizeOf = (values: readonly Value[]): number => values.reduce((sum, { count }) => sum + count, 0);

interface Value {
  readonly label: string;
  readonly code: number;
  readonly count: number;
}

const isNumber = (label: string): boolean => label.trim() !== '' && Number.isFinite(Number(label));

function ranges(values: readonly Value[], most: number): readonly (readonly Value[])[] {
  const whole = sizeOf(values);
  const groups: Value[][] = [];
  let filled = 0;
  for (const value of values) {
    const group = groups.at(-1);
    if (group && filled < (whole / most) * groups.length) group.push(value);
    else groups.push([value]);
    filled += value.count;
  }
  return groups;
}

function common(values: readonly Value[], most: number): readonly (readonly Value[])[] {
  const byCount = [...values].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  const kept = new Set(byCount.slice(0, most - 1));
  return [...values.filter((value) => kept.has(value)).map((value) => [value]), byCount.slice(most - 1)];
}

function groupLabel(group: readonly Value[]): string {
  const [first, last] = [group[0]?.label ?? '', group.at(-1)?.label ?? ''];
  if (group.length === 1) return first;
  return group.every(({ label }) => isNumber(label)) && isSorted(group)
    ? `${first} – ${last}`
    : `${group.length} other values`;
}

function isSorted(group: readonly Value[]): boolean {
  return group.every(({ label }, at) => at === 0 || Number(group[at - 1]?.label) <= Number(label));
}

/** The book by one field: sums of every level in the order of the labels, which add up to those of the book (IM8). */
export function oneWay(comparison: Comparison, column: BookColumn): readonly Level[] {
  const levels = column.labels.map(() => new SumsOf());
  for (let at = 0; at < comparison.places.length; at += 1) levels[codeAt(comparison, column, at)]?.add(comparison, at);
  const whole = sumsOf(comparison);
  return column.labels.flatMap((label, code) => {
    const sums = levels[code]?.result;
    if (!sums || sums.count === 0) return [];
    return [
      {
        label,
        ...sums,
        contribution: whole.before === 0n ? null : percentOf(sums.after - sums.before, whole.before),
        offBalance: offBalance(sums, whole),
      },
    ];
  });
}

function offBalance(level: Sums, whole: Sums): string | null {
  if (level.before === 0n || whole.before === 0n || whole.after === 0n) return null;
  const ratio = ({ before, after }: Sums) => new Decimal(after.toString()).div(before.toString());
  return roundHalfUp(ratio(level).div(ratio(whole)), 6).toFixed();
}

/** The book by two fields: a cell for every pair that occurs, row by row in the order of the labels; they add up to the book (IM8). */
export function twoWay(comparison: Comparison, rows: BookColumn, columns: BookColumn): readonly Cell[] {
  const cells = new Map<number, SumsOf>();
  const width = columns.labels.length;
  for (let at = 0; at < comparison.places.length; at += 1) {
    const key = codeAt(comparison, rows, at) * width + codeAt(comparison, columns, at);
    const sums = cells.get(key) ?? new SumsOf();
    sums.add(comparison, at);
    cells.set(key, sums);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([key, sums]) => ({
      row: rows.labels[Math.floor(key / width)] ?? '',
      column: columns.labels[key % width] ?? '',
      ...sums.result,
    }));
}

function codeAt(comparison: Comparison, column: BookColumn, at: number): number {
  return column.codes[comparison.places[at] ?? 0] ?? 0;
}
