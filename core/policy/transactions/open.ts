import { type Desk, findAll, need, type Typed } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { Timeline } from '#core/model/timeline/contract.ts';
import type { TransactionKind } from '#core/model/transaction-state.ts';
import { guestReader } from '../guest-reader.ts';
import { type Case, openCase, viewPolicy } from '../policies.ts';
import { getPolicyholder } from '../policyholders.ts';
import type { PolicyView } from '../responses.ts';
import { type History, historyOf } from './history.ts';
import type { Pending } from './work-out.ts';

/** An issued policy with its history, as it stands in this turn. */
export interface OpenPolicy extends Case {
  readonly view: PolicyView;
  readonly history: History;
}
/** A transaction with its policy. */
export interface OpenTransaction extends OpenPolicy {
  readonly transaction: Typed<'transaction'>;
  /** Every transaction of the policy. */
  readonly others: readonly Typed<'transaction'>[];
}

/** Throws `not-found`, or `wrong-state` for a policy that is not issued: a quote is changed by itself, not by transactions. */
export async function openIssued(desk: Desk, policyLocator: string): Promise<OpenPolicy> {
  const found = await openCase(desk, policyLocator);
  const { record } = found.policy;
  if (record.issuedAt === undefined)
    throw new Problem(
      'wrong-state',
      `Policy ${record.locator} is not issued: change its quote instead (PATCH /quotes/${record.quoteLocator}).`,
      { place: { locator: record.locator } },
    );
  return withHistory(desk, found);
}

function withHistory(desk: Desk, found: Case): OpenPolicy {
  const view = viewPolicy(desk, found.policy.record, found.quote.record);
  return { ...found, view, history: historyOf(view.quote, view.transactions, found.product) };
}

/** @param kind what it must be @throws `not-found` */
export async function openTransaction(desk: Desk, locator: string, kind?: TransactionKind): Promise<OpenTransaction> {
  const { policyLocator } = needTransaction(desk, locator, kind).record;
  const found = await openIssued(desk, policyLocator);
  const others = findAll(desk, 'transaction', 'policyLocator', found.policy.locator);
  return { ...found, others, transaction: needTransaction(desk, locator, kind) };
}

/** A transaction by its own locator or its modification's. Throws `not-found`. */
export function needTransaction(desk: Desk, locator: string, kind?: TransactionKind): Typed<'transaction'> {
  const found = findAll(desk, 'transaction', 'modification', locator)[0] ?? need(desk, 'transaction', locator);
  if (kind === undefined || found.record.kind === kind) return found;
  throw new Problem('not-found', `There is no ${kind} ${locator}: it is a ${found.record.kind}.`, {
    place: { locator },
  });
}

/** What working a transaction out takes. @param record as it would be saved */
export function pendingOf(desk: Desk, open: OpenPolicy, record: TransactionRecord): Pending {
  const { view, history, deployed, product, policy } = open;
  return {
    view,
    history,
    record,
    deployed,
    product,
    policyholder: getPolicyholder(desk, policy.record.policyholderLocator),
    ports: { sandbox: desk.sandbox, reader: guestReader(desk), externalRater: desk.raters(deployed.configuration) },
  };
}

/** Whether anything is covered at an instant, as the rows say. */
export function coversAt(timeline: Timeline, at: Millis): boolean {
  return timeline.policyRows.some((row) => row.replacedBy === undefined && row.start <= at && at < row.end);
}

/** The first instant from `at` on at which anything is covered; undefined where nothing is any more. */
export function coveredFrom(timeline: Timeline, at: Millis): Millis | undefined {
  const starts = timeline.policyRows.flatMap(({ start, end, replacedBy }) =>
    replacedBy === undefined && end > at ? [Math.max(start, at)] : [],
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** When a policy covers something, for messages: `2021-06-28 to 2022-06-28`. */
export function coverageText(timeline: Timeline, day: (at: Millis) => string): string {
  const spans = timeline.policyRows
    .filter((row) => row.replacedBy === undefined)
    .map(({ start, end }) => ({ start, end }))
    .sort((a, b) => a.start - b.start);
  const joined: { start: Millis; end: Millis }[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined.length === 0 ? 'never' : joined.map(({ start, end }) => `${day(start)} to ${day(end)}`).join(', ');
}
