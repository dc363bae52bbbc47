import type { PayableEntry, ReserveChange, ReserveType, SubclaimRecord } from '#core/desk/claim-records.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';

/**
 * The money of a sub-claim (SPEC K20 to K29), pure. All amounts carry the original platform's sign: negative is what costs the
 * insurer. Reserves are what is outstanding; a payable takes its amount out of the reserve of its type.
 */
export type Account = Pick<SubclaimRecord, 'currency' | 'reserves' | 'payables'>;

export interface Totals {
  /** Outstanding. */
  readonly reserved: Decimal;
  readonly paid: Decimal;
  /** Reserved and paid together. */
  readonly incurred: Decimal;
}
/** Who does something, when, and what they are told about it. */
export interface Entry {
  readonly at: number;
  /** Locator of the user. */
  readonly by: string;
  readonly warnings: readonly string[];
}
export const RESERVE_TYPES: readonly ReserveType[] = ['loss', 'expense'];

const ZERO = new Decimal(0);
/** Beyond this, cents get lost in 34 digits (core/pricing/SPEC.md P28). */
const MOST = new Decimal('1e18');

/** What is outstanding of a type. */
export function reserveOf(account: Account, type: ReserveType): Decimal {
  return new Decimal(account.reserves.findLast((change) => change.type === type)?.amount ?? 0);
}

export function totalsOf(account: Account, type: ReserveType): Totals {
  const reserved = reserveOf(account, type);
  const paid = account.payables
    .filter((payable) => payable.type === type)
    .reduce((sum, payable) => sum.plus(payable.amount), ZERO);
  return { reserved, paid, incurred: reserved.plus(paid) };
}

export function sumTotals(list: readonly Totals[]): Totals {
  const sum = (pick: (totals: Totals) => Decimal): Decimal => list.reduce((all, one) => all.plus(pick(one)), ZERO);
  return { reserved: sum((one) => one.reserved), paid: sum((one) => one.paid), incurred: sum((one) => one.incurred) };
}

/** Sets what is outstanding of a type; unchanged when it is that already. */
export function setReserve<A extends Account>(account: A, type: ReserveType, amount: Decimal, entry: Entry): A {
  return changeReserve(account, type, amount, { cause: 'set', ...entry });
}

/** Nothing is outstanding any more (formats §3.9: closing a sub-claim sets its reserves to zero). */
export function releaseReserves<A extends Account>(account: A, entry: Entry): A {
  return RESERVE_TYPES.reduce<A>(
    (open, type) => changeReserve(open, type, ZERO, { cause: 'closed', ...entry }),
    account,
  );
}

/**
 * Adds a payable and takes it out of the reserve of its type (K23). Throws `wrong-state` when a payment is larger than what is
 * outstanding: the reserve comes first (K24).
 */
export function pay<A extends Account>(
  account: A,
  payable: Pick<PayableEntry, 'locator' | 'type' | 'recipient' | 'comment'> & { readonly amount: Decimal },
  entry: Entry,
): A {
  const { amount, type, locator } = payable;
  const reserve = reserveOf(account, type);
  if (amount.isNegative() && amount.lessThan(reserve))
    throw new Problem(
      'wrong-state',
      `The payment of ${text(account, amount.abs())} is more than the ${type} reserve of ${text(account, Decimal.max(reserve.negated(), 0))} ${account.currency}: raise the reserve first.`,
      { place: { field: 'amount' } },
    );
  // A recovery beyond what was expected is welcome; only the expected part was in the reserve.
  const fromReserve = amount.isNegative() ? amount : Decimal.min(amount, Decimal.max(reserve, 0));
  const paid: A = {
    ...account,
    payables: [
      ...account.payables,
      { ...payable, amount: text(account, amount), fromReserve: text(account, fromReserve), ...entry },
    ],
  };
  return changeReserve(paid, type, reserve.minus(fromReserve), { cause: 'payable', payable: locator, ...entry });
}

/**
 * Takes a payable back with one of its own, and puts its part back into the reserve (K25).
 * Throws `wrong-state` for one that was taken back before, or that takes another one back.
 */
export function reverse<A extends Account>(
  account: A,
  payable: PayableEntry,
  reversal: Pick<PayableEntry, 'locator' | 'comment'>,
  entry: Entry,
): A {
  const place = { locator: payable.locator };
  if (payable.reverses !== undefined)
    throw new Problem('wrong-state', `${payable.locator} takes ${payable.reverses} back itself: make a new payable.`, {
      place,
    });
  const before = reversalOf(account, payable.locator);
  if (before)
    throw new Problem('wrong-state', `The payable ${payable.locator} was taken back already (${before.locator}).`, {
      place,
    });
  const { type, recipient } = payable;
  const back = new Decimal(payable.fromReserve);
  const reversed: A = {
    ...account,
    payables: [
      ...account.payables,
      {
        ...reversal,
        type,
        recipient,
        amount: text(account, new Decimal(payable.amount).negated()),
        fromReserve: text(account, back.negated()),
        reverses: payable.locator,
        ...entry,
      },
    ],
  };
  return changeReserve(reversed, type, reserveOf(account, type).plus(back), {
    cause: 'reversal',
    payable: reversal.locator,
    ...entry,
  });
}

/** The payable that took another one back. */
export function reversalOf(account: Account, payable: string): PayableEntry | undefined {
  return account.payables.find(({ reverses }) => reverses === payable);
}

/**
 * Reads an amount of a request. Throws `invalid-fields` for what is no number, has more decimals than the currency, or is beyond
 * what can be added up exactly.
 */
export function readAmount(given: string | number, currency: string, field: string): Decimal {
  const amount = parseDecimal(given);
  const decimals = currencyDecimals(currency);
  const fault = !amount
    ? 'is no number'
    : amount.decimalPlaces() > decimals
      ? `has more than the ${decimals} decimals of ${currency}`
      : amount.abs().gte(MOST)
        ? 'is too large'
        : undefined;
  if (amount && fault === undefined) return amount;
  const message = `"${given}" ${fault}: give an amount in ${currency}, negative for what costs the insurer.`;
  throw new Problem('invalid-fields', message, {
    place: { field },
    fieldErrors: [{ fieldName: field, code: amount ? 'INVALID_VALUE' : 'INVALID_TYPE', message }],
  });
}

/** An amount as it is stored and travels. */
export function text(account: Pick<Account, 'currency'>, amount: Decimal): string {
  return moneyText(amount, currencyDecimals(account.currency));
}

function changeReserve<A extends Account>(
  account: A,
  type: ReserveType,
  amount: Decimal,
  change: Omit<ReserveChange, 'type' | 'amount'>,
): A {
  if (reserveOf(account, type).equals(amount)) return account;
  return { ...account, reserves: [...account.reserves, { type, amount: text(account, amount), ...change }] };
}
