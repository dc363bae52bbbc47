import type { JsonObject } from '#core/model/json.ts';
import type { RecordKey } from '#core/store/replica/contract.ts';

/**
 * The aggregate that a record belongs to, as text: what a refusal holds back (SY16).
 * @param record its new content, or the one before where it is deleted
 */
export function aggregateOf({ type, locator }: RecordKey, record: JsonObject | null): string {
  if (type === 'policy' || type === 'billing') return `policy ${locator}`;
  const { policyLocator } = record ?? {};
  return typeof policyLocator === 'string' ? `policy ${policyLocator}` : `${type} ${locator}`;
}
