import { Decimal } from '../decimal.ts';
import { moneyText } from '../money.ts';
import {
  type FeeRow,
  type HoldbackRow,
  type Insured,
  type NewHoldback,
  NO_AMOUNTS,
  type PerilRow,
  type Resolution,
  type Result,
  type RowPrice,
  type Timeline,
  type Transaction,
} from './contract.ts';
import { endCoverage, reinstate, renew } from './coverage.ts';
import { endorse } from './endorse.ts';
import { type LocatorFor, type Making, noWork, openRows, type Work } from './rows.ts';
import type { Masked } from './values.ts';

/** What a replay asks or tells while it runs. */
export type Step =
  /** Amounts are to be found for an application: answer with a Result of this cause and basis. */
  | ({ readonly kind: 'price' } & Application)
  /** A transaction stands that had no stored amounts: the timeline is as it would be right after it. Answer with nothing. */
  | ({ readonly kind: 'priced' } & Application);
export interface Application {
  readonly transaction: Transaction;
  readonly cause: string;
  readonly basis: string;
  readonly work: Work;
  readonly timeline: Timeline;
  /** What is insured once it is applied. */
  readonly insured: Insured;
}
export interface ReplayInput {
  /** Any order; exactly one creates the policy. */
  readonly transactions: readonly Transaction[];
  readonly resolutions: readonly Resolution[];
  /** Amounts found before, by transaction. */
  readonly results: ReadonlyMap<string, readonly Result[]>;
  /** Whose doing it is that amounts are missing; default each transaction's own. */
  readonly cause?: string;
  readonly locatorFor: LocatorFor;
}
export interface Replayed {
  readonly timeline: Timeline;
  readonly making: Making;
  /** In the order of application. */
  readonly applied: readonly { readonly transaction: Transaction; readonly work: Work; readonly result: Result }[];
}

/**
 * Replays a policy (TL1): its transactions in effective-time order, issue order breaking ties, each applied on what stands
 * before it. A transaction is priced again exactly when what it is applied on is not what it was (TL3); the caller is asked for
 * the amounts, so the same replay serves engines that must be waited for and tests that need not.
 */
export function* replay(input: ReplayInput): Generator<Step, Replayed, Result | undefined> {
  const ordered = inEffectiveOrder(input.transactions);
  const [create, ...rest] = ordered;
  if (create?.kind !== 'create') throw new RangeError('A policy begins with the transaction that creates it.');
  const masks = masksOf(input.resolutions);
  const timeline: Timeline = { terms: [], policyRows: [], exposures: [], fees: [], holdbacks: [] };
  const making: Making = { timeline, insured: create.insured, locatorFor: input.locatorFor };
  const applied: { transaction: Transaction; work: Work; result: Result }[] = [];
  let basis = '';
  let before = basis;

  for (const transaction of [create, ...rest]) {
    const mask = masks.get(transaction.locator);
    const own = `${basis}${mask ? `|${[...mask].sort().join('|')}` : ''}`;
    const known = input.results.get(transaction.locator)?.findLast((result) => result.basis === own);
    const cause = known?.cause ?? input.cause ?? transaction.locator;
    const work =
      transaction.kind === 'create'
        ? begin(making, transaction)
        : apply(making, transaction, cause, (path) => mask?.has(path) === true);
    const application = { transaction, cause, basis: own, work, timeline, insured: making.insured };
    const result = known ?? (needsAmounts(work) ? yield { kind: 'price', ...application } : empty(cause, own));
    if (!result) throw new RangeError(`No amounts were given for ${transaction.locator}.`);
    settle(making, application, result);
    if (!known && !work.none) yield { kind: 'priced', ...application };
    applied.push({ transaction, work, result });
    if (transaction.kind === 'cancellation' && !work.none) before = basis;
    // What follows finds exactly what stood before the cancellation and keeps its amounts (TL17).
    if (work.restored) basis = before;
    else if (!work.none || changesWhatIsInsured(transaction)) basis = `${transaction.locator}@${result.cause}`;
  }
  return { timeline, making, applied };
}

/** Nothing to find: the amounts follow from those that are there. */
function empty(cause: string, basis: string): Result {
  return { cause, basis, ...NO_AMOUNTS };
}

/** While a policy is cancelled a change or renewal covers nothing, but what is applied after it finds something else insured. */
function changesWhatIsInsured({ kind }: Transaction): boolean {
  return kind === 'endorsement' || kind === 'renewal';
}

function needsAmounts(work: Work): boolean {
  return work.cut.length > 0 || work.rate.length > 0 || work.cutFees.length > 0 || work.newTerm;
}

export function inEffectiveOrder(transactions: readonly Transaction[]): readonly Transaction[] {
  return [...transactions].sort((a, b) => a.effective - b.effective || a.order - b.order);
}

function masksOf(resolutions: readonly Resolution[]): ReadonlyMap<string, ReadonlySet<string>> {
  const masks = new Map<string, Set<string>>();
  for (const { transaction, path } of resolutions)
    masks.set(transaction, (masks.get(transaction) ?? new Set()).add(path));
  return masks;
}

function begin(making: Making, create: Extract<Transaction, { kind: 'create' }>): Work {
  const { rows, locator: by, effective: start, end } = create;
  const work: Work = { ...noWork(start), newTerm: true, none: false };
  const names: Readonly<Record<string, string>> = { ...rows.exposures, ...rows.perils, policy: rows.policy };
  const name = (entity: string): string => names[entity] ?? making.locatorFor(by, entity);
  making.timeline.terms.push({ start, end, by });
  openRows(making, { start, end, by }, { by, at: start, work, name, pieces: new Map() });
  return work;
}

function apply(
  making: Making,
  transaction: Exclude<Transaction, { kind: 'create' }>,
  cause: string,
  masked: Masked,
): Work {
  const { locator: by, effective } = transaction;
  const name = (entity: string, piece = ''): string => making.locatorFor(cause, by, entity, piece);
  switch (transaction.kind) {
    case 'endorsement':
      return endorse(making, transaction, name, masked);
    case 'renewal':
      return renew(making, transaction, name, masked);
    case 'cancellation':
    case 'withdrawal':
      return endCoverage(making, transaction, name);
    case 'reinstatement':
      return reinstate(making, transaction, name);
    case 'fees': {
      const { timeline } = making;
      const term = timeline.terms.findLast(({ start }) => start <= effective);
      if (timeline.ended || !term) return noWork(effective, [by]);
      for (const fee of transaction.fees)
        timeline.fees.push({ ...fee, root: fee.locator, start: effective, end: term.end, by });
      return { ...noWork(effective), none: false };
    }
  }
}

/** Key of a peril row among the rows that one application makes: a peril gets at most one from each instant. */
export function rowKey(peril: string, start: number): string {
  return `${peril}|${start}`;
}

/** Key of a fee that one application cuts: the same whatever its pieces are called by then. */
export function feeKey({ root, start }: Pick<FeeRow, 'root' | 'start'>): string {
  return `${root}|${start}`;
}

/** Puts the amounts of an application into its rows (TL14 to TL16). Throws a RangeError for a row without any. */
function settle(making: Making, { work, transaction }: Application, result: Result): void {
  const { timeline } = making;
  const priceOf = (peril: string, row: PerilRow): RowPrice => {
    const price = result.rows[rowKey(peril, row.start)];
    if (price) return price;
    throw new RangeError(`There is no amount for the row ${row.locator} of ${transaction.locator}.`);
  };
  for (const { peril, kept } of work.cut) kept.price = priceOf(peril.locator, kept);
  for (const { peril, row } of work.rate) row.price = priceOf(peril.locator, row);
  for (const { row, original, kept } of work.remainder) row.price = restOf(original.price, kept?.price);
  const term = timeline.terms.at(-1);
  if (work.newTerm && term)
    for (const fee of result.fees)
      timeline.fees.push({ ...fee, root: fee.locator, start: work.at, end: term.end, by: transaction.locator });
  for (const { original, kept, rest } of work.cutFees) {
    const amount = result.feePieces[feeKey(original)];
    if (amount === undefined)
      throw new RangeError(
        `There is no amount for the piece of the fee ${original.locator} in ${transaction.locator}.`,
      );
    kept.amount = amount;
    if (rest) rest.amount = less(original.amount, kept.amount);
  }
  const cut = new Map(result.holdbacks.length === 0 ? [] : work.cut.map((piece) => [piece.original.locator, piece]));
  for (const { perilRow, ...holdback } of result.holdbacks)
    timeline.holdbacks.push(holdbackRow(holdback, cut.get(perilRow ?? ''), transaction.locator, work.at, term?.end));
}

/** What is held back is held back of the piece that is kept, for the time that is not covered any more (TL16). */
function holdbackRow(
  holdback: Omit<NewHoldback, 'perilRow'>,
  piece: Work['cut'][number] | undefined,
  by: string,
  at: number,
  termEnd: number | undefined,
): HoldbackRow {
  const of = piece ? { perilRow: piece.kept.locator } : {};
  return { ...holdback, ...of, start: at, end: piece?.original.end ?? termEnd ?? at, by };
}

/** What a kept piece leaves of a row's amounts: exact, so that the two add up to the whole (settled questions, 2). */
function restOf(whole: RowPrice | undefined, piece: RowPrice | undefined): RowPrice {
  if (!whole) throw new RangeError('A row is split that has no amounts.');
  if (!piece) return whole;
  return {
    ...whole,
    premium: less(whole.premium, piece.premium),
    ...(whole.technicalPremium === undefined
      ? {}
      : { technicalPremium: less(whole.technicalPremium, piece.technicalPremium ?? '0') }),
    commissions: whole.commissions.map(({ recipient, amount }) => ({
      recipient,
      amount: less(amount, piece.commissions.find((other) => other.recipient === recipient)?.amount ?? '0'),
    })),
    taxes: whole.taxes.map((tax) => ({
      ...tax,
      amount: less(tax.amount, piece.taxes.find(({ name }) => name === tax.name)?.amount ?? '0'),
    })),
  };
}

function less(whole: string, piece: string): string {
  const [a, b] = [new Decimal(whole), new Decimal(piece)];
  return moneyText(a.minus(b), Math.max(a.decimalPlaces(), b.decimalPlaces(), decimalsOf(whole)));
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}
