import type { ProducedDocument } from '#core/documents/contract.ts';
import { type DocumentEvent, documentsFor, reservedDocument } from '#core/documents/select.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { DocumentDefinition, Product } from '#core/model/product.ts';
import type { Actor, Change } from '#core/store/contract.ts';
import { type Deployed, productOf } from './configurations.ts';
import { type Caller, commit, type Desk, findAll, locatorOf, need, type Typed, write } from './desk.ts';
import { needPolicy, viewPolicy } from './policies.ts';
import { getPolicyholder } from './policyholders.ts';
import type { DocumentRecord, InvoiceRecord, JobRecord } from './records.ts';
import { invoiceResponse, policyResponse } from './responses.ts';

/** What the workbench does by itself has an author too. */
const WORKBENCH: Actor = { user: 'workbench', name: 'Fieldwriter' };

interface Due {
  readonly policyLocator: string;
  readonly quoteLocator: string;
  readonly event: DocumentEvent;
  /** Only these of them, when documents are tried again. */
  readonly only?: readonly string[];
}

/** The job that makes the documents due at an event; undefined when there are none. */
export function documentJob(desk: Desk, product: Product, due: Due): JobRecord | undefined {
  if (definitionsOf(product, due).length === 0) return undefined;
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

/** What is to be made: the product's documents of the event, and the invoice's when there is one by then. */
export function definitionsOf(product: Product, due: Pick<Due, 'event' | 'only'>): readonly DocumentDefinition[] {
  const invoiced = due.event === 'finalize' || due.event === 'accept';
  const invoice = invoiced ? reservedDocument(product, 'invoice') : undefined;
  const all = [...documentsFor(product.documents, due.event), ...(invoice ? [invoice] : [])];
  return due.only ? all.filter(({ displayName }) => due.only?.includes(displayName)) : all;
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
  const invoice = view.invoices.find(({ quoteLocator }) => quoteLocator === job.quoteLocator);
  const data: JsonObject = JSON.parse(
    JSON.stringify({
      policy: policyResponse(view),
      policyholder: getPolicyholder(desk, policy.policyholderLocator),
      ...(invoice ? invoiceData(invoice) : {}),
    }),
  );
  const produced = await produce(desk, deployed, product, data, job);
  await keep(desk, job, produced, view.quote.modification, invoice);
}

async function produce(
  desk: Desk,
  deployed: Deployed,
  product: Product,
  data: JsonObject,
  job: JobRecord,
): Promise<readonly ProducedDocument[]> {
  const { produceDocuments } = await import('#core/documents/produce.ts');
  return produceDocuments(
    {
      configuration: deployed.configuration,
      product,
      documents: definitionsOf(product, job),
      data,
      // The job's own time: made again after a crash, a document has the same bytes.
      context: { clock: job.createdAt, seed: job.locator, worksheet: false },
    },
    { sandbox: desk.sandbox, printer: await desk.printer() },
  );
}

async function keep(
  desk: Desk,
  job: JobRecord,
  produced: readonly ProducedDocument[],
  modification: string,
  invoice: InvoiceRecord | undefined,
): Promise<void> {
  const changes: Change[] = [];
  const failures: JobRecord['failures'] = [];
  for (const document of produced) {
    const { displayName, fileName, type, templateName } = document.definition;
    if (document.state === 'failed') {
      const { code, message } = document.problem;
      failures.push({ displayName, fileName, code, message });
    }
    if (document.state !== 'made') continue;
    const record: DocumentRecord = {
      locator: locatorOf(desk),
      policyLocator: job.policyLocator,
      quoteLocator: job.quoteLocator,
      ...(templateName === 'invoice' && invoice ? { invoiceLocator: invoice.locator } : {}),
      policyModificationLocator: modification,
      displayName,
      fileName,
      type,
      createdAt: job.createdAt,
      blob: await desk.store.blobs.put(document.bytes),
      ...(document.pages === undefined ? {} : { pages: document.pages }),
      warnings: [...document.warnings],
    };
    changes.push(write('document', record.locator, 0, record));
  }
  const { record, version } = need(desk, 'job', job.locator);
  if (record.state === 'done') return;
  changes.push(write('job', job.locator, version, { ...record, state: 'done', doneAt: desk.now(), failures }));
  const caller = { actor: WORKBENCH };
  const { locator: result, policyLocator: policy } = job;
  commit(desk, caller, { name: 'documents.produce', arguments: { job: result, policy }, changes, result });
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
  const response = invoiceResponse(invoice, []);
  return {
    invoice: response,
    invoiceFinancials: { financialTransactions: response.financialTransactions, totalDue: response.totalDue },
  };
}
