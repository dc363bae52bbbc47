import { Decimal } from '#core/model/decimal.ts';
import { moneyText } from '#core/model/money.ts';
import type { Gross } from '#core/model/timeline/money.ts';

/** What a transaction changes of what its policy costs; amounts as text with the currency's decimals, negative gives back. */
export interface PriceChange {
  readonly premiumChange: string;
  readonly taxChange: string;
  readonly feeChange: string;
  readonly holdbackChange: string;
  readonly totalChange: string;
  readonly newGrossPremium: string;
  readonly newGrossTaxes: string;
  readonly newGrossFees: string;
}

export function priceChange({ before, after }: { readonly before: Gross; readonly after: Gross }): PriceChange {
  const change = (a: string, b: string): string => {
    const amount = new Decimal(a).minus(b);
    return moneyText(amount, Math.max(a.split('.')[1]?.length ?? 0, b.split('.')[1]?.length ?? 0));
  };
  return {
    premiumChange: change(after.premium, before.premium),
    taxChange: change(after.taxes, before.taxes),
    feeChange: change(after.fees, before.fees),
    holdbackChange: change(after.holdbacks, before.holdbacks),
    totalChange: change(after.total, before.total),
    newGrossPremium: after.premium,
    newGrossTaxes: after.taxes,
    newGrossFees: after.fees,
  };
}
