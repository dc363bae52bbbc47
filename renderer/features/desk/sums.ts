import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { Decimal } from '#core/model/decimal.ts';

/** The premiums of risks added up by currency, exactly. */
export function premiumsOf(
  risks: Iterable<RiskSummary>,
): readonly { readonly currency: string; readonly amount: string }[] {
  const sums = new Map<string, Decimal>();
  for (const { premium, currency } of risks)
    if (premium !== undefined) sums.set(currency, (sums.get(currency) ?? new Decimal(0)).plus(premium));
  return [...sums].map(([currency, amount]) => ({ currency, amount: amount.toFixed() }));
}
