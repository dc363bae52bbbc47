import type { RecordType } from './contract.ts';

/**
 * Which members of which record type `Store.find` can look up; a path into a list covers every item.
 * Change anything here, or in search.ts, and raise PROJECTIONS_VERSION: every store rebuilds its indexes when it is next opened.
 */
export const INDEXED_MEMBERS: Partial<Record<RecordType, readonly string[]>> = {
  policy: ['policyholderLocator', 'productName', 'displayId', 'quoteLocator'],
  quote: ['policyLocator', 'policyholderLocator'],
  transaction: ['policyLocator', 'policyholderLocator', 'state', 'cancellation', 'modification'],
  invoice: ['policyLocator', 'policyholderLocator', 'displayId', 'settlementStatus'],
  payment: ['invoiceLocator', 'policyLocator'],
  billing: ['pending.transactionLocator', 'hasPlanned'],
  gracePeriod: ['policyLocator', 'invoiceLocator', 'state'],
  document: ['policyLocator', 'policyModificationLocator'],
  media: ['policyLocator', 'policyholderLocator'],
  worksheet: ['policyLocator', 'quoteLocator'],
  job: ['state', 'policyLocator'],
  user: ['name'],
  exchange: ['policyLocator'],
  rerate: ['transactionLocator', 'policyLocator'],
  claim: ['policyLocator', 'policyholderLocator'],
  subclaim: ['claimLocator', 'perilLocator', 'payables.locator'],
  note: ['policyLocator', 'diary'],
  conflict: ['state'],
};

export const PROJECTIONS_VERSION = '5';

/** A value of an indexed member. */
export type IndexedField = readonly [member: string, value: string];

const PATHS = new Map(
  Object.entries(INDEXED_MEMBERS).map(([type, members]) => [
    type,
    members.map((member) => ({ member, path: member.split('.') })),
  ]),
);

/** What a record is found by, as it is indexed. */
export function fieldsOf(type: RecordType, value: unknown): readonly IndexedField[] {
  const fields: IndexedField[] = [];
  for (const { member, path } of PATHS.get(type) ?? [])
    for (const text of valuesAt(value, path)) fields.push([member, text]);
  return fields;
}

/** The values at a path of a record as text; a path into a list covers every item. */
export function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [member, ...rest] = path;
  if (member === undefined)
    return value === null || value === undefined || typeof value === 'object' ? [] : [`${value}`];
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, member)) return [];
  return valuesAt((value as Record<string, unknown>)[member], rest);
}
