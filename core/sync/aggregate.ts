import { configurationLocator } from '#core/desk/records.ts';
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

/** The name under which a record that its author made, and that is not there, holds back what rests on it (SY16). */
export function creationOf({ type, locator }: RecordKey): string {
  return `creation of ${type} ${locator}`;
}

/** What a record names that lies outside of its aggregate: without it the record is nothing (SY16). */
export function restsOn(record: JsonObject | null): readonly RecordKey[] {
  const { policyholderLocator, configVersion } = record ?? {};
  return [
    ...(typeof policyholderLocator === 'string'
      ? [{ type: 'policyholder', locator: policyholderLocator } as const]
      : []),
    ...(typeof configVersion === 'number'
      ? [{ type: 'configuration', locator: configurationLocator(configVersion) } as const]
      : []),
  ];
}
