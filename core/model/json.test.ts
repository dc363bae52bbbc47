import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './json.ts';

const seed = { seed: 20261121 };

/** The definition, word for word. */
function plainly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => plainly(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${plainly(member)}`).join(',')}}`;
}

test('canonical JSON is the JSON of sorted members', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = canonicalJson(value);
      expect(text).toBe(plainly(value));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
    seed,
  );
});

test('members are sorted by code units, also those that look like numbers, and undefined ones are left out', () => {
  expect(canonicalJson({ b: 1, a: undefined, '9': [undefined, 'é\n'], '10': { z: null, Z: true } })).toBe(
    '{"10":{"Z":true,"z":null},"9":[null,"é\\n"],"b":1}',
  );
});

test('lone surrogates are escaped', () => {
  expect(canonicalJson('a\ud800b')).toBe('"a\\ud800b"');
});
