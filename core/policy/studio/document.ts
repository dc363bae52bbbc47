import { type Desk, need } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import { reservedDocument } from '#core/documents/select.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { DocumentDefinition, Product } from '#core/model/product.ts';
import { decodeText } from '#core/product/text.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { needPolicy, viewPolicy } from '../policies.ts';
import { getPolicyholder } from '../policyholders.ts';
import { invoicesAtOnce, quoteBilling } from '../quote-billing.ts';
import { decide, newRun, priceQuote } from '../rate.ts';
import { invoiceResponse, policyResponse } from '../responses.ts';
import { transactionData } from '../transactions/document-data.ts';
import { type EmptyField, emptyFields } from './coverage.ts';
import { sampledSubjects, take } from './risks.ts';
import { changedSide, type Side, type WorkingCopy } from './working-copy.ts';

/** A document of a product that can be tried, with the transaction that makes it. */
export interface DocumentChoice {
  /** Names it in a request. */
  readonly key: string;
  readonly displayName: string;
  readonly type: 'pdf' | 'html';
  readonly of: 'policy' | 'invoice' | 'endorsement' | 'renewal' | 'cancellation' | 'reinstatement';
  /** Path of its template; absent when it names one that is not there. */
  readonly file?: string;
}
type Chosen = DocumentChoice & { readonly definition: DocumentDefinition; readonly name?: string };

/** What a document is made from (ST8). */
export type Sample =
  | { readonly kind: 'sampled'; readonly seed: string; readonly index: number }
  | { readonly kind: 'stored'; readonly locator: string };

export type TriedDocument = { readonly empty: readonly EmptyField[] } & (
  | {
      readonly state: 'made';
      readonly type: 'pdf' | 'html';
      readonly bytes: Uint8Array;
      readonly pages?: number;
      readonly warnings: readonly string[];
    }
  | { readonly state: 'suppressed'; readonly warnings: readonly string[] }
  | { readonly state: 'failed'; readonly problem: Problem; readonly warnings: readonly string[] }
);

/** All documents that a product can make, those of the policy first. */
export function documentChoices(product: Product): readonly DocumentChoice[] {
  return choicesOf(product).map(({ definition: _d, name: _n, ...choice }) => choice);
}

function choicesOf(product: Product): readonly Chosen[] {
  const list = (
    of: DocumentChoice['of'],
    documents: readonly (DocumentDefinition | undefined)[],
    name?: string,
  ): Chosen[] =>
    documents.flatMap((definition, index) => {
      if (!definition) return [];
      const file = product.templates[definition.templateName.replace(/(\.template)?\.liquid$/, '')];
      const key = [of, name, index].filter((part) => part !== undefined).join('/');
      const { displayName, type } = definition;
      return [{ key, displayName, type, of, definition, ...(file ? { file } : {}), ...(name ? { name } : {}) }];
    });
  return [
    ...list('policy', product.documents),
    ...list('invoice', [reservedDocument(product, 'invoice')]),
    ...product.endorsements.flatMap(({ name, documents }) => list('endorsement', documents, name)),
    ...list('renewal', product.renewals.documents),
    ...product.cancellations.flatMap(({ name, documents }) => list('cancellation', documents, name)),
    ...list('cancellation', [reservedDocument(product, 'cancellation')]),
    ...list('reinstatement', [reservedDocument(product, 'reinstatement')]),
  ];
}

/** Makes a document of the working copy; nothing is stored. Throws `not-found` for a document or risk that is not there. */
export async function tryDocument(
  desk: Desk,
  copy: WorkingCopy,
  wanted: { readonly product: string; readonly document: string; readonly sample: Sample },
  signal?: AbortSignal,
): Promise<TriedDocument> {
  const side = sideOrProblem(copy, wanted.product);
  if (side instanceof Problem) return { state: 'failed', problem: side, warnings: [], empty: [] };
  const choice = choicesOf(side.product).find(({ key }) => key === wanted.document);
  if (!choice) throw new Problem('not-found', `The product has no document ${wanted.document}.`);
  const context: RunContext = { ...newRun(desk), worksheet: false };
  const { data, warnings } =
    wanted.sample.kind === 'sampled'
      ? await sampledData(desk, side, choice, wanted.sample, context)
      : storedData(desk, side, choice, wanted.sample.locator);
  const { produceDocuments } = await import('#core/documents/produce.ts');
  const [made] = await produceDocuments(
    {
      configuration: side.deployed.configuration,
      product: side.product,
      documents: [choice.definition],
      data: JSON.parse(JSON.stringify(data)) as JsonObject,
      context,
    },
    { sandbox: desk.sandbox, printer: await desk.printer(), ...(signal ? { signal } : {}) },
  );
  const empty = emptyIn(side, choice, context.clock);
  if (!made) throw new Problem('internal', 'Nothing was made of the document.');
  if (made.state === 'failed') return { state: 'failed', problem: made.problem, warnings, empty };
  if (made.state === 'suppressed') return { state: 'suppressed', warnings, empty };
  const { bytes, pages, definition } = made;
  return {
    state: 'made',
    type: definition.type,
    bytes,
    ...(pages === undefined ? {} : { pages }),
    warnings: [...warnings, ...made.warnings],
    empty,
  };
}

const LOOKED_AT = { seed: 'studio', count: 12 };

function emptyIn({ deployed, product }: Side, { file }: Chosen, now: number): readonly EmptyField[] {
  const { configuration } = deployed;
  const bytes = file === undefined ? undefined : configuration.files.get(file);
  return bytes ? emptyFields(decodeText(bytes).text, { configuration, product }, { ...LOOKED_AT, now }) : [];
}

/** A product with errors makes no documents, and says so as one that fails does: with the place of the first. */
function sideOrProblem(copy: WorkingCopy, product: string): Side | Problem {
  try {
    return changedSide(copy, product);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'invalid-configuration') return cause;
    throw cause;
  }
}

interface Data {
  readonly data: object;
  readonly warnings: readonly string[];
}

const OWN_DATA = new Set<DocumentChoice['of']>(['endorsement', 'renewal', 'cancellation', 'reinstatement']);

function ownDataMissing({ of, displayName }: DocumentChoice): string {
  return `"${displayName}" belongs to a ${of}, and this risk has none: what it says of it is empty. Choose a policy that has one.`;
}

async function sampledData(
  desk: Desk,
  side: Side,
  choice: Chosen,
  { seed, index }: { readonly seed: string; readonly index: number },
  context: RunContext,
): Promise<Data> {
  const [subject] = sampledSubjects(side, { seed, from: index, count: 1, now: context.clock });
  if (!subject) throw new Problem('internal', 'No risk was sampled.');
  const { rated } = take(desk, side, subject);
  const warnings: string[] = OWN_DATA.has(choice.of) ? [ownDataMissing(choice)] : [];
  const quote = await decidedQuote(desk, side, rated, context, warnings);
  const invoice = await firstInvoice(desk, side, quote, context, warnings);
  const policy = policyResponse({ ...rated.view, quote, quotes: [quote], invoices: invoice ? [invoice] : [] });
  return {
    data: { policy, policyholder: rated.policyholder, ...(invoice ? invoiceMembers(invoice) : {}) },
    warnings,
  };
}

/** Priced and accepted as far as it goes (ST9). */
async function decidedQuote(
  desk: Desk,
  side: Side,
  rated: ReturnType<typeof take>['rated'],
  context: RunContext,
  warnings: string[],
): Promise<QuoteRecord> {
  const { quote } = rated.view;
  if (side.product.externalRater !== undefined) {
    warnings.push('A rater outside prices this product, and previews call none: amounts are empty.');
    return quote;
  }
  const priced = await priceQuote(desk, rated, context);
  if (!priced.ok) {
    warnings.push(`The sample could not be priced, amounts are empty: ${priced.problem.message}`);
    return quote;
  }
  const decided = await decide(desk, rated, priced.quote, context);
  if (!decided.ok) warnings.push(`The sample could not be underwritten: ${decided.problem.message}`);
  const underwriting = decided.ok && decided.result ? { underwriting: decided.result } : {};
  return { ...priced.quote, state: 'accepted', ...underwriting };
}

async function firstInvoice(
  desk: Desk,
  side: Side,
  quote: QuoteRecord,
  context: RunContext,
  warnings: string[],
): Promise<ReturnType<typeof invoicesAtOnce>[number] | undefined> {
  if (!quote.price) return undefined;
  try {
    return invoicesAtOnce(await quoteBilling(desk, quote, side, context))[0];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    warnings.push(`The sample could not be invoiced: ${cause.message}`);
    return undefined;
  }
}

/** A stored policy as its documents see it, whatever version it was made with. */
function storedData(desk: Desk, side: Side, choice: Chosen, locator: string): Data {
  const policy = needPolicy(desk, locator).record;
  const view = viewPolicy(desk, policy, need(desk, 'quote', policy.quoteLocator).record);
  const policyholder = getPolicyholder(desk, policy.policyholderLocator);
  const invoice = view.invoices.findLast(({ settlementType }) => settlementType !== 'invalidated');
  const shared = { policyholder, ...(invoice ? invoiceMembers(invoice) : {}) };
  if (!OWN_DATA.has(choice.of)) return { data: { policy: policyResponse(view), ...shared }, warnings: [] };
  const transaction = view.transactions.findLast(
    ({ kind, name }) => kind === choice.of && (choice.name === undefined || name === choice.name),
  );
  if (!transaction) return { data: { policy: policyResponse(view), ...shared }, warnings: [ownDataMissing(choice)] };
  const { timeZone } = side.deployed.configuration;
  return { data: { ...transactionData(view, side.product, transaction.locator, timeZone), ...shared }, warnings: [] };
}

function invoiceMembers(invoice: Parameters<typeof invoiceResponse>[0]): object {
  // Commissions are hidden from invoice templates (formats §2.8).
  const response = invoiceResponse(
    { ...invoice, items: invoice.items.filter(({ type }) => type !== 'commission') },
    [],
  );
  const { financialTransactions, totalDue } = response;
  return { invoice: response, invoiceFinancials: { financialTransactions, totalDue } };
}
