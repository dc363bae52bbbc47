import type { Refusal } from '#core/desk/conflict-record.ts';
import type { Series } from '#core/desk/numbers.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import type { QuoteState } from '#core/model/policy.ts';
import { quoteCanBecome } from '#core/model/quote-state.ts';
import { canBecome, type TransactionKind, type TransactionState } from '#core/model/transaction-state.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { RecordKey, Version } from '#core/store/replica/contract.ts';
import type { Facts, PushedChange, PushedEntry } from './contract.ts';

type Unlawful = Extract<Refusal, { code: 'unlawful' }>['why'];

/** Members that stay as they are once the record is there. */
const NEVER_CHANGES: Partial<Record<RecordType, readonly string[]>> = {
  policy: ['policyholderLocator', 'productName', 'createdAt'],
  quote: ['policyLocator', 'productName', 'createdAt'],
  transaction: ['policyLocator', 'kind', 'modification', 'createdAt'],
  invoice: ['policyLocator', 'displayId', 'currency', 'totalDue', 'items', 'createdAt'],
  payment: ['policyLocator', 'invoiceLocator', 'displayId', 'amount', 'currency', 'kind', 'postedAt'],
  worksheet: ['policyLocator', 'clock', 'seed', 'configuration', 'engine', 'inputHash'],
  claim: ['policyLocator', 'createdAt'],
  note: ['policyLocator', 'author', 'createdAt'],
  conflict: ['device', 'user', 'command', 'at', 'sequence', 'position', 'reason', 'aggregates', 'changes'],
};
/** Those that stay once it is issued. */
const ISSUED_POLICY = ['issuedAt', 'displayId', 'quoteLocator', 'currency'];
/** Types whose records the workbench takes away; everything else stays (SY20). */
const REMOVABLE: ReadonlySet<RecordType> = new Set<RecordType>(['document', 'integration', 'setting']);

/**
 * Whether a change may be made of what stands there, whoever asks (SY20).
 * @param head what stands there; @param entry what it is part of; @returns the first thing that is wrong
 */
export function refusalOf(
  change: PushedChange,
  head: Version | undefined,
  entry: PushedEntry,
  facts: Facts,
): Refusal | undefined {
  const { type, locator, record } = change;
  const key = { type, locator };
  const unlawful = (why: Unlawful): Refusal => ({ code: 'unlawful', record: key, why });
  const before = head?.record ?? undefined;
  if (record === null) return REMOVABLE.has(type) ? undefined : unlawful('deleted');
  if (record.locator !== undefined && record.locator !== locator) return unlawful('locator');
  try {
    facts.validate(type, record);
  } catch (error) {
    return { code: 'invalid-record', record: key, why: error instanceof Error ? error.message : String(error) };
  }
  if (type === 'conflict' && before === undefined) return unlawful('conflict-forged');
  if (before && changed(before, record, NEVER_CHANGES[type] ?? [])) return unlawful(UNLAWFUL[type] ?? 'state');
  switch (type) {
    case 'policy':
      return refusalOfPolicy(key, record, before, entry, facts);
    case 'quote': {
      if (!quoteCanBecome(before?.state as QuoteState | undefined, record.state as QuoteState))
        return unlawful('state');
      const policy = facts.head({ type: 'policy', locator: String(record.policyLocator) })?.record;
      const bound = policy?.issuedAt !== undefined && policy.quoteLocator === locator;
      return bound && before && rewritten(before, record) ? unlawful('issued-policy') : undefined;
    }
    case 'transaction': {
      const kind = record.kind as TransactionKind;
      if (!canBecome(kind, before?.state as TransactionState | undefined, record.state as TransactionState))
        return unlawful('state');
      if (before?.state === 'issued') return rewritten(before, record) ? unlawful('issued-transaction') : undefined;
      // The policy is what two issues meet at: without it neither would see the other.
      const policy = { type: 'policy', locator: String(record.policyLocator) } as const;
      return record.state === 'issued' && !changeOf(entry, policy) ? unlawful('state') : undefined;
    }
    case 'invoice':
    case 'payment':
      return before ? undefined : refusalOfNumber(key, type, String(record.displayId), entry, facts);
    case 'conflict':
      return before?.state === 'resolved' ? unlawful('state') : undefined;
    default:
      return undefined;
  }
}
const UNLAWFUL: Partial<Record<RecordType, Unlawful>> = {
  policy: 'issued-policy',
  transaction: 'issued-transaction',
  invoice: 'money-rewritten',
  payment: 'money-rewritten',
  conflict: 'conflict-forged',
};

function refusalOfPolicy(
  key: RecordKey,
  record: JsonObject,
  before: JsonObject | undefined,
  entry: PushedEntry,
  facts: Facts,
): Refusal | undefined {
  if (before?.issuedAt !== undefined)
    return changed(before, record, ISSUED_POLICY) ? { code: 'unlawful', record: key, why: 'issued-policy' } : undefined;
  if (record.issuedAt === undefined) return undefined;
  // Issuing does not change the quote: that somebody took it back meanwhile is only seen by looking at it.
  const quote = { type: 'quote', locator: String(record.quoteLocator) } as const;
  const bound = changeOf(entry, quote)?.record ?? facts.head(quote)?.record;
  if (bound?.state !== 'accepted') return { code: 'unlawful', record: key, why: 'state' };
  return refusalOfNumber(key, 'policyNumber', String(record.displayId), entry, facts);
}

/** A printed number is one thing's, and out of a range that the device may print from. */
function refusalOfNumber(
  record: RecordKey,
  series: Series,
  number: string,
  { device }: PushedEntry,
  facts: Facts,
): Refusal | undefined {
  const owner = facts.numberOf(series, number);
  if (owner !== undefined && owner !== record.locator) return { code: 'number-taken', record, number };
  return facts.granted(device, series, number) ? undefined : { code: 'number-not-granted', record, number };
}

function changeOf({ changes }: PushedEntry, { type, locator }: RecordKey): PushedChange | undefined {
  return changes.find((change) => change.type === type && change.locator === locator);
}

/** Whether anything but the time of the last change differs: what was issued is changed by something new, never in itself. */
function rewritten(before: JsonObject, after: JsonObject): boolean {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return changed(
    before,
    after,
    members.filter((member) => member !== 'updatedAt'),
  );
}

function changed(before: JsonObject, after: JsonObject, members: readonly string[]): boolean {
  const text = (value: JsonValue | undefined): string => canonicalJson(value ?? null);
  return members.some((member) => text(before[member]) !== text(after[member]));
}
