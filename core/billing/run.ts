import { productOf } from '#core/desk/configurations.ts';
import { commit, type Desk, findAll, look, need, write } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { Decimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { issueInvoices, withoutIssued } from './accept.ts';
import { carried } from './carry-forward.ts';
import type { BillingPorts } from './contract.ts';
import { documentJobs } from './document-jobs.ts';
import { graceCase, hadGrace, newGrace } from './grace.ts';
import { graceSettled, isPastDue, openGrace, owedInvoices } from './settlement.ts';

/** What a run did, by locators, and what it could not do. */
export interface BillingRun {
  readonly issued: readonly string[];
  /** Policies whose invoices wait for a transaction that is accepted and not issued. */
  readonly waiting: readonly string[];
  readonly graceOpened: readonly string[];
  readonly graceSettled: readonly string[];
  readonly lapsed: readonly string[];
  readonly failures: readonly { readonly policyLocator: string; readonly code: string; readonly message: string }[];
}
type Sums = { -readonly [K in keyof BillingRun]: BillingRun[K][number][] };

/**
 * Does what time has brought (BI24, BI60 to BI64): issues planned invoices, opens and settles grace periods, lets policies lapse.
 * One commit a step and policy; what fails for one policy is reported and tried again by the next run, the others go on. Running
 * it twice changes nothing more.
 */
export async function runBilling(desk: Desk, ports: BillingPorts = {}): Promise<BillingRun> {
  const sums: Sums = { issued: [], waiting: [], graceOpened: [], graceSettled: [], lapsed: [], failures: [] };
  const attempt = async (policyLocator: string, step: () => void | Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Problem)) desk.log('Billing broke', { policy: policyLocator, error: String(error) });
      const code = error instanceof Problem ? error.code : 'internal';
      sums.failures.push({ policyLocator, code, message: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const { locator } of findAll(desk, 'billing', 'hasPlanned', 'yes'))
    await attempt(locator, () => issueDue(desk, locator, ports, sums));
  const late = new Set(
    findAll(desk, 'invoice', 'settlementStatus', 'outstanding')
      .filter(({ record }) => isPastDue(record, desk.now()))
      .map(({ record }) => record.policyLocator),
  );
  for (const locator of late) await attempt(locator, () => openGracePeriod(desk, locator, ports, sums));
  for (const { locator, record } of findAll(desk, 'gracePeriod', 'state', 'open'))
    await attempt(record.policyLocator, () => closeGracePeriod(desk, locator, ports, sums));
  return sums;
}

/** Issues what is due of one policy, unless a transaction is accepted and not issued: it may still be taken back (BI32). */
async function issueDue(desk: Desk, locator: string, ports: BillingPorts, sums: Sums): Promise<void> {
  if (!isDue(desk, locator)) return;
  const policy = need(desk, 'policy', locator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const product = productOf(deployed, policy.productName);
  const { record, version } = need(desk, 'billing', locator);
  if (record.pending.length > 0) {
    sums.waiting.push(locator);
    return;
  }
  const at = desk.now();
  const due = record.state.planned.filter(({ issueAt }) => issueAt <= at);
  if (due.length === 0) return;
  const { invoices, changes } = issueInvoices(desk, due, {
    ...record,
    policyLocator: locator,
    timeZone: deployed.configuration.timeZone,
    at,
    transactionIssued: true,
  });
  const locators = invoices.map((invoice) => invoice.locator);
  save(desk, 'billing.issue', { policy: locator }, locator, [
    ...changes,
    write('billing', locator, version, { ...record, ...withoutIssued(record.state, due), updatedAt: at }),
    ...documentJobs(ports, product, invoices),
  ]);
  sums.issued.push(...locators);
}

function isDue(desk: Desk, locator: string): boolean {
  const planned = look(desk, 'billing', locator)?.record.state.planned ?? [];
  return planned.some(({ issueAt }) => issueAt <= desk.now());
}

async function openGracePeriod(desk: Desk, policyLocator: string, ports: BillingPorts, sums: Sums): Promise<void> {
  const late = () =>
    openGrace(desk, policyLocator)
      ? undefined
      : owedInvoices(desk, policyLocator).find(
          ({ record }) => isPastDue(record, desk.now()) && !hadGrace(desk, record.locator),
        );
  const invoice = late();
  if (!invoice) return;
  const found = await graceCase(desk, invoice.record, ports.reader);
  if (!found) return;
  const grace = await newGrace(desk, found);
  // It may have been paid while the plugin was asked.
  if (late()?.locator !== invoice.locator) return;
  save(desk, 'gracePeriod.open', { policy: policyLocator, gracePeriod: grace.locator }, grace.locator, [
    write('gracePeriod', grace.locator, 0, grace),
    ...documentJobs(ports, found.product, [invoice.record], grace.locator),
  ]);
  sums.graceOpened.push(grace.locator);
}

async function closeGracePeriod(desk: Desk, locator: string, ports: BillingPorts, sums: Sums): Promise<void> {
  const { record } = need(desk, 'gracePeriod', locator);
  const { policyLocator } = record;
  const done = graceSettled(desk, policyLocator, desk.now(), []);
  if (done.length > 0) {
    save(desk, 'gracePeriod.settle', { policy: policyLocator, gracePeriod: locator }, locator, done);
    sums.graceSettled.push(locator);
    return;
  }
  if (record.end > desk.now() || !ports.lapse) return;
  const cancellation = await ports.lapse(policyLocator, record.cancelEffective ?? desk.now(), locator);
  const grace = need(desk, 'gracePeriod', locator);
  const over = { ...grace.record, settledAt: desk.now() };
  const lapsed = write(
    'gracePeriod',
    locator,
    grace.version,
    cancellation === undefined
      ? { ...over, state: 'settled' }
      : { ...over, state: 'lapsed', cancellationLocator: cancellation },
  );
  const changes = cancellation === undefined ? [] : settledByLapse(desk, policyLocator);
  save(desk, 'gracePeriod.end', { policy: policyLocator, gracePeriod: locator }, locator, [
    lapsed,
    // Settling the debts would settle the grace period too: it has ended already.
    ...changes.filter((change) => change.locator !== locator),
  ]);
  if (cancellation === undefined) sums.graceSettled.push(locator);
  else sums.lapsed.push(policyLocator);
}

/** A lapse ends the account (BI64): credits pay for what is owed, the rest is written off. */
function settledByLapse(desk: Desk, policyLocator: string): readonly Change[] {
  const credits = findAll(desk, 'invoice', 'policyLocator', policyLocator).filter(
    ({ record }) => record.settlementStatus === 'outstanding' && new Decimal(record.totalDue).isNegative(),
  );
  return carried(desk, credits, owedInvoices(desk, policyLocator), 'writtenOff').changes;
}

function save(
  desk: Desk,
  name: string,
  args: Readonly<Record<string, string>>,
  result: string,
  changes: readonly Change[],
): void {
  commit(desk, { actor: WORKBENCH }, { name, arguments: args, changes, result });
}
