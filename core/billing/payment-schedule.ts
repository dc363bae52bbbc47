import { productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk, locatorOf, need, type Typed, write } from '#core/desk/desk.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { GuestReader } from '#core/sandbox/contract.ts';
import { acceptBilling, issueInvoices, withoutIssued } from './accept.ts';
import type { BillingPorts } from './contract.ts';
import { documentJobs } from './document-jobs.ts';
import { planBilling } from './plan.ts';

/**
 * Bills a policy by another payment schedule from now on (BI33): what is not invoiced yet is planned anew, issued invoices stay.
 * Throws `invalid-fields` for a schedule that the product has not, `wrong-state` while a transaction is accepted and not issued.
 */
export async function changePaymentSchedule(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  name: string,
  more: { readonly reader?: GuestReader; readonly policyResponse?: () => PolicyResponse } = {},
): Promise<void> {
  if (answeredBefore(desk, caller, 'billing.schedule', { policyLocator, name }) !== undefined) return;
  const policy = need(desk, 'policy', policyLocator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const product = productOf(deployed, policy.productName);
  if (!product.paymentSchedules.some((schedule) => schedule.name === name)) {
    const known = product.paymentSchedules.map((schedule) => schedule.name).join(', ');
    const message = `${product.name} has no payment schedule "${name}". It has: ${known || 'none'}.`;
    throw new Problem('invalid-fields', message, {
      fieldErrors: [{ fieldName: 'newPaymentScheduleName', code: 'INVALID_VALUE', message }],
      place: { field: 'newPaymentScheduleName' },
    });
  }
  const { record } = settledBilling(desk, policyLocator);
  const at = desk.now();
  const plan = await planBilling(desk, {
    deployed,
    product,
    policy: { ...record, locator: policyLocator },
    transaction: {
      locator: locatorOf(desk),
      operation: 'manual',
      effective: at,
      coverageStart: at,
      coverageEnd: record.state.terms.at(-1)?.end ?? at,
    },
    charges: [],
    paymentScheduleName: name,
    at,
    context: { clock: at, seed: locatorOf(desk), worksheet: false },
    ...more,
  });
  commit(desk, caller, {
    name: 'billing.schedule',
    arguments: { policy: policyLocator, schedule: name },
    configuration: deployed.record.commit,
    changes: acceptBilling(desk, plan, { issued: true }),
    result: policyLocator,
    request: { policyLocator, name },
  });
}

/**
 * Issues the next planned invoice of a policy before its time. @returns its locator
 * Throws `wrong-state` when nothing is planned or a transaction is accepted and not issued.
 */
export async function issueNextInvoice(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  ports: BillingPorts = {},
): Promise<string> {
  const before = answeredBefore(desk, caller, 'billing.issueNext', policyLocator);
  if (before !== undefined) return before;
  const policy = need(desk, 'policy', policyLocator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const product = productOf(deployed, policy.productName);
  const { record, version } = settledBilling(desk, policyLocator);
  const [next] = record.state.planned;
  if (!next)
    throw new Problem('wrong-state', `Policy ${policy.displayId} is invoiced in full: nothing is planned.`, {
      place: { locator: policyLocator },
    });
  const at = desk.now();
  const { invoices, changes } = issueInvoices(desk, [next], {
    ...record,
    policyLocator,
    timeZone: deployed.configuration.timeZone,
    at,
    transactionIssued: true,
  });
  const locator = invoices[0]?.locator ?? '';
  commit(desk, caller, {
    name: 'billing.issueNext',
    arguments: { policy: policyLocator, invoice: locator },
    changes: [
      ...changes,
      write('billing', policyLocator, version, { ...record, ...withoutIssued(record.state, [next]), updatedAt: at }),
      ...documentJobs(ports, product, invoices),
    ],
    result: locator,
    request: policyLocator,
  });
  return locator;
}

/** The billing of a policy of which nothing can be taken back any more. Throws `wrong-state`. */
function settledBilling(desk: Desk, policyLocator: string): Typed<'billing'> {
  const found = need(desk, 'billing', policyLocator);
  const [pending] = found.record.pending;
  if (!pending) return found;
  throw new Problem(
    'wrong-state',
    `Transaction ${pending.transactionLocator} of policy ${policyLocator} is accepted and not issued: issue or invalidate it first.`,
    { place: { locator: policyLocator } },
  );
}
