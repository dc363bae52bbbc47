import type { Desk } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { policyAt } from '#core/model/policy-at.ts';
import type { Product } from '#core/model/product.ts';
import { calendarDay, type Millis } from '#core/model/time.ts';
import type { Row } from '#core/model/timeline/contract.ts';
import { grossOf, perilRowsOf } from '#core/model/timeline/money.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { policyResponse } from '../responses.ts';
import { historyOf } from './history.ts';
import { modificationName } from './modification.ts';
import { coversAt, openIssued } from './open.ts';

/**
 * A policy as it stood at an instant, as it was known at another (TL40): the rows that cover the instant, of what was issued until
 * then. Throws `not-found`, `wrong-state` for one that is not issued.
 * @param at effective, milliseconds @param knownAt recorded; default everything that is known
 */
export async function getSnapshot(
  desk: Desk,
  policyLocator: string,
  at: Millis,
  knownAt = Number.POSITIVE_INFINITY,
): Promise<PolicyResponse> {
  const open = await openIssued(desk, policyLocator);
  const transactions = open.view.transactions.filter(({ issuedAt }) => issuedAt !== undefined && issuedAt <= knownAt);
  return policyAt(policyResponse({ ...open.view, transactions }), at);
}

/** @param knownAt as it was known then, milliseconds @param replaced replaced rows too */
export async function getTimeline(
  desk: Desk,
  policyLocator: string,
  knownAt?: Millis,
  replaced = false,
): Promise<TimelineResponse> {
  const open = await openIssued(desk, policyLocator);
  const { policy, quote, view, product, deployed } = open;
  const history = historyOf(view.quote, view.transactions, product, knownAt);
  const { timeline } = history;
  const decimals = currencyDecimals(quote.record.currency);
  const shown = <T extends Row>(rows: readonly T[]): T[] =>
    rows.filter((row) => replaced || row.replacedBy === undefined).sort((a, b) => a.start - b.start || a.end - b.end);
  const segment = (of: string, row: Row, premium?: string) => ({
    of,
    start: row.start,
    end: row.end,
    ...(premium === undefined ? {} : { premium }),
    replaced: row.replacedBy !== undefined,
    values: row.fieldValues,
  });
  return {
    policyLocator: policy.locator,
    displayId: policy.record.displayId,
    currency: quote.record.currency,
    status: statusAt(timeline, history.issued.at(-1)?.kind, Math.min(desk.now(), knownAt ?? Number.POSITIVE_INFINITY)),
    timeZone: deployed.configuration.timeZone,
    terms: timeline.terms.map(({ start, end }) => ({
      start,
      end,
      grossPremium: grossOf(timeline, decimals, { start, end }).premium,
    })),
    ...(timeline.ended ? { ended: timeline.ended.at } : {}),
    transactions: [
      {
        locator: quote.record.locator,
        kind: 'create',
        name: 'new business',
        state: 'issued',
        effective: quote.record.contractStart,
        issued: policy.record.issuedAt ?? 0,
        premiumChange: quote.record.price?.grossPremium ?? '0',
      },
      ...view.transactions
        .filter(({ issuedAt }) => knownAt === undefined || (issuedAt !== undefined && issuedAt <= knownAt))
        .map((record) => ({
          locator: record.locator,
          kind: record.kind,
          name: record.name || modificationName(record),
          ...shownAs(product, record),
          state: record.state,
          effective: record.effective,
          ...(record.issuedAt === undefined ? {} : { issued: record.issuedAt }),
          ...(record.gross
            ? { premiumChange: grossChange(record.gross.after.premium, record.gross.before.premium, decimals) }
            : {}),
        })),
    ],
    segments: [
      ...shown(timeline.policyRows).map((row) => segment('policy', row)),
      ...timeline.exposures.flatMap((exposure, i) => [
        ...shown(exposure.rows).map((row) => segment(`${exposure.name} ${i + 1}`, row)),
        ...exposure.perils.flatMap((peril) =>
          shown(peril.rows).map((row) => segment(`${exposure.name} ${i + 1} / ${peril.name}`, row, row.price?.premium)),
        ),
      ]),
    ],
    gross: grossOf(timeline, decimals),
  };
}

/** What the configuration calls an endorsement or cancellation on screens. */
function shownAs({ endorsements, cancellations }: Product, { kind, name }: TransactionRecord) {
  const displayName =
    kind === 'endorsement'
      ? endorsements.find((definition) => definition.name === name)?.displayName
      : kind === 'cancellation'
        ? cancellations.find((definition) => definition.name === name)?.title
        : undefined;
  return displayName === undefined ? {} : { displayName };
}

/** A policy has no status of its own: it follows from its rows (formats §3.7). */
function statusAt(timeline: Parameters<typeof coversAt>[0], lastKind: string | undefined, now: Millis): string {
  if (lastKind === 'withdrawal') return 'withdrawn';
  if (coversAt(timeline, now)) return timeline.ended ? 'cancellation pending' : 'in force';
  if (timeline.ended) return 'cancelled';
  const first = timeline.terms[0];
  return first && now < first.start ? 'not yet in force' : 'expired';
}

function grossChange(after: string, before: string, decimals: number): string {
  return moneyText(new Decimal(after).minus(before), decimals);
}

/** Coverage per peril at an instant with its limits, for `coverageSummary` (formats §3.4). */
export async function getCoverageSummary(desk: Desk, policyLocator: string, at: Millis) {
  const open = await openIssued(desk, policyLocator);
  const { timeZone } = open.deployed.configuration;
  const coverages = [...perilRowsOf(open.history.timeline)]
    .filter(({ row }) => row.replacedBy === undefined && row.start <= at && at < row.end)
    .map(({ row, peril, exposure }) => ({
      exposureLocator: exposure.locator,
      exposureName: exposure.name,
      perilLocator: peril.locator,
      perilName: peril.name,
      perilCharacteristicsLocator: row.locator,
      coverageStartTimestamp: String(row.start),
      coverageEndTimestamp: String(row.end),
      ...row.amounts,
      premium: row.price?.premium ?? null,
    }));
  return {
    policyLocator: open.policy.locator,
    timestamp: String(at),
    day: calendarDay(at, timeZone),
    inForce: coverages.length > 0,
    coverages,
  };
}
