import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReserveType } from '#core/desk/claim-records.ts';
import { Decimal } from '#core/model/decimal.ts';
import {
  type Account,
  pay,
  RESERVE_TYPES,
  readAmount,
  releaseReserves,
  reserveOf,
  reverse,
  setReserve,
  sumTotals,
  totalsOf,
} from './account.ts';

const ENTRY = { at: 0, by: 'ada', warnings: [] };
const EMPTY: Account = { currency: 'USD', reserves: [], payables: [] };

type Command =
  | { readonly do: 'reserve' | 'pay'; readonly type: ReserveType; readonly cents: number }
  | { readonly do: 'reverse'; readonly which: number }
  | { readonly do: 'release' };
const type = fc.constantFrom<ReserveType>('loss', 'expense');
const cents = fc.oneof(fc.integer({ min: -200_000, max: 200_000 }), fc.constantFrom(-1, 0, 1, -99_999_999_999));
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom('reserve' as const, 'pay' as const), type, cents }),
  fc.record({ do: fc.constant('reverse' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('release' as const) }),
);

/** The same money in whole cents, as plainly as it can be told. */
interface Ledger {
  reserved: Record<ReserveType, number>;
  paid: Record<ReserveType, number>;
  entries: { type: ReserveType; cents: number; used: number; reversed: boolean; isReversal: boolean }[];
}

/** Plays a command on the plain ledger; false where it is refused. */
function plain(ledger: Ledger, step: Command): boolean {
  if (step.do === 'release') {
    ledger.reserved = { loss: 0, expense: 0 };
    return true;
  }
  if (step.do === 'reverse') {
    const entry = ledger.entries[step.which];
    if (!entry || entry.reversed || entry.isReversal) return false;
    entry.reversed = true;
    ledger.entries.push({ ...entry, cents: -entry.cents, used: -entry.used, isReversal: true });
    ledger.reserved[entry.type] += entry.used;
    ledger.paid[entry.type] -= entry.cents;
    return true;
  }
  const { type: of, cents: amount } = step;
  if (step.do === 'reserve') {
    ledger.reserved[of] = amount;
    return true;
  }
  if (amount === 0 || (amount < 0 && amount < ledger.reserved[of])) return false;
  const used = amount < 0 ? amount : Math.min(amount, Math.max(ledger.reserved[of], 0));
  ledger.entries.push({ type: of, cents: amount, used, reversed: false, isReversal: false });
  ledger.reserved[of] -= used;
  ledger.paid[of] += amount;
  return true;
}

function play(account: Account, step: Command, locator: string): Account {
  if (step.do === 'release') return releaseReserves(account, ENTRY);
  if (step.do === 'reverse') {
    const payable = account.payables[step.which];
    if (!payable) throw new Error('There is none');
    return reverse(account, payable, { locator, comment: '' }, ENTRY);
  }
  const amount = new Decimal(step.cents).div(100);
  if (step.do === 'reserve') return setReserve(account, step.type, amount, ENTRY);
  if (amount.isZero()) throw new Error('Nothing to pay');
  return pay(account, { locator, type: step.type, amount, recipient: 'x', comment: '' }, ENTRY);
}

describe('the money of a sub-claim', () => {
  it('K20 to K25: over any sequence of commands it agrees with a plain ledger in cents', () => {
    let paid = 0;
    let refusals = 0;
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (steps) => {
        let account = EMPTY;
        const ledger: Ledger = { reserved: { loss: 0, expense: 0 }, paid: { loss: 0, expense: 0 }, entries: [] };
        for (const [i, step] of steps.entries()) {
          const before = account;
          if (plain(ledger, step)) account = play(account, step, `p${i}`);
          else expect(() => play(before, step, `p${i}`)).toThrow();
          for (const of of RESERVE_TYPES) {
            const { reserved, paid: out, incurred } = totalsOf(account, of);
            expect([reserved.times(100).toNumber(), out.times(100).toNumber()]).toEqual([
              ledger.reserved[of],
              ledger.paid[of],
            ]);
            expect(incurred.equals(reserved.plus(out))).toBe(true);
          }
          // Histories only grow.
          expect(account.reserves.slice(0, before.reserves.length)).toEqual(before.reserves);
          expect(account.payables.slice(0, before.payables.length)).toEqual(before.payables);
          if (account === before) refusals += 1;
        }
        paid += account.payables.length;
        const both = sumTotals(RESERVE_TYPES.map((of) => totalsOf(account, of)));
        const stored = account.payables.reduce((sum, payable) => sum.plus(payable.amount), new Decimal(0));
        expect(both.paid.equals(stored)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    // The commands are not all refused, nor all taken.
    expect(Math.min(paid, refusals)).toBeGreaterThan(50);
  });

  it('K23: a payment within the reserve, and its reversal, leave what is incurred as it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 1, max: 9_999_999 }), (a, b) => {
        const reserve = new Decimal(Math.max(a, b)).div(-100);
        const set = setReserve(EMPTY, 'loss', reserve, ENTRY);
        const amount = new Decimal(Math.min(a, b)).div(-100);
        const paid = pay(set, { locator: 'p', type: 'loss', amount, recipient: 'x', comment: '' }, ENTRY);
        expect(totalsOf(paid, 'loss').incurred.equals(reserve)).toBe(true);
        const [payable] = paid.payables;
        if (!payable) throw new Error('Nothing was paid');
        const back = reverse(paid, payable, { locator: 'r', comment: '' }, ENTRY);
        expect([reserveOf(back, 'loss').equals(reserve), totalsOf(back, 'loss').paid.isZero()]).toEqual([true, true]);
      }),
    );
  });

  it('K21: amounts have the decimals of their currency', () => {
    expect(readAmount('-1234.5', 'USD', 'amount').toFixed()).toBe('-1234.5');
    expect(readAmount(-7, 'JPY', 'amount').toFixed()).toBe('-7');
    expect(() => readAmount('-7.5', 'JPY', 'amount')).toThrow('more than the 0 decimals of JPY');
    expect(readAmount('-0.125', 'KWD', 'amount').toFixed()).toBe('-0.125');
  });
});
