import { carryForward } from '#core/billing/carry-forward.ts';
import { updateGracePeriod } from '#core/billing/grace.ts';
import { paymentResponse } from '#core/billing/payment-response.ts';
import { changePaymentSchedule } from '#core/billing/payment-schedule.ts';
import { payInvoice, refundCredit, reversePayment, writeOffInvoice } from '#core/billing/payments.ts';
import { need } from '#core/desk/desk.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import { billAll, issueNext } from '#core/policy/billing-run.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { billingOf, getInvoice, gracePeriodOf, gracePeriodsOf, listInvoices } from '#core/policy/invoices.ts';
import { getPolicy, needPolicy } from '#core/policy/policies.ts';
import { advanceTransaction } from '#core/policy/transactions/advance.ts';
import { createFees } from '#core/policy/transactions/create-fees.ts';
import { FeesCreate, GracePeriodUpdate, PaymentCreate, PaymentScheduleChange } from '../billing-schemas.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';
import { suffixed } from './transactions.ts';

/** Invoices, payments and grace periods at the paths of the original platform (formats §3.7, §3.8), and ours. */
export function billingResources(door: Door): void {
  invoices(door);
  settling(door);
  policyBilling(door);
  grace(door);
}

function invoices(door: Door): void {
  const tag = 'Invoices';
  door.on(
    { method: 'get', path: '/invoice/:locator', tag, summary: 'One invoice', answer: 'InvoiceResponse' },
    ({ desk, param }) => getInvoice(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: '/invoice/:locator/financialTransactions',
      tag,
      summary: 'What an invoice is made of',
      answer: 'InvoiceFinancialTransactions',
    },
    ({ desk, param }) => ({ financialTransactions: getInvoice(desk, param('locator')).financialTransactions }),
  );
  door.on(
    {
      method: 'get',
      path: '/policies/:locator/invoices',
      tag,
      summary: 'The issued invoices of a policy',
      answer: 'InvoiceResponse[]',
    },
    ({ desk, param }) => listInvoices(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: '/policies/:locator/plannedInvoices',
      tag,
      summary: 'The invoices of a policy that are not issued yet',
      answer: 'PlannedInvoiceResponse[]',
    },
    ({ desk, param }) => billingOf(desk, param('locator')).plannedInvoices,
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/issueNextInvoice',
      tag,
      summary: 'Issue the next planned invoice before its time',
      body: Nothing,
      answer: 'InvoiceResponse',
    },
    async ({ desk, param, caller }) =>
      getInvoice(desk, await issueNext(desk, caller(), needPolicy(desk, param('locator')).locator)),
  );
}

function settling(door: Door): void {
  const tag = 'Payments';
  door.on(
    {
      method: 'post',
      path: '/invoice/:locator/pay',
      tag,
      summary: 'Pay an invoice, whole or in part',
      body: PaymentCreate,
      answer: 'PaymentResponse',
    },
    async ({ desk, param, body, caller }) => paymentOf(desk, await payInvoice(desk, caller(), param('locator'), body)),
  );
  door.on(
    {
      method: 'post',
      path: '/invoice/:locator/refund',
      tag,
      summary: 'Pay a credit out, whole or in part',
      body: PaymentCreate,
      answer: 'PaymentResponse',
    },
    async ({ desk, param, body, caller }) =>
      paymentOf(desk, await refundCredit(desk, caller(), param('locator'), body)),
  );
  door.on(
    { method: 'get', path: '/payment/:locator', tag, summary: 'One payment', answer: 'PaymentResponse' },
    ({ desk, param }) => paymentOf(desk, param('locator')),
  );
  for (const method of ['post', 'patch'] as const) {
    door.on(
      {
        method,
        path: '/payment/:locator/reverse',
        tag,
        summary: 'Take a payment back',
        body: Nothing,
        answer: 'PaymentResponse',
      },
      async ({ desk, param, caller }) => {
        await reversePayment(desk, caller(), param('locator'), guestReader(desk));
        return paymentOf(desk, param('locator'));
      },
    );
    for (const [name, summary, action] of [
      ['writeOff', 'Give up what is outstanding', writeOffInvoice],
      ['carryForward', 'Let a credit pay for what the policy owes', carryForward],
    ] as const)
      door.on(
        { method, path: `/invoice/:locator/${name}`, tag, summary, body: Nothing, answer: 'InvoiceResponse' },
        ({ desk, param, caller }) => {
          action(desk, caller(), param('locator'));
          return getInvoice(desk, param('locator'));
        },
      );
  }
}

function paymentOf(desk: Parameters<typeof getInvoice>[0], locator: string) {
  return paymentResponse(need(desk, 'payment', locator).record);
}

function policyBilling(door: Door): void {
  const tag = 'Billing';
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/billing',
      tag,
      summary: 'What of a policy is invoiced, paid and planned',
      answer: 'PolicyBilling',
    },
    ({ desk, param }) => billingOf(desk, param('locator')),
  );
  door.on(
    {
      method: 'patch',
      path: '/policy/:locator/fees',
      tag,
      summary: 'Add fees to an issued policy',
      body: FeesCreate,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, body, caller }) => {
      const locator = await createFees(desk, caller(), param('locator'), body);
      await advanceTransaction(desk, suffixed(caller(), 'issue'), locator, 'issued');
      return getPolicy(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/paymentSchedule',
      tag,
      summary: 'Bill what is not invoiced yet by another payment schedule',
      body: PaymentScheduleChange,
      answer: 'PolicyBilling',
    },
    async ({ desk, param, body, caller }) => {
      const { locator } = needPolicy(desk, param('locator'));
      await changePaymentSchedule(desk, caller(), locator, body.newPaymentScheduleName, {
        reader: guestReader(desk),
        policyResponse: () => getPolicy(desk, locator),
      });
      return billingOf(desk, locator);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/billing/run',
      tag,
      summary: 'Do what time has brought: invoices, grace periods, lapses',
      body: Nothing,
      answer: 'BillingRun',
    },
    // Whose doing the run is does not matter, but somebody must have signed in.
    ({ desk, caller }) => {
      caller();
      return billAll(desk);
    },
  );
}

function grace(door: Door): void {
  const tag = 'Grace periods';
  door.on(
    { method: 'get', path: '/gracePeriod/:locator', tag, summary: 'One grace period', answer: 'GracePeriodResponse' },
    ({ desk, param }) => gracePeriodOf(desk, param('locator')),
  );
  door.on(
    {
      method: 'patch',
      path: '/gracePeriod/:locator',
      tag,
      summary: 'Change when it ends and when its lapse takes effect',
      body: GracePeriodUpdate,
      answer: 'GracePeriodResponse',
    },
    ({ desk, param, body, caller }) => {
      const end = instant(body.endTimestamp, 'endTimestamp');
      const cancelEffective = instant(body.cancelEffectiveTimestamp, 'cancelEffectiveTimestamp');
      updateGracePeriod(desk, caller(), param('locator'), {
        ...(end === undefined ? {} : { end }),
        ...(cancelEffective === undefined ? {} : { cancelEffective }),
        ...(body.resetCancelEffectiveTimestamp === true ? { resetCancelEffective: true } : {}),
      });
      return gracePeriodOf(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/policy/:locator/gracePeriods',
      tag,
      summary: 'The grace periods of a policy',
      answer: 'GracePeriodResponse[]',
    },
    ({ desk, param }) => gracePeriodsOf(desk, param('locator')),
  );
}

function instant(given: string | number | undefined, name: string): number | undefined {
  if (given === undefined) return undefined;
  const number = parseDecimal(given);
  if (number?.isInteger()) return number.toNumber();
  throw new Problem(
    'malformed-request',
    `${name} is "${given}", which is no timestamp: give milliseconds since 1970.`,
    {
      place: { field: name },
    },
  );
}
