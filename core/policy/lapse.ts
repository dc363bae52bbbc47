import { reversePending } from '#core/billing/payments.ts';
import type { Caller, Desk } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import type { Millis } from '#core/model/time.ts';
import { advanceTransaction } from './transactions/advance.ts';
import { createCancellation } from './transactions/create-coverage.ts';
import { coveredFrom, openIssued } from './transactions/open.ts';

/**
 * Lets a policy lapse: a cancellation named `lapse` that is made and issued at once, whatever was accepted and not issued gives
 * way (formats §3.7). @returns its locator, also of one that was issued before; undefined for a policy that is cancelled
 * otherwise or has expired by then
 */
export async function lapsePolicy(desk: Desk, policyLocator: string, effective: Millis): Promise<string | undefined> {
  const { history, view } = await openIssued(desk, policyLocator);
  const { ended } = history.timeline;
  if (ended)
    return view.transactions.find(({ modification, name }) => modification === ended.by && name === 'lapse')?.locator;
  // Before the policy begins, or in a gap of its cover, what is still to come never begins.
  const from = coveredFrom(history.timeline, effective);
  if (from === undefined) return undefined;
  const caller: Caller = { actor: WORKBENCH };
  reversePending(desk, caller, policyLocator);
  // A lapse that a killed process left as a draft is gone on with.
  const begun = view.transactions.find(
    ({ kind, name, state }) => kind === 'cancellation' && name === 'lapse' && state === 'draft',
  );
  const locator =
    begun?.locator ??
    (await createCancellation(desk, caller, policyLocator, {
      name: 'lapse',
      effectiveTimestamp: String(from),
      conflictHandling: 'invalidate',
    }));
  await advanceTransaction(desk, caller, locator, 'issued');
  return locator;
}
