import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from '#core/api/parse.ts';
import { HistoryRequest } from '#core/api/transaction-schemas.ts';
import { need } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { type HistoryAnswer, runHistory } from '#core/policy/history-run.ts';
import { blobOf } from '#core/policy/media.ts';
import type { QuotedDocument } from '#core/policy/quote-run.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { datesRead } from '#core/policy/written-dates.ts';
import { historyPorts } from './history-requests.ts';
import { printJson, printProblem } from './output.ts';
import { chooseProduct, configurationAt, jsonAt } from './source.ts';

/**
 * `fieldwriter quote <configuration> <request>`: through finalize in a store that is thrown away, or, with transactions, through a
 * policy's whole life. A rejection is an answer.
 * @returns the exit code; an error is a problem document on standard error
 */
export async function quote(
  source: string,
  requestPath: string,
  options: { readonly product?: string; readonly documents?: string },
): Promise<number> {
  let workbench: ThrowawayDesk | undefined;
  try {
    const given = await jsonAt(requestPath);
    const configuration = await configurationAt(source);
    const product = chooseProduct(configuration, options.product ?? productNamed(given));
    const { timeZone } = configuration;
    const request = parse(HistoryRequest, withDates(withProduct(given, product.name), timeZone), 'The request');
    workbench = await openThrowawayDesk(configuration, { documents: options.documents ? 'produce' : 'later' });
    const { desk, caller } = workbench;
    const { issuedTimestamp, ...rest } = request;
    const history = { ...rest, ...(issuedTimestamp === undefined ? {} : { issuedTimestamp }) };
    const answer = await runHistory(desk, caller, history, historyPorts(workbench, timeZone));
    const files = options.documents ? await writeDocuments(workbench, answer, options.documents) : undefined;
    const { transactions, notReached, ...quoted } = answer;
    printJson({
      summary: { ...summaryOf(answer), ...(notReached === undefined ? {} : { transactionsNotReached: notReached }) },
      ...quoted,
      ...(files ? { documents: files } : {}),
      ...(request.transactions.length > 0 ? { transactions } : {}),
    });
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await workbench?.close();
  }
}

function productNamed(request: unknown): string | undefined {
  const policy = member(request, 'policy');
  const name = member(policy, 'productName');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function withProduct(request: unknown, productName: string): unknown {
  const policy = member(request, 'policy');
  if (typeof request !== 'object' || typeof policy !== 'object') return request;
  return { ...request, policy: { ...policy, productName } };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Dates of the request as instants; its transactions are read one by one, after their references. */
function withDates(request: unknown, timeZone: string): unknown {
  if (!isObject(request)) return request;
  const dated = datesRead(request, timeZone, 'The request');
  const { policy } = request;
  return isObject(policy) ? { ...dated, policy: datesRead(policy, timeZone, 'policy') } : dated;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The figures that everybody looks for first (settled questions, 15): as the last issued transaction left them, over all terms. */
function summaryOf({ policy: first, underwriting, transactions }: HistoryAnswer) {
  const issued = transactions.filter(({ state, price }) => state === 'issued' && price !== null);
  const price = issued.at(-1)?.price;
  const policy = issued.at(-1)?.policy ?? first;
  const row = first.characteristics.at(-1);
  const decimals = currencyDecimals(policy.currency ?? 'USD');
  const grossPremium = price?.newGrossPremium ?? row?.grossPremium ?? '0';
  const grossTaxes = price?.newGrossTaxes ?? row?.grossTaxes ?? '0';
  const held = issued.reduce((sum, one) => sum.plus(one.price?.holdbackChange ?? 0), new Decimal(0));
  const total = new Decimal(grossPremium).plus(grossTaxes).plus(policy.grossFees).plus(held);
  return {
    currency: policy.currency,
    grossPremium,
    grossTaxes,
    grossFees: policy.grossFees,
    ...(held.isZero() ? {} : { holdbacks: moneyText(held, decimals) }),
    total: moneyText(total, decimals),
    decision: underwriting?.decision ?? null,
  };
}

/** The documents of the quote and of everything after it, as files. */
async function writeDocuments({ desk }: ThrowawayDesk, answer: HistoryAnswer, folder: string) {
  await mkdir(folder, { recursive: true });
  const taken = new Set<string>();
  const written = [];
  for (const document of [...answer.documents, ...laterDocuments(answer)]) {
    if (document.locator === undefined) {
      written.push(document);
      continue;
    }
    const record = need(desk, 'document', document.locator).record;
    const file = path.join(folder, freeName(record.fileName, taken));
    await writeFile(file, await blobOf(desk, record.blob, record.locator));
    written.push({ ...document, file, ...(record.pages ? { pages: record.pages } : {}), warnings: record.warnings });
  }
  return written;
}

/** What issuing and the transactions made. */
function laterDocuments({ documents, transactions, policy }: HistoryAnswer): readonly QuotedDocument[] {
  const last = transactions.at(-1)?.policy ?? policy;
  const made = [...last.documents, ...last.invoices.flatMap((invoice) => invoice.documents)];
  return made
    .filter(({ locator }) => !documents.some((document) => document.locator === locator))
    .map(({ locator, displayName, fileName, type }) => ({
      locator,
      displayName,
      fileName,
      type,
      state: 'made' as const,
    }));
}

/** Two documents of one name do not overwrite each other. */
function freeName(name: string, taken: Set<string>): string {
  const { name: stem, ext } = path.parse(name);
  let free = name;
  for (let i = 2; taken.has(free.toLowerCase()); i += 1) free = `${stem}-${i}${ext}`;
  taken.add(free.toLowerCase());
  return free;
}
