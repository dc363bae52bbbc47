import { getGracePeriod } from '#core/billing/grace.ts';
import type { InvoiceRecord } from '#core/desk/billing-records.ts';
import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { type Caller, commit, type Desk, findAll, locatorOf, look, need, type Typed, write } from '#core/desk/desk.ts';
import type { DocumentRecord, JobRecord } from '#core/desk/records.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import type { ProducedDocument } from '#core/documents/contract.ts';
import { type DocumentEvent, documentsFor, reservedDocument, transactionDocuments } from '#core/documents/select.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { DocumentDefinition, Product } from '#core/model/product.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import type { Change } from '#core/store/contract.ts';
import { needPolicy, viewPolicy } from './policies.ts';
import { getPolicyholder } from './policyholders.ts';
import { type Consolidated, consolidateAfterIssue, hasPostIssuance } from './post-issuance.ts';
import { invoiceResponse, policyResponse } from './responses.ts';
import { transactionData } from './transactions/document-data.ts';

interface Due {
  readonly policyLocator: string;
  readonly quoteLocator: string;
  readonly event: DocumentEvent;
  /** The transaction after the issue that they are of; absent: the policy's creation. */
  readonly transaction?: NonNullable<JobRecord['transaction']>;
  /** The invoice or grace period whose reserved document is the only one. */
  readonly billing?: NonNullable<JobRecord['billing']>;
  /** Only these of them, when documents are tried again. */
  readonly only?: readonly string[];
  /** The document whose place the new one takes. */
  readonly replaces?: string;
}

/** The job that makes the documents due at an event; undefined when there are none. */
export function documentJob(desk: Desk, product: Product, due: Due): JobRecord | undefined {
  const consolidates = consolidatesAfter(product, due);
  if (definitionsOf(product, due).length === 0 && !consolidates) return undefined;
  const { only, ...rest } = due;
  return {
    ...rest,
    ...(only ? { only: [...only] } : {}),
    locator: locatorOf(desk),
    kind: 'documents',
    state: 'pending',
    createdAt: desk.now(),
    failures: [],
  };
}

/** Documents are joined after the issue of policies, endorsements and renewals (formats §2.10). */
function consolidatesAfter(
  product: Product,
  { event, transaction, billing, replaces }: Pick<Due, 'event' | 'transaction' | 'billing' | 'replaces'>,
): boolean {
  const kind = transaction?.kind ?? 'endorsement';
  return (
    !billing &&
    !replaces &&
    event === 'issue' &&
    (kind === 'endorsement' || kind === 'renewal') &&
    hasPostIssuance(product)
  );
}

/** What the plugin that joins documents is told was issued (formats §2.10). */
function operationOf({ transaction }: Pick<Due, 'transaction'>): 'newBusiness' | 'endorsement' | 'renewal' {
  const kind = transaction?.kind;
  return kind === 'endorsement' || kind === 'renewal' ? kind : 'newBusiness';
}

/** What is to be made: the documents of the event, and the invoice's when there is one by then. */
export function definitionsOf(
  product: Product,
  due: Pick<Due, 'event' | 'only' | 'transaction' | 'billing'>,
): readonly DocumentDefinition[] {
  const { event, transaction, billing, only } = due;
  const invoiced = event === 'finalize' || event === 'accept' || (billing && billing.gracePeriod === undefined);
  const invoice = invoiced ? reservedDocument(product, 'invoice') : undefined;
  const grace = billing?.gracePeriod === undefined ? undefined : reservedDocument(product, 'gracePeriod');
  const own = billing
    ? grace
      ? [grace]
      : []
    : transaction
      ? transactionDocuments(product, transaction.kind, transaction.name, event)
      : documentsFor(product.documents, event);
  const all = [...own, ...(invoice ? [invoice] : [])];
  return only ? all.filter(({ displayName }) => only.includes(displayName)) : all;
}

/**
 * Makes the documents of a pending job and saves them with its end in one commit. Each document that can not be made is kept
 * with its reason; none takes the others with it, and none undoes the transaction.
 */
export async function runDocumentJob(desk: Desk, locator: string): Promise<void> {
  const { record: job } = need(desk, 'job', locator);
  if (job.state === 'done') return;
  const policy = needPolicy(desk, job.policyLocator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const product = productOf(deployed, policy.productName);
  const view = viewPolicy(desk, policy, need(desk, 'quote', job.quoteLocator).record);
  const modification = job.billing?.modification ?? job.transaction?.modification ?? view.quote.modification;
  const invoice = view.invoices.find(({ locator: candidate, policyModificationLocator, settlementType }) =>
    job.billing
      ? candidate === job.billing.invoice
      : policyModificationLocator === modification && settlementType !== 'invalidated',
  );
  const data: JsonObject = JSON.parse(
    JSON.stringify({
      ...(job.transaction
        ? transactionData(view, product, job.transaction.locator, deployed.configuration.timeZone)
        : { policy: policyResponse(view) }),
      policyholder: getPolicyholder(desk, policy.policyholderLocator),
      ...(invoice ? invoiceData(invoice) : {}),
      ...(invoice && job.billing?.gracePeriod !== undefined
        ? { gracePeriod: { ...getGracePeriod(desk, job.billing.gracePeriod), invoice: invoiceResponse(invoice, []) } }
        : {}),
    }),
  );
  // The job's own time: made again after a crash, a document has the same bytes.
  const context = { clock: job.createdAt, seed: job.locator, worksheet: false };
  const produced = await produce(desk, deployed, product, data, job, context);
  const { records, failures } = await keptBytes(desk, job, produced, modification, invoice);
  const before = view.documents.filter(({ quoteLocator }) => quoteLocator === job.quoteLocator);
  const consolidated = consolidatesAfter(product, job)
    ? await consolidateAfterIssue(desk, {
        deployed,
        product,
        operation: operationOf(job),
        policy: data.policy ?? null,
        documents: [...before, ...records],
        context,
      })
    : undefined;
  finish(desk, job, records, failures, consolidated);
}

async function produce(
  desk: Desk,
  deployed: Deployed,
  product: Product,
  data: JsonObject,
  job: JobRecord,
  context: RunContext,
): Promise<readonly ProducedDocument[]> {
  // A transaction whose amounts all wait for later invoices has none to print yet.
  const documents = definitionsOf(product, job).filter(
    ({ templateName }) => templateName !== 'invoice' || data.invoice !== undefined,
  );
  if (documents.length === 0) return [];
  const { produceDocuments } = await import('#core/documents/produce.ts');
  return produceDocuments(
    { configuration: deployed.configuration, product, documents, data, context },
    { sandbox: desk.sandbox, printer: await desk.printer() },
  );
}

/** Stores what was made; the records that will name it, and what could not be made. */
async function keptBytes(
  desk: Desk,
  job: JobRecord,
  produced: readonly ProducedDocument[],
  modification: string,
  invoice: InvoiceRecord | undefined,
): Promise<{ readonly records: readonly DocumentRecord[]; readonly failures: JobRecord['failures'] }> {
  const records: DocumentRecord[] = [];
  const failures: JobRecord['failures'] = [];
  for (const document of produced) {
    const { displayName, fileName, type, templateName } = document.definition;
    if (document.state === 'failed') {
      const { code, message } = document.problem;
      failures.push({ displayName, fileName, code, message });
    }
    if (document.state !== 'made') continue;
    records.push({
      locator: locatorOf(desk),
      policyLocator: job.policyLocator,
      quoteLocator: job.quoteLocator,
      ...(templateName === 'invoice' && invoice ? { invoiceLocator: invoice.locator } : {}),
      ...(job.billing?.gracePeriod === undefined ? {} : { gracePeriodLocator: job.billing.gracePeriod }),
      policyModificationLocator: modification,
      job: job.locator,
      displayName,
      fileName,
      type,
      createdAt: job.createdAt,
      blob: await desk.store.blobs.put(document.bytes),
      ...(document.pages === undefined ? {} : { pages: document.pages }),
      warnings: [...document.warnings],
    });
  }
  return { records, failures };
}

/** Saves the documents and the end of their job in one commit; who comes second finds it done. */
function finish(
  desk: Desk,
  job: JobRecord,
  records: readonly DocumentRecord[],
  failures: JobRecord['failures'],
  consolidated: Consolidated | undefined,
): void {
  const { record, version } = need(desk, 'job', job.locator);
  if (record.state === 'done') return;
  const removed = consolidated?.removed ?? new Set();
  const made = [...records, ...(consolidated?.added ?? [])].filter(({ locator }) => !removed.has(locator));
  const replaced = job.replaces !== undefined && made.length > 0 ? [job.replaces] : [];
  const gone = [...removed, ...replaced].flatMap((locator): readonly Change[] => {
    const stored = look(desk, 'document', String(locator));
    return stored ? [{ type: 'document', locator: stored.locator, base: stored.version, record: null }] : [];
  });
  const done: JobRecord = {
    ...record,
    state: 'done',
    doneAt: desk.now(),
    failures: [...failures, ...(consolidated?.failures ?? [])],
  };
  commit(
    desk,
    { actor: WORKBENCH },
    {
      name: 'documents.produce',
      arguments: { job: job.locator, policy: job.policyLocator },
      changes: [
        ...made.map((document) => write('document', document.locator, 0, document)),
        ...gone,
        write('job', job.locator, version, done),
      ],
      result: job.locator,
    },
  );
}

/** Runs a job whose transaction is saved already: what goes wrong now leaves it pending, for the next start, and says so. */
export async function runAfterCommit(desk: Desk, job: JobRecord | undefined): Promise<void> {
  if (!job || desk.documents === 'later') return;
  try {
    await runDocumentJob(desk, job.locator);
  } catch (error) {
    desk.log('The documents of a transaction were not made; they are tried again at the next start', {
      policy: job.policyLocator,
      error: String(error),
    });
  }
}

/** Makes what is still due for a policy: an answer that was lost with its process waits for the documents as the first one did. */
export async function finishDocuments(desk: Desk, policyLocator: string): Promise<void> {
  for (const { record } of findAll(desk, 'job', 'policyLocator', policyLocator))
    if (record.state === 'pending') await runAfterCommit(desk, record);
}

/** Takes up the jobs that a killed process left behind. @returns how many there were */
export async function resumeJobs(desk: Desk): Promise<number> {
  const pending = findAll(desk, 'job', 'state', 'pending');
  for (const { record } of pending) await runAfterCommit(desk, record);
  return pending.length;
}

/** The documents of a quote that could not be made and were not made since, with the reason and what to do. */
export function failedDocuments(desk: Desk, policyLocator: string, quoteLocator: string): JobRecord['failures'] {
  return jobsOf(desk, policyLocator, quoteLocator).flatMap(({ record }) => record.failures);
}

/** Tries the documents again that could not be made, e.g. after a browser was installed. */
export async function retryDocuments(desk: Desk, caller: Caller, policyLocator: string): Promise<void> {
  const policy = needPolicy(desk, policyLocator).record;
  const product = productOf(await desk.configurations.version(policy.configVersion), policy.productName);
  const failed = jobsOf(desk, policy.locator, policy.quoteLocator).filter(({ record }) => record.failures.length > 0);
  const jobs = failed.flatMap(({ record }) => {
    const only = record.failures.map(({ displayName }) => displayName);
    return documentJob(desk, product, { ...record, only }) ?? [];
  });
  if (jobs.length === 0) return;
  commit(desk, caller, {
    name: 'documents.retry',
    arguments: { policy: policy.locator },
    changes: [
      ...failed.map(({ locator, version, record }) => write('job', locator, version, { ...record, failures: [] })),
      ...jobs.map((job) => write('job', job.locator, 0, job)),
    ],
    result: policy.locator,
  });
  for (const job of jobs) await runAfterCommit(desk, job);
}

function jobsOf(desk: Desk, policyLocator: string, quoteLocator: string): readonly Typed<'job'>[] {
  return findAll(desk, 'job', 'policyLocator', policyLocator).filter(
    ({ record }) => record.quoteLocator === quoteLocator,
  );
}

function invoiceData(invoice: InvoiceRecord) {
  // Commissions are hidden from invoice templates (formats §2.8).
  const items = invoice.items.filter(({ type }) => type !== 'commission');
  const response = invoiceResponse({ ...invoice, items }, []);
  return {
    invoice: response,
    invoiceFinancials: { financialTransactions: response.financialTransactions, totalDue: response.totalDue },
  };
}
