import { issueBilling } from '#core/billing/accept.ts';
import { answeredBefore, type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { documentJob, finishDocuments, runAfterCommit } from './document-job.ts';
import { openCase } from './policies.ts';

/**
 * Issues a policy whose selected quote is accepted: it binds at once, offline too, under a number from this device's range
 * (settled questions, 6). What was declined or has no decision `accept` can not be issued (formats §4.1).
 * A retry finds it issued. Throws `not-accepted`, `wrong-state`.
 */
export async function issuePolicy(desk: Desk, caller: Caller, locator: string): Promise<void> {
  const { policy, quote, deployed, product } = await openCase(desk, locator);
  const { record } = quote;
  const place = { locator: policy.locator };
  if (answeredBefore(desk, caller, 'policy.issue', policy.locator) !== undefined)
    return finishDocuments(desk, policy.locator);
  if (policy.record.issuedAt !== undefined)
    throw new Problem('wrong-state', `Policy ${policy.record.displayId} is issued already.`, { place });
  if (record.state !== 'accepted')
    throw new Problem('not-accepted', `Policy ${policy.locator} can not be issued: ${REASONS[record.state]}`, {
      place,
    });
  if (record.underwriting && record.underwriting.decision !== 'accept')
    throw new Problem('not-accepted', `Policy ${policy.locator} can not be issued: ${REASONS.declined}`, { place });

  const at = desk.now();
  const { numbers, change } = takeNumbers(desk, 'policyNumber', 1);
  const job = documentJob(desk, product, {
    policyLocator: policy.locator,
    quoteLocator: quote.locator,
    event: 'issue',
  });
  const changes: Change[] = [
    change,
    write('policy', policy.locator, policy.version, {
      ...policy.record,
      displayId: numbers[0] ?? policy.locator,
      issuedAt: at,
      updatedAt: at,
    }),
    ...issueBilling(desk, record.modification),
    ...(job ? [write('job', job.locator, 0, job)] : []),
  ];
  commit(desk, caller, {
    name: 'policy.issue',
    arguments: { policy: policy.locator, quote: quote.locator },
    configuration: deployed.record.commit,
    changes,
    result: policy.locator,
  });
  await runAfterCommit(desk, job);
}

const REASONS = {
  draft: 'it is a draft. Finalize it first.',
  quoted: 'its quote is not accepted yet.',
  accepted: '',
  declined: 'the underwriting decision is not accept. It can only be discarded.',
  discarded: 'it is discarded.',
} as const;
