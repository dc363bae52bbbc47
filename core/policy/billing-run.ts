import type { BillingPorts } from '#core/billing/contract.ts';
import { issueNextInvoice } from '#core/billing/payment-schedule.ts';
import { type BillingRun, runBilling } from '#core/billing/run.ts';
import type { Caller, Desk } from '#core/desk/desk.ts';
import { type Watch, watchRuns } from '#core/desk/last-run.ts';
import { documentJob, finishDocuments, resumeJobs } from './document-job.ts';
import { guestReader } from './guest-reader.ts';
import { lapsePolicy } from './lapse.ts';

/** What billing needs of policies: lapses, what plugins may read, and the documents of invoices and grace periods. */
function billingPorts(desk: Desk): BillingPorts {
  return {
    lapse: (policyLocator, effective, gracePeriod) => lapsePolicy(desk, policyLocator, effective, gracePeriod),
    reader: guestReader(desk),
    documentJob: (product, { policyLocator, quoteLocator, ...billing }) =>
      documentJob(desk, product, { policyLocator, quoteLocator, billing, event: 'issue' }),
  };
}

/** Does what time has brought for every policy (core/billing/run.ts), and makes the documents of it. */
export async function billAll(desk: Desk): Promise<BillingRun> {
  const done = await runBilling(desk, billingPorts(desk));
  if (done.issued.length > 0 || done.graceOpened.length > 0) await resumeJobs(desk);
  return done;
}

/** Issues a policy's next planned invoice with its document. @returns its locator. Throws as `issueNextInvoice` does. */
export async function issueNext(desk: Desk, caller: Caller, policyLocator: string): Promise<string> {
  const locator = await issueNextInvoice(desk, caller, policyLocator, billingPorts(desk));
  await finishDocuments(desk, policyLocator);
  return locator;
}

/** How often it bills, in milliseconds. */
export const BILLING_EVERY = 3_600_000;

export interface Billing {
  /** Bills now; runs never overlap. */
  run(): Promise<BillingRun>;
  readonly watch: Watch<BillingRun>;
  /** Ends when a run that is under way has. */
  close(): Promise<void>;
}

/**
 * Bills by itself: once what was left behind is done, and every hour while the workbench is open.
 */
export function startBilling(desk: Desk, after: Promise<unknown>): Billing {
  let closed = false;
  let last: Promise<unknown> = after;
  const watch = watchRuns<BillingRun>(desk.now);
  const enqueue = (): Promise<BillingRun> => {
    const next = last.then(() => watch.around(() => billAll(desk)));
    last = next.catch(() => undefined);
    return next;
  };
  const quietly = (): void => {
    // Before the first fetch from the cloud is complete nobody knows what was billed elsewhere (core/sync/SPEC.md SY44).
    if (closed || desk.store.replication.status()?.snapshot) return;
    enqueue().catch((error: unknown) => desk.log('Billing could not be run', { error: String(error) }));
  };
  quietly();
  const timer = setInterval(quietly, BILLING_EVERY);
  timer.unref();
  return {
    run: enqueue,
    watch,
    async close() {
      closed = true;
      clearInterval(timer);
      await last;
    },
  };
}
