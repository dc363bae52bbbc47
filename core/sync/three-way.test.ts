import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { mergeDrafts } from './three-way.ts';

const SEED = Number(process.env.FIELDWRITER_SYNC_SEED ?? 20_261_127);
const RUNS = { seed: SEED, numRuns: 400 };

/** Drafts of a quote: fields, some of them groups, and exposures with locators. Few names and values, so that sides meet. */
const value = fc.constantFrom<JsonValue>('1', '2', 3, null, ['1'], ['1', '2']);
const name = fc.constantFrom('make', 'model', '__proto__', 'updatedAt');
const fields = fc.dictionary(name, value, { maxKeys: 4 });
const exposure = fc.record({ locator: fc.constantFrom('e1', 'e2', 'e3'), fieldValues: fields, name: value });
const draft: fc.Arbitrary<JsonObject> = fc.record({
  state: fc.constant('draft'),
  updatedAt: fc.integer({ min: 0, max: 9 }),
  fieldValues: fields,
  exposures: fc.uniqueArray(exposure, { selector: ({ locator }) => locator, maxLength: 3 }),
  price: fc.constantFrom({ grossPremium: '1.00' }, { grossPremium: '2.00' }),
});
const merged = (base: JsonObject, theirs: JsonObject, mine: JsonObject) => mergeDrafts('quote', base, theirs, mine);
const unpriced = ({ price: _, ...rest }: JsonObject): JsonObject => rest;

test('SY28 a merge is the same whoever came first, also in the fields that it disagrees about', () => {
  fc.assert(
    fc.property(draft, draft, draft, (base, one, other) => {
      const [a, b] = [merged(base, one, other), merged(base, other, one)];
      expect(a.ok ? a.record : [...a.fields].sort()).toEqual(b.ok ? b.record : [...b.fields].sort());
    }),
    RUNS,
  );
});

test('SY26 SY27 who changed nothing takes nothing back, and what both made alike is that', () => {
  fc.assert(
    fc.property(draft, draft, (base, changed) => {
      const updatedAt = Math.max(Number(base.updatedAt), Number(changed.updatedAt));
      const expected = { ok: true, record: { ...unpriced(changed), updatedAt } };
      expect(merged(base, changed, base)).toEqual(expected);
      expect(merged(base, base, changed)).toEqual(expected);
      expect(merged(base, changed, changed)).toEqual({ ok: true, record: unpriced(changed) });
    }),
    RUNS,
  );
});

test('SY14 what was merged, merged again with either side, stays as it is', () => {
  fc.assert(
    fc.property(draft, draft, draft, (base, theirs, mine) => {
      const once = merged(base, theirs, mine);
      fc.pre(once.ok);
      const later = { ...once.record, updatedAt: 9 };
      expect(merged(mine, later, mine)).toEqual({ ok: true, record: later });
      expect(merged(base, later, once.record)).toEqual({ ok: true, record: later });
    }),
    { ...RUNS, numRuns: 60 },
  );
});

test('SY26 no change of either side is lost, and what nobody changed stays', () => {
  // Each side changes members of its own; both take one name in each of the places.
  const sides = fc.record({
    theirs: fields,
    mine: fields,
    exposure: fc.constantFrom('e1', 'e2'),
    at: value,
    to: value,
  });
  fc.assert(
    fc.property(draft, sides, (base, { theirs, mine, exposure: locator, at, to }) => {
      const own = Object.keys(mine).filter((one) => !Object.hasOwn(theirs, one));
      const onlyMine = Object.fromEntries(own.map((one) => [one, mine[one]]));
      const put = (of: JsonObject, values: JsonObject): JsonObject => ({
        ...of,
        fieldValues: Object.fromEntries([...Object.entries(of.fieldValues as JsonObject), ...Object.entries(values)]),
      });
      const exposures = base.exposures as readonly JsonObject[];
      const named = (member: string, to: JsonValue) =>
        exposures.map((one) => (one.locator === locator ? { ...one, [member]: to } : one));
      const left = { ...put(base, theirs as JsonObject), exposures: named('name', at) };
      const right = { ...put(base, onlyMine as JsonObject), exposures: named('color', to) };
      const result = merged(base, left, right);
      const expected = put(put(base, theirs as JsonObject), onlyMine as JsonObject);
      expect(result).toEqual({
        ok: true,
        record: unpriced({
          ...expected,
          exposures: exposures.map((one) => (one.locator === locator ? { ...one, name: at, color: to } : one)),
        }),
      });
    }),
    RUNS,
  );
});

test('SY26 moved items are followed; moved differently they are a field that both changed', () => {
  const items = (...locators: string[]): JsonObject => ({
    state: 'draft',
    exposures: locators.map((locator) => ({ locator })),
  });
  const record = items('e3', 'e1', 'e2', 'e4');
  expect(merged(items('e1', 'e2', 'e3'), items('e3', 'e1', 'e2'), items('e1', 'e2', 'e3', 'e4'))).toEqual({
    ok: true,
    record,
  });
  expect(merged(items('e1', 'e2', 'e3'), items('e3', 'e1', 'e2'), items('e2', 'e1', 'e3'))).toEqual({
    ok: false,
    fields: ['exposures[]'],
  });
});
