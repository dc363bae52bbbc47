import type { Refusal } from '#core/desk/conflict-record.ts';
import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import { canBecome, type TransactionKind, type TransactionState } from '#core/model/transaction-state.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { Version } from '#core/store/replica/contract.ts';
import type { Facts, PushedChange } from './contract.ts';

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
const ISSUED_TRANSACTION = ['issuedAt', 'order', 'effective', 'end', 'change', 'revision'];
/** Types whose records the workbench takes away; everything else stays (SY20). */
const REMOVABLE: ReadonlySet<RecordType> = new Set<RecordType>(['document', 'integration', 'setting']);

/**
 * Whether a change may be made of what stands there, whoever asks (SY20).
 * @param head what stands there; @returns the first thing that is wrong
 */
export function refusalOf(
  change: PushedChange,
  head: Version | undefined,
  device: string,
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
      return refusalOfPolicy(change, record, before, device, facts);
    case 'quote':
      return before?.state === 'discarded' && record.state !== 'discarded' ? unlawful('state') : undefined;
    case 'transaction': {
      const kind = record.kind as TransactionKind;
      if (!canBecome(kind, before?.state as TransactionState | undefined, record.state as TransactionState))
        return unlawful('state');
      return before?.state === 'issued' && changed(before, record, ISSUED_TRANSACTION)
        ? unlawful('issued-transaction')
        : undefined;
    }
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
  { type, locator }: PushedChange,
  record: JsonObject,
  before: JsonObject | undefined,
  device: string,
  facts: Facts,
): Refusal | undefined {
  const key = { type, locator };
  if (before?.issuedAt !== undefined)
    return changed(before, record, ISSUED_POLICY) ? { code: 'unlawful', record: key, why: 'issued-policy' } : undefined;
  if (record.issuedAt === undefined) return undefined;
  const number = String(record.displayId);
  const owner = facts.numberOf(number);
  if (owner !== undefined && owner !== locator) return { code: 'number-taken', record: key, number };
  return facts.granted(device, number) ? undefined : { code: 'number-not-granted', record: key, number };
}

function changed(before: JsonObject, after: JsonObject, members: readonly string[]): boolean {
  const text = (value: JsonValue | undefined): string => canonicalJson(value ?? null);
  return members.some((member) => text(before[member]) !== text(after[member]));
}
