import type { RerateRecord } from '#core/desk/integration-records.ts';
import type { PolicyholderRecord, PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { MissingCode, RiskStage, RiskState } from '#core/model/risk-list.ts';
import { grossOf } from '#core/model/timeline/money.ts';
import type { RecordReader, RiskProjector } from '#core/store/projector.ts';
import type { RiskRow } from '#core/store/risk-contract.ts';
import { personName, typedValues } from '#core/store/search.ts';
import { historyOf } from './transactions/history.ts';

/** What a row of the list of risks is made from. */
export interface RiskRecords {
  readonly policy: PolicyRecord;
  /** The selected quote. */
  readonly quote: QuoteRecord;
  readonly policyholder: PolicyholderRecord | undefined;
  readonly transactions: readonly TransactionRecord[];
  readonly rerates: readonly RerateRecord[];
}

/** Reads what the list of risks shows of a policy from its records (core/desk/SPEC.md). */
export const riskProjector: RiskProjector = {
  version: 1,
  policiesOf(type, record, reader) {
    switch (type) {
      case 'policy':
        return [String(record.locator)];
      case 'quote':
      case 'transaction':
      case 'rerate':
        return [String(record.policyLocator)];
      case 'policyholder':
        return reader
          .find('policy', 'policyholderLocator', String(record.locator))
          .map(({ locator }) => String(locator));
      default:
        return [];
    }
  },
  row(locator, reader) {
    const records = recordsOf(locator, reader);
    return records && { row: riskRow(records), words: wordsOf(records) };
  },
};

function recordsOf(locator: string, reader: RecordReader): RiskRecords | undefined {
  const policy = reader.get('policy', locator) as PolicyRecord | undefined;
  const quote = policy && (reader.get('quote', policy.quoteLocator) as QuoteRecord | undefined);
  if (!quote) return undefined;
  return {
    policy,
    quote,
    policyholder: reader.get('policyholder', policy.policyholderLocator) as PolicyholderRecord | undefined,
    transactions:
      policy.issuedAt === undefined
        ? []
        : (reader.find('transaction', 'policyLocator', locator) as unknown as TransactionRecord[]),
    rerates: reader.find('rerate', 'policyLocator', locator) as unknown as RerateRecord[],
  };
}

/** The row: of an issued policy its current term, before that its selected quote (D1–D6). Pure. */
export function riskRow(records: RiskRecords): RiskRow {
  const { policy, quote, policyholder, transactions } = records;
  const term = termOf(records);
  const missing = missingFor(records);
  const state: RiskState = policy.issuedAt === undefined ? quote.state : term.ended ? 'cancelled' : 'issued';
  const open = transactions
    .filter(isOpen)
    .sort((a, b) => b.updatedAt - a.updatedAt || (a.locator < b.locator ? 1 : -1));
  return {
    policy: policy.locator,
    quote: quote.locator,
    policyholder: policy.policyholderLocator,
    product: policy.productName,
    insured: policyholder ? personName(policyholder) : '',
    items: itemsOf(quote),
    state,
    stage: stageOf(state, missing),
    number: policy.issuedAt === undefined ? null : policy.displayId,
    starts: term.start,
    ends: term.end,
    premium: term.premium ?? null,
    currency: policy.currency,
    decision: quote.underwriting?.decision ?? null,
    missing,
    open: open[0] ? `${open[0].kind}:${open[0].state}` : null,
    updated: Math.max(policy.updatedAt, quote.updatedAt, ...transactions.map(({ updatedAt }) => updatedAt)),
    created: policy.createdAt,
    issued: policy.issuedAt ?? null,
  };
}

/** The period and premium that count now: the last term of what was issued, cut where cover ended early. */
function termOf({ policy, quote, transactions }: RiskRecords): {
  readonly start: number;
  readonly end: number;
  readonly premium: string | undefined;
  readonly ended: boolean;
} {
  const first = { start: quote.contractStart, end: quote.contractEnd };
  if (policy.issuedAt === undefined || !transactions.some(({ state }) => state === 'issued'))
    return { ...first, premium: quote.price?.grossPremium, ended: false };
  const { timeline } = historyOf(quote, transactions);
  const term = timeline.terms.at(-1) ?? first;
  return {
    start: term.start,
    end: timeline.ended?.at ?? term.end,
    premium: grossOf(timeline, currencyDecimals(policy.currency), term).premium,
    ended: timeline.ended !== undefined,
  };
}

/** What the next step needs before it can be done. */
function missingFor({ policy, quote, policyholder, rerates }: RiskRecords): readonly MissingCode[] {
  const queued = rerates.flatMap(({ state }): MissingCode[] => (state === 'waiting' ? ['rater'] : ['attention']));
  if (policy.issuedAt !== undefined || quote.state !== 'draft') return [...new Set(queued)];
  return [
    ...(policyholder?.completed ? [] : (['policyholder'] as const)),
    ...(quote.exposures.length === 0
      ? (['exposures'] as const)
      : quote.exposures.every(({ perils }) => perils.length === 0)
        ? (['perils'] as const)
        : []),
    ...new Set(queued),
  ];
}

function stageOf(state: RiskState, missing: readonly MissingCode[]): RiskStage {
  if (missing.includes('rater')) return 'waiting';
  if (state === 'draft') return missing.length === 0 ? 'ready' : 'incomplete';
  return state;
}

const OPEN_STATES: readonly TransactionRecord['state'][] = ['application', 'draft', 'quoted', 'accepted'];

function isOpen({ state }: TransactionRecord): boolean {
  return OPEN_STATES.includes(state);
}

const MOST_ITEMS = 3;
const MOST_CHARACTERS = 120;
/** Fields by which people recognise a thing, the better ones first. */
const TELLING = [/make/i, /model/i, /year/i, /address|street/i, /city/i, /name/i, /vin|plate|serial/i, /type|kind/i];

/** What is insured in a few words: of the first things, the values by which people recognise them. */
function itemsOf({ exposures }: QuoteRecord): string {
  const named = exposures.slice(0, MOST_ITEMS).map(({ name, fieldValues }) => {
    const fields = Object.entries(fieldValues).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const values = fields.flatMap(([field, list]) => (rank(field) < TELLING.length ? list : [])).slice(0, 3);
    return values.length > 0 ? values.join(' ') : name;
  });
  const more = exposures.length - named.length;
  const text = [...named, ...(more > 0 ? [`+${more}`] : [])].join(', ');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

function rank(field: string): number {
  const found = TELLING.findIndex((pattern) => pattern.test(field));
  return found === -1 ? TELLING.length : found;
}

/** By what a risk is found: whose it is, its numbers, and the values that people typed. Its product is a filter of the list. */
function wordsOf({ policy, quote, policyholder }: RiskRecords): string {
  const values = [policyholder, quote].flatMap((record) => (record ? typedValues(record) : []));
  const numbers = [policy.displayId, policy.locator, quote.locator];
  return [...new Set([...numbers, ...values])].join(' ');
}
