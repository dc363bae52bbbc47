import type { BillingPorts } from '#core/billing/contract.ts';
import { issueNextInvoice } from '#core/billing/payment-schedule.ts';
import { type BillingRun, runBilling } from '#core/billing/run.ts';
import type { Caller, Desk } from '#core/desk/desk.ts';
import { documentJob, finishDocuments, resumeJobs } from './document-job.ts';
import { guestReader } from './guest-reader.ts';
import { lapsePolicy } from './lapse.ts';

/** What billing needs of policies: lapses, what plugins may read, and the documents of invoices and grace periods. */
function billingPorts(desk: Desk): BillingPorts {
  return {
    lapse: (policyLocator, effective) => lapsePolicy(desk, policyLocator, effective),
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

const HOUR = 3_600_000;

/**
 * Bills by itself: once what was left behind is done, and every hour while the workbench is open.
 * @returns what ends it, after the run that is going on
 */
export function startBilling(desk: Desk, after: Promise<unknown>): { close(): Promise<void> } {
  let closed = false;
  const run = async (): Promise<void> => {
    if (closed) return;
    try {
      await billAll(desk);
    } catch (error) {
      desk.log('Billing could not be run', { error: String(error) });
    }
  };
  let running = after.then(run);
  const timer = setInterval(() => {
    running = running.then(run);
  }, HOUR);
  timer.unref();
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
