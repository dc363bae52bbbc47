import { Decimal } from '#core/model/decimal.ts';
import type { RatingRules } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { RowPrice } from '#core/model/timeline/contract.ts';
import type { Trace } from '#core/model/trace.ts';
import { segmentMonths } from './duration.ts';
import { type Money, roundedCharge, roundedPremium } from './premium.ts';

/** A segment that is shortened, and how the product measures time. Instants in milliseconds. */
export interface Shortened {
  readonly start: Millis;
  readonly split: Millis;
  readonly end: Millis;
  /** Start of the original contract (formats §2.6). */
  readonly anchor: Millis;
  readonly timeZone: string;
  readonly unit: RatingRules['proration'];
}

/** The lengths, in months, of the piece that is kept and of the whole (formats §2.7): 1.3548387 of 12. */
export function keptMonths({ start, split, end, anchor, timeZone, unit }: Shortened): {
  readonly kept: Decimal;
  readonly whole: Decimal;
} {
  return {
    kept: segmentMonths(start, split, anchor, timeZone, unit),
    whole: segmentMonths(start, end, anchor, timeZone, unit),
  };
}

/** The share of an amount in full precision: amount × kept ÷ whole; nothing of an empty segment. */
export function shareOf(amount: string, { kept, whole }: { readonly kept: Decimal; readonly whole: Decimal }): Decimal {
  return whole.isZero() ? new Decimal(0) : new Decimal(amount).times(kept).div(whole);
}

/**
 * What the piece before a split keeps of a row's amounts (P60): each amount's share, rounded once; taxes from the original tax,
 * not from the kept premium; the month premium stays the rate that it is.
 */
export function keptPiece(price: RowPrice, of: Shortened, money: Money, trace?: Trace): RowPrice {
  const months = keptMonths(of);
  const premium = (what: string, amount: string): string =>
    roundedPremium(what, shareOf(amount, months), money, trace, `${amount} × ${months.kept} ÷ ${months.whole} months`);
  return {
    ...price,
    premium: premium('premium', price.premium),
    ...(price.technicalPremium === undefined
      ? {}
      : { technicalPremium: premium('technical premium', price.technicalPremium) }),
    commissions: price.commissions.map(({ recipient, amount }) => ({
      recipient,
      amount: premium(`commission of ${recipient}`, amount),
    })),
    taxes: price.taxes.map((tax) => ({
      ...tax,
      amount: roundedCharge(`tax ${tax.name}`, shareOf(tax.amount, months), money, trace),
    })),
  };
}
