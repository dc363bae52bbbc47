import { setImmediate } from 'node:timers/promises';
import { RESERVE_TYPES, sumTotals, totalsOf } from '#core/claims/account.ts';
import { type Desk, findAll } from '#core/desk/desk.ts';
import type { PolicyRecord } from '#core/desk/records.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { calendarDay, type Millis } from '#core/model/time.ts';
import { perilRowsOf } from '#core/model/timeline/money.ts';
import { historyOf } from '#core/policy/transactions/history.ts';
import type { JobControl } from '../job-contract.ts';
import type { Cohort } from './contract.ts';
import { wilson } from './statistics.ts';

interface Sum {
  quotes: number;
  priced: number;
  issued: number;
  claims: number;
  written: Decimal;
  earned: Decimal;
  incurred: Decimal;
}

/**
 * Cohorts of a product by pricing version (EX7, EX8). Reads records only.
 * @param asked.at what was known and earned until this instant, milliseconds
 * @param asked.experiment only its risks, by arm
 */
export async function cohortReport(
  desk: Desk,
  product: string,
  asked: { readonly at: Millis; readonly experiment?: string },
  control: Partial<Pick<JobControl, 'signal' | 'onProgress'>> = {},
): Promise<readonly Cohort[]> {
  const { configuration } = await desk.configurations.newestOf(product);
  const sums = new Map<string, Sum>();
  let done = 0;
  const known = desk.store.risks({
    products: [product],
    order: 'updated',
    descending: true,
    offset: 0,
    limit: 1,
  }).total;
  for (const page of pagesOf(desk)) {
    const policies = page.filter(({ productName }) => productName === product);
    for (const record of policies) {
      if (record.createdAt > asked.at) continue;
      if (asked.experiment !== undefined && record.experiment?.locator !== asked.experiment) continue;
      const arm = asked.experiment === undefined ? '' : (record.experiment?.arm ?? '');
      const key = JSON.stringify([record.configVersion, arm, record.currency]);
      const sum = sums.get(key) ?? empty();
      sums.set(key, sum);
      count(desk, record, sum, { at: asked.at, timeZone: configuration.timeZone });
    }
    done += policies.length;
    control.onProgress?.({ done, total: Math.max(known, done) });
    // A large book must not hold up what somebody else asks meanwhile.
    await setImmediate();
    control.signal?.throwIfAborted();
  }
  return [...sums]
    .map(([key, sum]) => cohortOf(key, sum))
    .sort((a, b) => b.configVersion - a.configVersion || order(a, b));
}

/** Policies in the order of their making, some at a time: all of a large book at once would be read in one go. */
function* pagesOf(desk: Desk): Generator<readonly PolicyRecord[]> {
  for (let after: string | undefined; ; ) {
    const page = desk.store.list('policy', { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page.map(({ record }) => record as unknown as PolicyRecord);
    after = page.at(-1)?.locator;
    if (page.length < PAGE) return;
  }
}

const PAGE = 100;
const order = (a: Cohort, b: Cohort): number => ((a.arm ?? '') < (b.arm ?? '') ? -1 : 1);
const empty = (): Sum => ({
  quotes: 0,
  priced: 0,
  issued: 0,
  claims: 0,
  written: new Decimal(0),
  earned: new Decimal(0),
  incurred: new Decimal(0),
});

function count(
  desk: Desk,
  policy: PolicyRecord,
  sum: Sum,
  when: { readonly at: Millis; readonly timeZone: string },
): void {
  const quotes = findAll(desk, 'quote', 'policyLocator', policy.locator).map(({ record }) => record);
  sum.quotes += 1;
  if (quotes.some(({ price }) => price)) sum.priced += 1;
  if (policy.issuedAt === undefined || policy.issuedAt > when.at) return;
  sum.issued += 1;
  const quote = quotes.find(({ locator }) => locator === policy.quoteLocator);
  if (quote) {
    const transactions = findAll(desk, 'transaction', 'policyLocator', policy.locator).map(({ record }) => record);
    const { timeline } = historyOf(quote, transactions, undefined, when.at);
    for (const { row } of perilRowsOf(timeline)) {
      if (row.replacedBy !== undefined || !row.price) continue;
      sum.written = sum.written.plus(row.price.premium);
      sum.earned = sum.earned.plus(earned(new Decimal(row.price.premium), row, when));
    }
  }
  for (const { record: claim } of findAll(desk, 'claim', 'policyLocator', policy.locator)) {
    if (claim.status === 'discarded' || (claim.incidentAt ?? claim.createdAt) > when.at) continue;
    sum.claims += 1;
    // What costs the insurer is negative there (formats §3.9).
    for (const { record } of findAll(desk, 'subclaim', 'claimLocator', claim.locator))
      sum.incurred = sum.incurred.minus(sumTotals(RESERVE_TYPES.map((type) => totalsOf(record, type))).incurred);
  }
}

/** The part of a row's premium that its calendar days until the instant have earned, in the tenant's zone. */
function earned(
  premium: Decimal,
  { start, end }: { readonly start: Millis; readonly end: Millis },
  { at, timeZone }: { readonly at: Millis; readonly timeZone: string },
): Decimal {
  if (at <= start) return new Decimal(0);
  if (at >= end) return premium;
  const days = (to: Millis): number => dayNumber(to, timeZone) - dayNumber(start, timeZone);
  return days(end) === 0 ? premium : premium.times(days(at)).div(days(end));
}

function dayNumber(at: Millis, timeZone: string): number {
  return Date.parse(`${calendarDay(at, timeZone)}T00:00:00Z`) / 86_400_000;
}

function cohortOf(key: string, sum: Sum): Cohort {
  const [configVersion, arm, currency] = JSON.parse(key) as [number, string, string];
  const decimals = currencyDecimals(currency);
  const interval = wilson(sum.issued, sum.priced);
  return {
    configVersion,
    ...(arm === '' ? {} : { arm }),
    currency,
    quotes: sum.quotes,
    priced: sum.priced,
    issued: sum.issued,
    ...(interval ? { conversion: { rate: sum.issued / sum.priced, ...interval } } : {}),
    written: moneyText(sum.written, decimals),
    earned: moneyText(sum.earned, decimals),
    claims: sum.claims,
    incurred: moneyText(sum.incurred, decimals),
    ...(sum.earned.gt(0) ? { lossRatio: sum.incurred.div(sum.earned).toNumber() } : {}),
  };
}
