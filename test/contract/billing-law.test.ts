import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptBilling, invalidateBilling, issueBilling } from '#core/billing/accept.ts';
import { sumOf } from '#core/billing/amounts.ts';
import { carryForward } from '#core/billing/carry-forward.ts';
import { changePaymentSchedule } from '#core/billing/payment-schedule.ts';
import { payInvoice, reversePayment, writeOffInvoice } from '#core/billing/payments.ts';
import { planBilling } from '#core/billing/plan.ts';
import { runBilling } from '#core/billing/run.ts';
import { outstandingOf } from '#core/billing/settlement.ts';
import { productOf } from '#core/desk/configurations.ts';
import { commit, findAll, locatorOf, need } from '#core/desk/desk.ts';
import type { Charge } from '#core/model/charge.ts';
import { Decimal } from '#core/model/decimal.ts';
import { canonicalJson } from '#core/model/json.ts';
import { addCalendar } from '#core/model/time.ts';
import { LONG, tries } from '#core/pricing/testing/tries.ts';
import { day, deployBilled, openBilling, SCHEDULES, ZONE } from './billing-support.ts';
import { ACTOR } from './support.ts';

const opened = await openBilling();
await deployBilled(opened, 'lawful', { lapse: { gracePeriodDays: 30 } });
const { desk } = opened.workbench;
const caller = { actor: ACTOR };
const START = day('2026-01-01');

type Move =
  | { readonly kind: 'transact'; readonly charges: readonly [number, number, number][]; readonly reverse: number }
  | { readonly kind: 'issue' | 'invalidate' | 'writeOff' | 'carry' | 'reverse' | 'run' }
  | { readonly kind: 'pay'; readonly share: number }
  | { readonly kind: 'schedule'; readonly name: string }
  | { readonly kind: 'wait'; readonly days: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('transact' as const),
      // Cents, first day of cover, days of cover.
      charges: fc.array(
        fc.tuple(
          fc.integer({ min: -50_000, max: 200_000 }),
          fc.integer({ min: 0, max: 360 }),
          fc.integer({ min: 0, max: 400 }),
        ),
        { maxLength: 4 },
      ),
      reverse: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('issue', 'invalidate', 'writeOff', 'carry', 'reverse', 'run'),
    }) as fc.Arbitrary<Move>,
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pay' as const), share: fc.integer({ min: 1, max: 100 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('schedule' as const),
      name: fc.constantFrom(...SCHEDULES.map(({ name }) => name)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 70 }) }) },
);

/** A policy with what it charged, kept beside billing to compare with. */
class Account {
  readonly locator: string;
  /** Charges of accepted transactions, and whose they are. */
  charges: Charge[] = [];
  /** Charges that may be taken back: by locator, still standing. */
  standing: Charge[] = [];
  pending: { readonly transaction: string; readonly charges: Charge[]; readonly standing: Charge[] } | undefined;
  readonly seen = new Map<string, string>();

  constructor(locator: string) {
    this.locator = locator;
  }

  get invoices() {
    return findAll(desk, 'invoice', 'policyLocator', this.locator).map(({ record }) => record);
  }

  get billing() {
    return need(desk, 'billing', this.locator).record;
  }

  /** Settled questions, 3, charge by charge: issued + planned = charged. And what was issued stays as it was issued (BI3). */
  check(): void {
    const items = [
      ...this.invoices
        .filter(({ settlementType }) => settlementType !== 'invalidated')
        .flatMap((invoice) => invoice.items),
      ...this.billing.state.planned.flatMap((planned) => planned.items),
    ];
    const byCharge = new Map<string, Decimal>();
    for (const { chargeLocator, amount } of items)
      byCharge.set(chargeLocator, (byCharge.get(chargeLocator) ?? new Decimal(0)).plus(amount));
    for (const { locator, amount } of this.charges) {
      expect((byCharge.get(locator) ?? new Decimal(0)).toFixed(2), locator).toBe(amount);
      byCharge.delete(locator);
    }
    expect([...byCharge.keys()]).toEqual([]);
    for (const { locator, items: own, totalDue, due, displayId, settlementStatus, settlementType } of this.invoices) {
      const now = canonicalJson([own, totalDue, due, displayId]);
      expect(this.seen.get(locator) ?? now).toBe(now);
      this.seen.set(locator, now);
      expect(settlementStatus === 'settled').toBe(settlementType !== undefined);
    }
    const payments = findAll(desk, 'payment', 'policyLocator', this.locator).map(({ record }) => record);
    expect(sumOf(payments.filter(({ kind }) => kind === 'carriedForward')).isZero()).toBe(true);
  }
}

async function open(): Promise<Account> {
  opened.at('2025-12-20');
  const policy = await opened.issue('lawful', 'monthly');
  const account = new Account(policy.locator);
  const [peril] = policy.exposures.flatMap(({ perils }) => perils.flatMap(({ characteristics }) => characteristics));
  const first: Charge = {
    locator: `${peril?.locator}_p`,
    type: 'premium',
    amount: '1200.00',
    start: START,
    end: day('2027-01-01'),
    transactionLocator: policy.modifications[0]?.locator ?? '',
  };
  account.charges = [first];
  account.standing = [first];
  return account;
}

async function perform(account: Account, what: Move): Promise<void> {
  const { locator } = account;
  switch (what.kind) {
    case 'wait':
      opened.at(addCalendar(opened.clock.now, { days: what.days }, ZONE));
      return;
    case 'run':
      expect((await runBilling(desk)).failures.filter(({ policyLocator }) => policyLocator === locator)).toEqual([]);
      return;
    case 'transact':
      return transact(account, what);
    case 'issue': {
      if (!account.pending) return;
      save(issueBilling(desk, account.pending.transaction));
      account.pending = undefined;
      return;
    }
    case 'invalidate': {
      const { pending } = account;
      if (!pending) return;
      save(invalidateBilling(desk, pending.transaction));
      account.charges = pending.charges;
      account.standing = pending.standing;
      account.pending = undefined;
      return;
    }
    case 'schedule':
      if (!account.pending) await changePaymentSchedule(desk, caller, locator, what.name);
      return;
    default:
      return money(account, what);
  }
}

/** What people do with invoices. Those of a transaction that may still be taken back are left alone. */
async function money(account: Account, what: Move): Promise<void> {
  const open = account.invoices.filter(
    ({ settlementStatus, transactionIssued }) => settlementStatus === 'outstanding' && transactionIssued,
  );
  const owed = open.find(({ totalDue }) => new Decimal(totalDue).gt(0));
  const credit = open.find(({ totalDue }) => new Decimal(totalDue).lt(0));
  if (what.kind === 'pay' && owed) {
    const amount = outstandingOf(desk, owed).times(what.share).div(100).toDecimalPlaces(2);
    if (amount.gt(0)) await payInvoice(desk, caller, owed.locator, { amount: amount.toFixed(2) });
  }
  if (what.kind === 'writeOff' && owed) writeOffInvoice(desk, caller, owed.locator);
  if (what.kind === 'carry' && owed && credit && !account.pending) carryForward(desk, caller, credit.locator);
  if (what.kind === 'reverse') {
    const paid = findAll(desk, 'payment', 'policyLocator', account.locator).find(
      ({ record }) => record.kind === 'payment' && record.reversedAt === undefined,
    );
    if (paid) await reversePayment(desk, caller, paid.locator);
  }
}

async function transact(account: Account, what: Extract<Move, { kind: 'transact' }>): Promise<void> {
  const policy = need(desk, 'policy', account.locator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const transaction = locatorOf(desk);
  const taken = account.standing.slice(0, what.reverse);
  const reversals = taken.map((charge) => ({
    ...charge,
    locator: `${charge.locator}_back`,
    reverses: charge.locator,
    amount: new Decimal(charge.amount).negated().toFixed(2),
    transactionLocator: transaction,
  }));
  const added = what.charges
    .filter(([cents]) => cents !== 0)
    .map(([cents, from, days], i): Charge => {
      const start = addCalendar(START, { days: from }, ZONE);
      const types = ['premium', 'tax', 'commission', 'holdback'] as const;
      return {
        locator: `${transaction}.${i}`,
        type: types[i] ?? 'fee',
        amount: new Decimal(cents).div(100).toFixed(2),
        start,
        end: addCalendar(start, { days }, ZONE),
        transactionLocator: transaction,
      };
    });
  const charges = [...reversals, ...added];
  const { pending } = account;
  const plan = await planBilling(desk, {
    deployed,
    product: productOf(deployed, policy.productName),
    policy: { ...policy, originalContractStart: START },
    transaction: {
      locator: transaction,
      operation: 'endorsement',
      effective: opened.clock.now,
      coverageStart: opened.clock.now,
      coverageEnd: day('2027-01-01'),
    },
    charges: pending ? charges.filter(({ reverses }) => !pendingOwn(account, reverses)) : charges,
    at: desk.now(),
    context: { clock: desk.now(), seed: 'law', worksheet: false },
    ...(pending ? { invalidates: [pending.transaction] } : {}),
  });
  save(acceptBilling(desk, plan));
  const before = pending ? pending : { charges: account.charges, standing: account.standing };
  const mine = pending ? charges.filter(({ reverses }) => !pendingOwn(account, reverses)) : charges;
  const gone = new Set(mine.flatMap(({ reverses }) => reverses ?? []));
  account.pending = { transaction, charges: before.charges, standing: before.standing };
  account.charges = [...before.charges, ...mine];
  account.standing = [...before.standing.filter(({ locator }) => !gone.has(locator)), ...added];
}

/** What a pending transaction charged falls away with it: nothing else takes it back. */
function pendingOwn(account: Account, locator: string | undefined): boolean {
  return locator !== undefined && !account.pending?.standing.some((charge) => charge.locator === locator);
}

function save(changes: ReturnType<typeof acceptBilling>): void {
  commit(desk, caller, { name: 'law', arguments: {}, changes, result: 'law' });
}

describe('the money law of billing', LONG, () => {
  it('BI1, BI3: holds after whatever is transacted, taken back, paid, reversed, run and billed otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 22 }), async (moves) => {
        const account = await open();
        account.check();
        for (const one of moves) {
          await perform(account, one);
          account.check();
        }
      }),
      tries(40),
    );
  });
});
