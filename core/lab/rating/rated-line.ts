import { Decimal } from '#core/model/decimal.ts';
import type { CurrencySums, Rated, RatedLines } from './contract.ts';

/**
 * A rated risk as the line that a run writes (BR8): `{line, key, premium, taxes, fees, total, perils}` or `{line, key, error}`; the
 * currency only where it is not the book's.
 */
export function ratedLine(rated: Rated, bookCurrency: string): string {
  const { line, key } = rated;
  if (!rated.ok) return JSON.stringify({ line, key, error: rated.error });
  const { premium, taxes, fees, total, perils, currency } = rated;
  const other = currency === bookCurrency ? {} : { currency };
  return JSON.stringify({ line, key, ...other, premium, taxes, fees, total, perils });
}

/** Rated risks as a batch that is written. @param currency the book's */
export function linesOfRated(all: readonly Rated[], currency: string): RatedLines {
  const sums = all.flatMap((rated): CurrencySums[] => (rated.ok ? [{ ...rated, risks: 1 }] : []));
  return {
    text: all.map((rated) => ratedLine(rated, currency)).join('\n'),
    rated: all.length,
    failed: all.length - sums.length,
    sums: added(sums),
  };
}

/** Batches one after the other. */
export function joined(parts: readonly RatedLines[]): RatedLines {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return {
    text: parts.flatMap(({ text }) => (text === '' ? [] : [text])).join('\n'),
    rated: parts.reduce((sum, { rated }) => sum + rated, 0),
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    sums: added(parts.flatMap(({ sums }) => sums)),
  };
}

/** Sums by currency. */
export function added(all: readonly CurrencySums[]): readonly CurrencySums[] {
  const totals = new Map<string, { risks: number; premium: Decimal; taxes: Decimal; fees: Decimal }>();
  for (const { currency, risks, premium, taxes, fees } of all) {
    const before = totals.get(currency);
    totals.set(currency, {
      risks: (before?.risks ?? 0) + risks,
      premium: new Decimal(premium).plus(before?.premium ?? 0),
      taxes: new Decimal(taxes).plus(before?.taxes ?? 0),
      fees: new Decimal(fees).plus(before?.fees ?? 0),
    });
  }
  return [...totals].map(([currency, { risks, premium, taxes, fees }]) => ({
    currency,
    risks,
    premium: premium.toString(),
    taxes: taxes.toString(),
    fees: fees.toString(),
  }));
}

/** A line with what another version says of the same risk beside it. */
export function lineAgainst(line: string, other: string): string {
  const { line: _, key: __, perils: ___, ...against } = JSON.parse(other) as Record<string, unknown>;
  return JSON.stringify({ ...(JSON.parse(line) as object), against });
}
