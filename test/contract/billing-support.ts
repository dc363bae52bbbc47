import type { InvoiceResponse, PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import type { PolicyBilling } from '#core/policy/invoices.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, type TestWorkbench } from './support.ts';

export const ZONE = 'America/Los_Angeles';
export const day = (date: string): number => startOfDay(date, ZONE);

export const SCHEDULES = ['full-pay', 'monthly', 'quarterly', 'weekly'].map((name) => ({ name, displayName: name }));
export const policyFile = (more: object = {}): string =>
  JSON.stringify({
    fields: [],
    paymentSchedules: SCHEDULES,
    defaultPaymentTerms: { amount: 14, unit: 'day' },
    ...more,
  });
export const PAYMENT_FILE = JSON.stringify({
  fields: [
    { name: 'method', title: 'Method', type: 'select', values: ['Card', 'Cheque'] },
    { name: 'reference', title: 'Reference', type: 'string', optional: true },
  ],
});

/** A workbench whose clock the test moves. */
export interface Billed extends TestWorkbench {
  readonly clock: { now: number };
  /** Moves the clock to midnight of a day, or to an instant. */
  at(when: string | number): void;
  billing(policy: { readonly locator: string }): Promise<PolicyBilling>;
  /** Makes a policy of a product over 2026 and issues it. */
  issue(product: string, schedule: string, risk?: object): Promise<PolicyResponse>;
}

export async function openBilling(
  options: Parameters<typeof openTestWorkbench>[0] = {},
  from = '2025-12-20',
): Promise<Billed> {
  const clock = { now: day(from) };
  const opened = await openTestWorkbench({ ...options, now: () => clock.now });
  return {
    ...opened,
    clock,
    at(when) {
      clock.now = typeof when === 'number' ? when : day(when);
    },
    async billing({ locator }) {
      return (await opened.call<PolicyBilling>('GET', `/api/policies/${locator}/billing`)).body;
    },
    async issue(productName, paymentScheduleName, risk = SMALL_RISK) {
      const made = await draft(opened, {
        policy: {
          productName,
          paymentScheduleName,
          policyStartTimestamp: String(day('2026-01-01')),
          policyEndTimestamp: String(day('2027-01-01')),
          ...risk,
        },
      });
      const done = await opened.call('POST', `/policy/${made.locator}/finalize`);
      const issued = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/issue`);
      if (done.status !== 200 || issued.status !== 200) throw new Error(JSON.stringify([done.body, issued.body]));
      return issued.body;
    },
  };
}

/** Deploys a product of one peril that costs 1200 a year. */
export async function deployBilled(
  opened: TestWorkbench,
  name: string,
  policy: object = {},
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await deployProduct(
    opened,
    name,
    smallProduct({
      'policy/policy.json': policyFile(policy),
      'policy/exposures/thing/perils/loss.premium.liquid': '{{ 1200 | set_year_premium }}',
      'policy/endorsements.json': JSON.stringify({
        endorsements: [{ name: 'change', displayName: 'Change', reprice: 'always' }],
      }),
      ...files,
    }),
  );
}

export const totals = (invoices: readonly Pick<InvoiceResponse, 'totalDue'>[]): string[] =>
  invoices.map(({ totalDue }) => totalDue);
