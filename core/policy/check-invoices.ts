import type { Desk } from '#core/desk/desk.ts';
import type { InvoiceResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { getPolicy, openCase } from './policies.ts';
import { previewPolicy } from './preview.ts';
import { invoicesAtOnce, quoteBilling } from './quote-billing.ts';
import { newRun } from './rate.ts';
import { invoiceResponse } from './responses.ts';

/** The invoices of a policy: those it has once accepted, before that the ones that finalizing now would give. Saves nothing. */
export async function checkInvoices(desk: Desk, locator: string): Promise<readonly InvoiceResponse[]> {
  const found = await openCase(desk, locator);
  const { state, price } = found.quote.record;
  if (state === 'accepted') return getPolicy(desk, locator).invoices;
  if (state === 'declined' || state === 'discarded') return [];
  const priced = price ? found.quote.record : (await unlessStopped(desk, locator)).quote;
  if (!priced) throw new Problem('pricing-failed', `Policy ${locator} could not be priced.`);
  const plan = await quoteBilling(desk, priced, found, newRun(desk));
  return invoicesAtOnce(plan).map((invoice) => invoiceResponse(invoice, []));
}

async function unlessStopped(desk: Desk, locator: string) {
  const preview = await previewPolicy(desk, locator);
  if (preview.problem) throw preview.problem;
  return preview;
}
