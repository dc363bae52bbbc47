import { productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk, findAll, need, type Typed, write } from '#core/desk/desk.ts';
import type { DocumentRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { definitionsOf, documentJob, runAfterCommit } from './document-job.ts';
import { needPolicy } from './policies.ts';

/**
 * Makes a document again, e.g. after a machine's fonts were repaired: what it says is worked out anew under the policy's own
 * configuration version. The new one takes its place; the old one stays in the journal. @returns the new document's locator
 * Throws `not-found`; `wrong-state` where it would say something else than at its time, or where no template makes it; and the
 * problem that kept it from being made: then the old document stays.
 */
export async function regenerateDocument(desk: Desk, caller: Caller, locator: string): Promise<string> {
  const before = answeredBefore(desk, caller, 'document.regenerate', locator);
  if (before !== undefined) return madeBy(desk, before, locator);
  const { record: document } = need(desk, 'document', locator);
  const policy = needPolicy(desk, document.policyLocator).record;
  const product = productOf(await desk.configurations.version(policy.configVersion), policy.productName);
  const source = sourceOf(desk, product, document);
  refuseOvertaken(desk, document, source);
  const { policyLocator, quoteLocator, event, transaction, billing } = source.record;
  const job = documentJob(desk, product, {
    policyLocator,
    quoteLocator,
    event,
    ...(transaction ? { transaction } : {}),
    ...(billing ? { billing } : {}),
    only: [document.displayName],
    replaces: locator,
  });
  if (!job) throw new Problem('internal', `No definition makes ${document.displayName}.`);
  commit(desk, caller, {
    name: 'document.regenerate',
    arguments: { document: locator, job: job.locator },
    changes: [write('job', job.locator, 0, job)],
    result: job.locator,
    request: locator,
  });
  await runAfterCommit(desk, job);
  return madeBy(desk, job.locator, locator);
}

/** The job that made a document. */
function sourceOf(desk: Desk, product: Product, document: DocumentRecord): Typed<'job'> {
  const { quoteLocator, policyModificationLocator, displayName, invoiceLocator, gracePeriodLocator } = document;
  const quote = need(desk, 'quote', quoteLocator).record;
  const source = findAll(desk, 'job', 'policyLocator', document.policyLocator).find(({ record: job }) => {
    const modification = job.billing?.modification ?? job.transaction?.modification ?? quote.modification;
    return (
      job.quoteLocator === quoteLocator &&
      modification === policyModificationLocator &&
      job.billing?.gracePeriod === gracePeriodLocator &&
      (job.billing === undefined || job.billing.invoice === invoiceLocator) &&
      definitionsOf(product, job).some((definition) => definition.displayName === displayName)
    );
  });
  if (source) return source;
  throw new Problem(
    'wrong-state',
    `"${displayName}" was not made from a template of its own (it was joined from others or uploaded): it can not be made again alone.`,
    { place: { locator: document.locator } },
  );
}

/** Documents of the policy's creation show the policy as it is: once it was changed, they would no longer say what was agreed. */
function refuseOvertaken(desk: Desk, document: DocumentRecord, { record: job }: Typed<'job'>): void {
  if (job.transaction || job.billing) return;
  const later = findAll(desk, 'transaction', 'policyLocator', document.policyLocator).some(
    ({ record }) => record.state === 'issued',
  );
  if (later)
    throw new Problem(
      'wrong-state',
      `"${document.displayName}" says what was agreed when the policy was made, and the policy was changed since: made again it would say something else. The document that is there stays.`,
      { place: { locator: document.locator } },
    );
}

function madeBy(desk: Desk, jobLocator: string, replaced: string): string {
  const { record: job } = need(desk, 'job', jobLocator);
  const failure = job.failures[0];
  if (failure) throw new Problem('document-failed', failure.message, { place: { locator: replaced } });
  const made = findAll(desk, 'document', 'policyLocator', job.policyLocator).find(
    ({ record }) => record.job === jobLocator,
  );
  if (made) return made.locator;
  throw new Problem(
    'document-failed',
    job.state === 'done'
      ? 'The template makes nothing now for this policy: the document that is there stays.'
      : 'The document was not made yet. It is tried again when Fieldwriter starts; the one that is there stays until then.',
    { place: { locator: replaced } },
  );
}
