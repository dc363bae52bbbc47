import type { Rated } from './contract.ts';

/**
 * A rated risk as the line that a run writes (BR8): `{line, key, premium, taxes, fees, total, perils}` or `{line, key, error}`; the
 * currency only where it is not the book's; `against` with what the other version says, where there is one.
 */
export function ratedLine(rated: Rated, currency: string, against?: Rated): string {
  const { line, key } = rated;
  const other = against ? { against: against.ok ? amountsOf(against, currency) : { error: against.error } } : {};
  if (!rated.ok) return JSON.stringify({ line, key, error: rated.error, ...other });
  return JSON.stringify({ line, key, ...amountsOf(rated, currency), perils: rated.perils, ...other });
}

function amountsOf(rated: Extract<Rated, { ok: true }>, bookCurrency: string) {
  const { premium, taxes, fees, total, currency } = rated;
  return { ...(currency === bookCurrency ? {} : { currency }), premium, taxes, fees, total };
}
