import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from '#core/api/parse.ts';
import { HistoryRequest, HistoryTransaction } from '#core/api/transaction-schemas.ts';
import { need } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { type HistoryAnswer, type HistoryTransaction as HistoryStep, runHistory } from '#core/policy/history-run.ts';
import { blobOf } from '#core/policy/media.ts';
import type { QuoteAnswer } from '#core/policy/quote-run.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
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
    const request = parse(HistoryRequest, withProduct(given, product.name), 'The request');
    workbench = await openThrowawayDesk(configuration, { documents: options.documents ? 'produce' : 'later' });
    const { desk, caller, clock } = workbench;
    const { issuedTimestamp, ...rest } = request;
    const history = { ...rest, ...(issuedTimestamp === undefined ? {} : { issuedTimestamp }) };
    const answer = await runHistory(desk, caller, history, clock, readTransaction);
    const files = options.documents ? await writeDocuments(workbench, answer, options.documents) : undefined;
    const { transactions, ...quoted } = answer;
    printJson({
      summary: summaryOf(answer),
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

function readTransaction(given: unknown, at: string): HistoryStep {
  const transaction = parse(HistoryTransaction, given, at);
  if (transaction.type !== 'endorsement' && transaction.type !== 'renewal') return transaction as HistoryStep;
  const { state: _s, newPolicyEndTimestamp: _n, ...request } = transaction.request;
  return { ...transaction, request } as HistoryStep;
}

/** The figures that everybody looks for first (settled questions, 15): as the last transaction left them. */
function summaryOf({ policy: first, underwriting, transactions }: HistoryAnswer) {
  const policy = transactions.at(-1)?.policy ?? first;
  const row = policy.characteristics.at(-1);
  const { grossPremium = '0', grossTaxes = '0' } = row ?? {};
  return {
    currency: policy.currency,
    grossPremium,
    grossTaxes,
    grossFees: policy.grossFees,
    total: moneyText(
      new Decimal(grossPremium).plus(grossTaxes).plus(policy.grossFees),
      currencyDecimals(policy.currency ?? 'USD'),
    ),
    decision: underwriting?.decision ?? null,
  };
}

async function writeDocuments({ desk }: ThrowawayDesk, answer: QuoteAnswer, folder: string) {
  await mkdir(folder, { recursive: true });
  const taken = new Set<string>();
  const written = [];
  for (const document of answer.documents) {
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

/** Two documents of one name do not overwrite each other. */
function freeName(name: string, taken: Set<string>): string {
  const { name: stem, ext } = path.parse(name);
  let free = name;
  for (let i = 2; taken.has(free.toLowerCase()); i += 1) free = `${stem}-${i}${ext}`;
  taken.add(free.toLowerCase());
  return free;
}
