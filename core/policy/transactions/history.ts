import { createHash } from 'node:crypto';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { Charge } from '#core/model/charge.ts';
import type { Product } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Insured, Resolution, Result, Timeline, Transaction } from '#core/model/timeline/contract.ts';
import { type Effect, effectOf, recordedTimeline } from '#core/model/timeline/history.ts';
import { chargesOf } from '#core/model/timeline/money.ts';
import { replay, rowKey } from '#core/model/timeline/replay.ts';
import { insuredExposure } from '#core/model/timeline/values.ts';

/** What was issued of a policy, oldest first: what its timeline is made from. */
export interface History {
  readonly quote: QuoteRecord;
  readonly issued: readonly TransactionRecord[];
  readonly transactions: readonly Transaction[];
  readonly effects: readonly Effect[];
  readonly resolutions: readonly Resolution[];
  /** Amounts that replays use again, by transaction. */
  readonly results: ReadonlyMap<string, readonly Result[]>;
  readonly timeline: Timeline;
}

const EMPTY: Timeline = { terms: [], policyRows: [], exposures: [], fees: [], holdbacks: [] };

/**
 * The history of a policy from its issued quote and its issued transactions.
 * @param product for fees that shrink with the time; without it they count as flat, which no view shows
 * @param knownAt only what was issued until then, milliseconds
 */
export function historyOf(
  quote: QuoteRecord,
  transactions: readonly TransactionRecord[],
  product?: Pick<Product, 'fees'>,
  knownAt = Number.POSITIVE_INFINITY,
): History {
  const issued = transactions
    .filter(({ state, issuedAt }) => state === 'issued' && issuedAt !== undefined && issuedAt <= knownAt)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const creation = createTransaction(quote);
  const created = createResult(quote, product);
  const first: Effect = creationEffect(creation, created, quote);
  const effects = [first, ...issued.flatMap(({ effect }) => effect ?? [])];
  const results = new Map<string, Result[]>();
  for (const effect of effects)
    for (const [transaction, result] of Object.entries(effect.results))
      results.set(transaction, [...(results.get(transaction) ?? []), result]);
  return {
    quote,
    issued,
    transactions: [creation, ...issued.map((record) => transactionOf(record, issued))],
    effects,
    resolutions: effects.flatMap((effect) => effect.resolutions),
    results,
    timeline: recordedTimeline(effects),
  };
}

/** The creation of a policy, as the timeline takes it, from its quote. */
export function createTransaction(quote: QuoteRecord): Extract<Transaction, { kind: 'create' }> {
  const { exposures } = quote;
  return {
    kind: 'create',
    locator: quote.modification,
    effective: quote.contractStart,
    order: 0,
    end: quote.contractEnd,
    insured: insuredOf(quote),
    rows: {
      policy: quote.row,
      exposures: Object.fromEntries(exposures.map(({ locator, row }) => [locator, row])),
      perils: Object.fromEntries(exposures.flatMap(({ perils }) => perils.map(({ locator, row }) => [locator, row]))),
    },
  };
}

/** What a quote insures, without what only its record knows. */
export function insuredOf({
  fieldValues,
  fieldGroupsByLocator,
  exposures,
}: Pick<QuoteRecord, 'fieldValues' | 'fieldGroupsByLocator' | 'exposures'>): Insured {
  return { fieldValues, fieldGroupsByLocator, exposures: exposures.map(insuredExposure) };
}

/** The amounts of a quote's price; undefined while it has none. */
export function createResult(quote: QuoteRecord, product?: Pick<Product, 'fees'>): Result | undefined {
  const { price, contractStart } = quote;
  if (!price) return undefined;
  const rows = quote.exposures.flatMap(({ perils }) =>
    perils.flatMap(({ locator, row }) => {
      const priced = price.perils[row];
      return priced ? [[rowKey(locator, contractStart), { ...priced, revision: price.revision }] as const] : [];
    }),
  );
  return {
    cause: quote.modification,
    basis: '',
    rows: Object.fromEntries(rows) as Result['rows'],
    fees: price.fees.map((fee) => ({ ...fee, proration: feeProration(product, fee.name) })),
    feePieces: {},
    holdbacks: [],
  };
}

export function feeProration(product: Pick<Product, 'fees'> | undefined, name: string): 'proratable' | 'flat' {
  return product?.fees.find((fee) => fee.name === name)?.proration ?? 'flat';
}

/** The timeline of a quote on its own, priced or not. */
export function quoteTimeline(quote: QuoteRecord): Timeline {
  const result = createResult(quote);
  const creation = createTransaction(quote);
  const run = replay({
    transactions: [creation],
    resolutions: [],
    results: new Map(result ? [[creation.locator, [result]]] : []),
    locatorFor: derivedLocator,
  });
  const step = run.next();
  // Without a price the replay stops to ask for one: the rows stand by then.
  return step.value.timeline;
}

/** What the creation of a policy charges, by its quote's price. */
export function creationCharges(quote: QuoteRecord, product: Pick<Product, 'fees'>): readonly Charge[] {
  const creation = createTransaction(quote);
  return chargesOf(creationEffect(creation, createResult(quote, product), quote), EMPTY);
}

function creationEffect(creation: Transaction, created: Result | undefined, quote: QuoteRecord): Effect {
  const timeline = quoteTimeline(quote);
  const results = created ? { [creation.locator]: created } : {};
  return effectOf(creation.locator, EMPTY, timeline, { results, resolutions: [] }, (locator) => locator);
}

/** A recorded transaction as the timeline takes it. @param all where its cancellation may be, for a reinstatement */
export function transactionOf(record: TransactionRecord, all: readonly TransactionRecord[]): Transaction {
  const { modification: locator, effective, change, repricing } = record;
  const moment = { locator, effective, order: record.order ?? Number.MAX_SAFE_INTEGER };
  switch (record.kind) {
    case 'endorsement':
      return { ...moment, kind: 'endorsement', change, repricing };
    case 'renewal':
      return { ...moment, kind: 'renewal', change, end: record.end ?? effective };
    case 'cancellation':
      return { ...moment, kind: 'cancellation' };
    case 'withdrawal':
      return { ...moment, kind: 'withdrawal' };
    case 'fees':
      return { ...moment, kind: 'fees', fees: record.fees ?? [] };
    case 'reinstatement': {
      const cancelled = all.find((other) => other.locator === record.cancellation);
      return { ...moment, kind: 'reinstatement', cancellation: cancelled?.modification ?? '' };
    }
  }
}

/** What is insured at an instant, as the transactions that take effect until then leave it (TL1). */
export function insuredAt(history: History, at: Millis): { readonly insured: Insured; readonly timeline: Timeline } {
  return insuredAfter(
    history,
    history.transactions.filter(({ effective }) => effective <= at),
  );
}

/** What is insured after the first transactions of a history, in their effective order (TL1). */
export function insuredAfter(
  history: History,
  transactions: readonly Transaction[],
): { readonly insured: Insured; readonly timeline: Timeline } {
  const run = replay({
    transactions,
    resolutions: history.resolutions,
    results: history.results,
    locatorFor: derivedLocator,
  });
  const step = run.next();
  if (!step.done) throw new RangeError(`The amounts of ${step.value.transaction.locator} are not recorded.`);
  return { insured: step.value.making.insured, timeline: step.value.timeline };
}

/** A UUID (version 8, RFC 9562) that follows from its parts: replaying gives the same names (TL5). */
export function derivedLocator(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
