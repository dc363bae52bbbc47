import { describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import type { InvoiceResponse, PolicyResponse } from '#core/model/policy.ts';
import { type Billed, day, deployBilled, openBilling, totals } from './billing-support.ts';
import { draft, SMALL_RISK } from './support.ts';

const opened = await openBilling();
/** A product whose schedule plugin is this script; fees.json has an installment fee. */
const deploy = (name: string, script: string) =>
  deployBilled(
    opened,
    name,
    { plugins: { createInstallments: { path: `main/${name}.js`, enabled: true } } },
    {
      [`scripts/main/${name}.js`]: script,
      'policy/fees.json': '{"fees":[{"name":"installment","displayName":"Installment fee"}]}',
      'policy/taxes/taxes.json': '{"taxes":[{"name":"vat","displayName":"VAT"}]}',
      'policy/taxes/vat.premium.liquid': '{{ 10.01 | set_peril_tax }}',
    },
  );
const finalize = async (productName: string) => {
  const made = await draft(opened, {
    policy: {
      productName,
      policyStartTimestamp: String(day('2026-01-01')),
      policyEndTimestamp: String(day('2027-01-01')),
      ...SMALL_RISK,
    },
  });
  return opened.call<PolicyResponse & { code?: string; message?: string }>('POST', `/policy/${made.locator}/finalize`);
};
/** Two halves with floats as a script would calculate them, and a fee on the second. */
const HALVES = `
const HALF = 15768000000;
exports.createInstallments = (data) => {
  const start = parseInt(data.coverageStartTimestamp), end = parseInt(data.coverageEndTimestamp);
  const all = data.charges.map((charge) => ({ chargeId: charge.chargeId, amount: parseFloat(charge.amount) }));
  const half = all.map(({ chargeId, amount }) => ({ chargeId, amount: Math.round(amount * 50) / 100 }));
  const rest = all.map(({ chargeId, amount }, i) => ({ chargeId, amount: amount - half[i].amount }));
  const installment = (at, invoiceItems, installmentFees) =>
    ({ startTimestamp: at, endTimestamp: end, issueTimestamp: String(at - 86400000), dueTimestamp: at, invoiceItems, installmentFees });
  console.log(JSON.stringify(data.charges.map(({ type, category, isNew, originalAmount, previouslyInvoicedAmount }) => [type, category, isNew, originalAmount, previouslyInvoicedAmount])));
  const first = data.operation === 'newBusiness' ? { ...installment(start, half, []), issueTimestamp: Date.now() } : installment(start, half);
  return { installments: [first, installment(start + HALF, rest, [{ feeName: 'installment', description: 'Second', amount: 2.5 }])] };
};`;

describe('the schedule plugin', () => {
  it('BI40, BI41: places everything, rounded to the cent, with fees that count as fees of the policy', async () => {
    opened.at('2025-12-20');
    await deploy('halves', HALVES);
    const done = await finalize('halves');
    expect(done.status).toBe(200);
    const billing = await opened.billing(done.body);
    expect([totals(billing.invoices), totals(billing.plannedInvoices)]).toEqual([['605.01'], ['607.50']]);
    expect(done.body.fees.map(({ name, description, amount }) => [name, description, amount])).toEqual([
      ['installment', 'Second', '2.50'],
    ]);
    expect(done.body.grossFees).toBe('2.50');
    expect(
      sumOf(
        [...billing.invoices, ...billing.plannedInvoices].flatMap((invoice) => invoice.financialTransactions),
      ).toFixed(2),
    ).toBe('1212.51');
    // BI42: the plugin said midnight; nothing is due before the end of a day on which it is issued.
    expect(billing.invoices[0]?.dueTimestamp).toBe(String(day('2026-01-01')));
  });

  it('BI40: sees what is open of earlier charges, and the policy with the transaction in it', async () => {
    opened.at('2025-12-20');
    await deploy(
      'telling',
      `${HALVES}
       const first = exports.createInstallments;
       exports.createInstallments = (data) => {
         if (data.operation === 'newBusiness') return first(data);
         const terms = data.policy.modifications.filter(({ name }) => name === 'modification.policy.create');
         throw JSON.stringify([data.charges.map((c) => [c.type, c.category, c.isNew, c.amount, c.previouslyInvoicedAmount]), terms.length, data.plannedInvoices.length, data.policy.modifications.length]);
       };`,
    );
    const policy = await finalize('telling');
    await opened.call('POST', `/policy/${policy.body.locator}/issue`);
    const refused = await opened.call('POST', `/policies/${policy.body.locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: String(day('2026-07-01')),
      state: 'quoted',
      updateExposures: [{ exposureLocator: policy.body.exposures[0]?.locator, fieldValues: { value: 2 } }],
    });
    expect(refused.body).toMatchObject({ code: 'plugin-failed' });
    const [, told = '[]'] = /(\[\[.*\])/.exec(refused.body.message.replaceAll('\\"', '"')) ?? [];
    const [charges, terms, planned, modifications] = JSON.parse(told) as [string[][], number, number, number];
    expect([terms, planned, modifications]).toEqual([1, 1, 2]);
    expect(charges).toContainEqual(['premium', 'previously_invoiced', false, '600.00', '600.00']);
    expect(charges).toContainEqual(['premium', 'new', true, '-1200.00', '0.00']);
    expect(charges).toContainEqual(['fee', 'previously_invoiced', false, '2.50', '0.00']);
  });

  it.each([
    [
      'lost',
      'invoiceItems.map((item) => ({ ...item, amount: item.amount - 0.01 }))',
      /charge .*_p exactly: of 1200\.00 .* -0\.01 too little/,
    ],
    ['found', "[...invoiceItems, { chargeId: 'nobody', amount: 1 }]", /the charge nobody on installment 0/],
    [
      'worded',
      "invoiceItems.map((item) => ({ ...item, amount: 'much' }))",
      /installments\[0\]\.invoiceItems\[0\]\.amount: "much" is no amount/,
    ],
  ])('BI41: is refused when what it answers is %s', async (name, items, message) => {
    await deploy(
      name,
      `exports.createInstallments = (data) => {
        const start = data.coverageStartTimestamp;
        const invoiceItems = data.charges.map(({ chargeId, amount }) => ({ chargeId, amount: Number(amount) }));
        return { installments: [{ startTimestamp: start, endTimestamp: start, issueTimestamp: start, dueTimestamp: start, invoiceItems: ${items} }] };
      };`,
    );
    const refused = await finalize(name);
    expect([refused.status, refused.body.code]).toEqual([422, 'plugin-failed']);
    expect(refused.body.message).toMatch(message);
    expect(refused.body.message).toContain(`scripts/main/${name}.js`);
  });
});

describe('documents', async () => {
  const printed: Billed = await openBilling({ documents: 'produce' });
  await deployBilled(
    printed,
    'printed',
    { lapse: { gracePeriodDays: 30 } },
    {
      'policy/invoice.template.liquid': 'Due {{ data.invoice.total_due }}',
      'policy/gracePeriod.template.liquid': 'Until {{ data.grace_period.end_timestamp }}',
    },
  );

  it('are made of every invoice when it is issued, and of a grace period when it opens', async () => {
    const policy = await printed.issue('printed', 'monthly');
    printed.at('2026-01-19');
    await printed.call('POST', '/api/billing/run');
    const { invoices, gracePeriods } = await printed.billing(policy);
    const names = (list: readonly InvoiceResponse[]) =>
      list.map(({ documents }) => documents.map((one) => one.displayName));
    expect(names(invoices)).toEqual([['Invoice'], ['Invoice']]);
    expect(gracePeriods.map(({ document }) => document?.displayName)).toEqual(['Grace period']);
  });
});
