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

/** Members that name a record of another type. */
const NAMES = {
  policyholderLocator: 'policyholder',
  policyLocator: 'policy',
  quoteLocator: 'quote',
  invoiceLocator: 'invoice',
} as const;

/** Every record that a record is nothing without, within its aggregate too: a log that was set back may hold one and not the other (SY99). */
export function namedBy(record: JsonObject | null): readonly RecordKey[] {
  const named = Object.entries(NAMES).flatMap(([member, type]) => {
    const locator = record?.[member];
    return typeof locator === 'string' ? [{ type, locator }] : [];
  });
  return [...named, ...restsOn(record).filter(({ type }) => type === 'configuration')];
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
