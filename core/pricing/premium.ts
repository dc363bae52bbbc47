import { Decimal } from '#core/model/decimal.ts';
import { moneyText } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { RatingRules } from '#core/model/product.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PricedPeril } from './contract.ts';

/** What a rater, plugin or premium file set for one amount: a rate per year or month, an exact amount, or both. */
export interface Rate {
  readonly yearly?: Decimal;
  readonly monthly?: Decimal;
  readonly exact?: Decimal;
}
/** What was set for one peril, whoever set it. */
export interface PerilRates {
  readonly premium: Rate;
  readonly technical?: Rate;
  readonly commissions: readonly { readonly recipient: string; readonly rate: Rate }[];
}
/** How a product rounds (P26). */
export interface Money {
  readonly currencyDecimals: number;
  readonly rules: RatingRules;
  /** Whose amounts they are, for messages: `vehicle 1 / collision`. */
  readonly where?: string;
}

/**
 * Premium, technical premium and commissions of one row from its rates (P20 to P24); `months` is the segment's length.
 * Throws pricing-failed for an amount too large for exact arithmetic (P28).
 */
export function perilAmounts(
  rates: PerilRates,
  months: Decimal,
  money: Money,
  trace?: Trace,
): Omit<PricedPeril, 'taxes'> {
  const premium = amountOf('premium', rates.premium, months, money, trace);
  const technical = rates.technical && amountOf('technical premium', rates.technical, months, money, trace);
  return {
    premium: premium.amount,
    monthPremium: premium.perMonth,
    ...(technical ? { technicalPremium: technical.amount, monthTechnicalPremium: technical.perMonth } : {}),
    commissions: commissionAmounts(rates.commissions, months, money, trace),
  };
}

function amountOf(
  what: string,
  rate: Rate,
  months: Decimal,
  money: Money,
  trace: Trace | undefined,
): { readonly amount: string; readonly perMonth: string } {
  const yearly = rate.yearly && roundedMoney(`yearly ${what}`, rate.yearly, money, trace);
  const exact = rate.exact && roundedMoney(what, rate.exact, money, trace);
  const perMonth =
    yearly?.div(12) ?? rate.monthly ?? (months.isZero() ? new Decimal(0) : (exact?.div(months) ?? new Decimal(0)));
  const monthText = moneyText(roundBy(exactly(`month ${what}`, perMonth, money), 4, money.rules.rounding), 4);
  trace?.add({
    kind: 'amount',
    what: `month ${what}`,
    value: monthText,
    formula: yearly ? `${yearly} ÷ 12` : rate.monthly ? `${rate.monthly}` : `${exact ?? 0} ÷ ${months} months`,
  });
  if (exact) return { amount: text(exact, money), perMonth: monthText };
  const full = yearly ? yearly.times(months).div(12) : perMonth.times(months);
  const amount = roundedMoney(
    what,
    full,
    money,
    trace,
    yearly ? `${yearly} ÷ 12 × ${months} months` : `${perMonth} × ${months} months`,
  );
  return { amount: text(amount, money), perMonth: monthText };
}

function commissionAmounts(
  commissions: PerilRates['commissions'],
  months: Decimal,
  money: Money,
  trace: Trace | undefined,
): PricedPeril['commissions'] {
  const byRecipient = new Map<string, Decimal>();
  for (const { recipient, rate } of commissions) {
    const amount = rate.exact ?? rate.yearly?.times(months).div(12) ?? rate.monthly?.times(months) ?? new Decimal(0);
    byRecipient.set(recipient, (byRecipient.get(recipient) ?? new Decimal(0)).plus(amount));
  }
  return [...byRecipient].map(([recipient, amount]) => ({
    recipient,
    amount: text(roundedMoney(`commission of ${recipient}`, amount, money, trace), money),
  }));
}

/** Rounds to the product's money unit and writes the rounding down. */
function roundedMoney(
  what: string,
  amount: Decimal,
  money: Money,
  trace: Trace | undefined,
  formula?: string,
): Decimal {
  const decimals = unitDecimals(money);
  const rounded = roundBy(exactly(what, amount, money), decimals, money.rules.rounding);
  if (formula) trace?.add({ kind: 'amount', what, value: amount.toString(), formula });
  trace?.add({ kind: 'round', what, from: amount.toString(), to: rounded.toFixed(Math.max(decimals, 0)), decimals });
  return rounded;
}

/** A premium, technical premium or commission as text, rounded to the product's money unit (P26). Throws as above. */
export function roundedPremium(what: string, amount: Decimal, money: Money, trace?: Trace, formula?: string): string {
  return text(roundedMoney(what, amount, money, trace, formula), money);
}

/** A tax or fee as text: the product's rounding at the currency's own decimals, whatever the money unit (P26). Throws as above. */
export function roundedCharge(what: string, amount: Decimal, money: Money, trace?: Trace): string {
  const decimals = money.currencyDecimals;
  const to = moneyText(roundBy(exactly(what, amount, money), decimals, money.rules.rounding), decimals);
  trace?.add({ kind: 'round', what, from: amount.toString(), to, decimals });
  return to;
}

/** Below it 34 digits hold every cent of an amount, of its product with a month count and of the sums (P28). */
const LIMIT = new Decimal('1e18');

/** The amount itself, if it can be calculated with to the cent. Throws pricing-failed for one that can not (P28). */
function exactly(what: string, amount: Decimal, { where }: Money): Decimal {
  if (amount.abs().lessThan(LIMIT)) return amount;
  throw new Problem(
    'pricing-failed',
    `${where ? `${where}: the` : 'The'} ${what} is ${amount.toExponential(3)}: amounts of 10^18 and more can not be calculated to the cent. Check the values that it is made from.`,
  );
}

/** Decimals that the money unit keeps: tens keep -1. */
function unitDecimals(money: Money): number {
  switch (money.rules.moneyUnit) {
    case 'cents':
      return money.currencyDecimals;
    case 'mills':
      return 3;
    case 'tenths':
      return 1;
    case 'whole':
      return 0;
    case 'tens':
      return -1;
  }
}

function text(amount: Decimal, money: Money): string {
  return moneyText(amount, Math.max(money.currencyDecimals, unitDecimals(money)));
}

const MODES = {
  half_up: Decimal.ROUND_HALF_UP,
  half_even: Decimal.ROUND_HALF_EVEN,
  down: Decimal.ROUND_DOWN,
  up: Decimal.ROUND_UP,
} as const;

/** Rounds by the product's mode to `decimals`, which may be negative (-1 = tens). */
export function roundBy(amount: Decimal, decimals: number, mode: RatingRules['rounding']): Decimal {
  if (decimals >= 0) return amount.toDecimalPlaces(decimals, MODES[mode]);
  const scale = new Decimal(10).pow(-decimals);
  return amount.div(scale).toDecimalPlaces(0, MODES[mode]).times(scale);
}
