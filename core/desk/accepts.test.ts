import fc from 'fast-check';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { accepts } from './accepts.ts';
import { PolicyholderRecord, PolicyRecord, QuoteRecord } from './records.ts';

const fields = { fieldValues: { vin: ['1', '2'] }, fieldGroupsByLocator: { g: { a: [] } } };
const named = { locator: 'l', row: 'r', modification: 'm', name: 'n', ...fields };
const at = { createdAt: 1, updatedAt: 2 };
const product = { productName: 'p', currency: 'USD' };
const RECORDS: readonly (readonly [z.ZodType, object])[] = [
  [PolicyholderRecord, { locator: 'h', ...at, completed: true, entity: { values: { name: ['Greta'] } } }],
  [
    PolicyRecord,
    { locator: 'p', displayId: 'p', policyholderLocator: 'h', configVersion: 1, ...product, ...at, quoteLocator: 'q' },
  ],
  [
    QuoteRecord,
    {
      ...named,
      policyLocator: 'p',
      policyholderLocator: 'h',
      ...product,
      state: 'draft',
      ...at,
      contractStart: 3,
      contractEnd: 4,
      exposures: [{ ...named, perils: [{ ...named, renewalGroup: 'g', amounts: { deductible: '500' } }] }],
      underwriting: { decision: 'accept', decisionTimestamp: '5', notes: [] },
    },
  ],
];

/** The value with something else, or nothing, at one of its places. */
function bent(value: unknown, path: readonly number[], other: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return other;
  const keys = Object.keys(value);
  const key = keys[(path[0] ?? 0) % (keys.length + 1)] ?? 'unknown';
  const inner = bent((value as Record<string, unknown>)[key], path.slice(1), other);
  return Array.isArray(value) ? value.map((item, i) => (String(i) === key ? inner : item)) : { ...value, [key]: inner };
}

test('what is accepted quickly is what the schema takes, unchanged; records as they are usually made are', () => {
  for (const [schema, record] of RECORDS) expect(accepts(schema)(record)).toBe(true);
  const place = fc.array(fc.nat(12), { maxLength: 6 });
  const other = fc.oneof(
    fc.constantFrom(undefined, null, '', 'draft', 1.5, 2 ** 60, true, [], {}, new Date(0)),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...RECORDS), place, other, ([schema, record], path, what) => {
      const made = bent(record, path, what);
      if (accepts(schema)(made)) expect(schema.safeParse(made)).toEqual({ success: true, data: made });
    }),
    { seed: 6, numRuns: 2_000 },
  );
});
