import { reversePending } from '#core/billing/payments.ts';
import { type Caller, type Desk, need, write } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { Change } from '#core/store/contract.ts';
import { advanceTransaction } from './transactions/advance.ts';
import { createCancellation } from './transactions/create-coverage.ts';
import { coveredFrom, openIssued } from './transactions/open.ts';

/**
 * Lets a policy lapse: a cancellation named `lapse` that is made and issued at once, whatever was accepted and not issued gives
 * way (formats §3.7). Each commit of it writes the grace period that ended, as it is: a payment that settles it on another device
 * meets the lapse there, and one of the two is refused (core/sync/SPEC.md SY33). @returns its locator, also of one that was issued before; undefined for a policy that is cancelled
 * otherwise or has expired by then
 */
export async function lapsePolicy(
  desk: Desk,
  policyLocator: string,
  effective: Millis,
  gracePeriod: string,
): Promise<string | undefined> {
  const { history, view } = await openIssued(desk, policyLocator);
  const { ended } = history.timeline;
  if (ended)
    return view.transactions.find(({ modification, name }) => modification === ended.by && name === 'lapse')?.locator;
  // Before the policy begins, or in a gap of its cover, what is still to come never begins.
  const from = coveredFrom(history.timeline, effective);
  if (from === undefined) return undefined;
  const caller: Caller = { actor: WORKBENCH };
  const touched = (): readonly Change[] => {
    const { record, version } = need(desk, 'gracePeriod', gracePeriod);
    if (record.state !== 'open')
      throw new Problem('wrong-state', `The grace period ${gracePeriod} was settled meanwhile: nothing lapses.`);
    return [write('gracePeriod', gracePeriod, version, record)];
  };
  reversePending(desk, caller, policyLocator);
  // A lapse that a killed process left as a draft is gone on with.
  const begun = view.transactions.find(
    ({ kind, name, state }) => kind === 'cancellation' && name === 'lapse' && state === 'draft',
  );
  const locator =
    begun?.locator ??
    (await createCancellation(
      desk,
      caller,
      policyLocator,
      { name: 'lapse', effectiveTimestamp: String(from), conflictHandling: 'invalidate' },
      touched,
    ));
  await advanceTransaction(desk, caller, locator, 'issued', touched);
  return locator;
}
