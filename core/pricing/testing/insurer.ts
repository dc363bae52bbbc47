import { Decimal } from '#core/model/decimal.ts';
import type { RatingRules } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Limits, NewFee, NewHoldback, PerilRow, Result, RowPrice, Values } from '#core/model/timeline/contract.ts';
import { type Application, feeKey, rowKey } from '#core/model/timeline/replay.ts';
import type { LocatorFor } from '#core/model/timeline/rows.ts';
import { segmentMonths } from '../duration.ts';
import { type Money, perilAmounts, type Rate, roundedCharge, roundedPremium } from '../premium.ts';
import { keptMonths, keptPiece, shareOf } from '../prorate.ts';

/** A made-up insurer: rates that are a plain function of the values, so that a replay can be priced on the spot. */
export interface Insurer {
  readonly timeZone: string;
  /** Start of the contract, milliseconds. */
  readonly anchor: Millis;
  readonly unit: RatingRules['proration'];
  readonly rounding: 'half_up' | 'half_even';
  /** 2 for cents; many, to see amounts as they are before rounding. */
  readonly decimals: number;
  /** Every rate is yearly, so that premium is linear in time; else perils have exact and monthly rates too. */
  readonly linear: boolean;
  /** Percent of what a cancellation gives back. */
  readonly holdback: number;
}

export const PERILS = ['fire', 'theft', 'flood', 'glass'] as const;
const BASE: Readonly<Record<string, number>> = { fire: 36_500, theft: 15_517, flood: 98_765, glass: -4_321 };
const TAX = '0.0925';

export function moneyOf({ decimals, rounding, unit }: Insurer): Money {
  const rules = { moneyUnit: 'cents', rounding, proration: unit, taxOnProratedPiece: 'prorate' } as const;
  return { currencyDecimals: decimals, rules };
}

/** The yearly rate of a peril, whole cents. */
export function yearlyRate(
  name: string,
  policy: Values,
  exposure: Values,
  peril: Values & { amounts: Limits },
): Decimal {
  const years = Object.values(policy.fieldGroupsByLocator).reduce((sum, group) => sum + number(group.years?.[0]), 0);
  const cents =
    (BASE[name] ?? 0) +
    1_307 * number(policy.fieldValues.size?.[0]) +
    (policy.fieldValues.channel ? -777 : 0) +
    431 * years +
    2_909 * number(exposure.fieldValues.value?.[0]) +
    11_003 * number(peril.fieldValues.factor?.[0]) -
    509 * number(peril.amounts.deductible);
  return new Decimal(cents).div(100);
}

function number(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}

/** What the insurer charges for a row. */
export function priced(insurer: Insurer, row: PerilRow, name: string, policy: Values, exposure: Values): RowPrice {
  const yearly = yearlyRate(name, policy, exposure, row);
  const months = segmentMonths(row.start, row.end, insurer.anchor, insurer.timeZone, insurer.unit);
  const money = moneyOf(insurer);
  const amounts = perilAmounts(
    {
      premium: insurer.linear ? { yearly } : rateOf(name, yearly),
      ...(name === 'fire' || name === 'glass' ? { technical: { yearly: yearly.times('0.8') } } : {}),
      commissions: name === 'fire' ? [{ recipient: 'broker', rate: { yearly: yearly.times('0.1') } }] : [],
    },
    months,
    money,
  );
  const tax = roundedCharge('tax', new Decimal(amounts.premium).times(TAX), money);
  return { ...amounts, taxes: [{ name: 'premium_tax', amount: tax }] };
}

function rateOf(name: string, yearly: Decimal): Rate {
  if (name === 'theft') return { exact: yearly };
  if (name === 'flood') return { monthly: yearly.div(12) };
  return name === 'glass' ? { yearly, exact: yearly.times('0.7') } : { yearly };
}

/** The amounts of one application, as an application of the house finds them. */
export function amountsOf(
  insurer: Insurer,
  { work, cause, basis, timeline, transaction }: Application,
  locatorFor: LocatorFor,
): Result {
  const money = moneyOf(insurer);
  const { anchor, timeZone, unit } = insurer;
  const shortened = (start: Millis, split: Millis, end: Millis) => ({ start, split, end, anchor, timeZone, unit });
  const rows: Record<string, RowPrice> = {};
  const holdbacks: Omit<NewHoldback, 'locator'>[] = [];
  const holds = transaction.kind === 'cancellation' && insurer.holdback > 0;
  const held = (whole: string, kept: string): string =>
    roundedPremium('holdback', new Decimal(whole).minus(kept).times(insurer.holdback).div(100), money);
  for (const { original, kept, peril } of work.cut) {
    const price = original.price as RowPrice;
    const piece = keptPiece(price, shortened(kept.start, kept.end, original.end), money);
    rows[rowKey(peril.locator, kept.start)] = piece;
    if (!holds) continue;
    holdbacks.push({ of: 'premium', amount: held(price.premium, piece.premium), perilRow: original.locator });
    for (const [i, { recipient, amount }] of price.commissions.entries())
      holdbacks.push({
        of: 'commission',
        amount: held(amount, piece.commissions[i]?.amount ?? recipient),
        perilRow: original.locator,
      });
  }
  for (const { row, peril, exposure } of work.rate) {
    const policyRow = timeline.policyRows.find(({ locator }) => locator === row.policyRow);
    const exposureRow = exposure.rows.find(({ locator }) => locator === row.exposureRow);
    if (!policyRow || !exposureRow) throw new RangeError(`The row ${row.locator} hangs on rows that are not there.`);
    rows[rowKey(peril.locator, row.start)] = priced(insurer, row, peril.name, policyRow, exposureRow);
  }
  const feePieces = work.cutFees.map(({ original, kept }) => {
    const share = shareOf(original.amount, keptMonths(shortened(original.start, kept.end, original.end)));
    return [feeKey(original), roundedCharge('fee', share, money)] as const;
  });
  const named = (kind: string, i: number): string => locatorFor(cause, transaction.locator, kind, i);
  return {
    cause,
    basis,
    rows,
    fees: work.newTerm ? feesOf(rows, money).map((fee, i) => ({ ...fee, locator: named('fee', i) })) : [],
    feePieces: Object.fromEntries(feePieces),
    holdbacks: holdbacks
      .filter(({ amount }) => !new Decimal(amount).isZero())
      .map((holdback, i) => ({ ...holdback, locator: named('holdback', i) })),
  };
}

/** Three percent of the term's premium, which shrinks with the time, and ten that stay. */
function feesOf(rows: Readonly<Record<string, RowPrice>>, money: Money): readonly Omit<NewFee, 'locator'>[] {
  const premium = Object.values(rows).reduce((sum, row) => sum.plus(row.premium), new Decimal(0));
  const service = roundedCharge('fee', premium.times('0.03'), money);
  return [
    { name: 'service', description: 'Service', amount: service, proration: 'proratable' },
    { name: 'stamp', description: 'Stamp', amount: '10.00', proration: 'flat' },
  ];
}
