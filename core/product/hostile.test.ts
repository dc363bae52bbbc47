import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfiguration } from './check.ts';
import { loadConfiguration } from './load.ts';
import { sampleRequests } from './sample.ts';
import { SOUND } from './testing/sound.ts';

const paths = Object.keys(SOUND);
const SNIPPETS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  '\0',
  '\ufffd',
  'null',
  '-1e999',
  '{{',
  '%}',
  '__proto__',
  '"constructor":',
  '\n\n',
  '/*',
];
/** Cuts out a piece of a file, or puts something strange in its place. */
const damage = fc.record({
  path: fc.constantFrom(...paths),
  at: fc.nat(2_000),
  length: fc.nat(40),
  by: fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ maxLength: 8 })),
});

describe('whatever a configuration contains', () => {
  it('C4 loading, checking and sampling answer with diagnostics and never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const texts: Record<string, string> = { ...SOUND };
        for (const { path, at, length, by } of damages) {
          const text = texts[path] ?? '';
          const start = at % (text.length + 1);
          texts[path] = text.slice(0, start) + by + text.slice(start + length);
        }
        const files = new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
        const configuration = await loadConfiguration({ files });
        for (const { file, line, column, message } of checkConfiguration(configuration)) {
          expect([file, message].every((text) => text.length > 0)).toBe(true);
          expect(Math.min(line, column)).toBeGreaterThan(0);
        }
        for (const product of configuration.products)
          expect([...sampleRequests(product, configuration, { count: 1, seed: 'x' })]).toHaveLength(1);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });
  it('C4 nor for JSON that is nested without end', async () => {
    const deep = '['.repeat(200_000);
    const files = new Map([['products/p/policy/policy.json', new TextEncoder().encode(deep)]]);
    expect((await loadConfiguration({ files })).diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'json-syntax' }),
    );
  });
});

it.each(['(?=(a+)+b)(a|a){40}a*c', '((((a{1000}){1000}){1000}){1000})'])(
  'C4 nor hangs sampling at the form %s',
  async (regex) => {
    const policy = JSON.stringify({ fields: [{ name: 'a', title: 'A', type: 'string', regex }] });
    const files = new Map([['products/p/policy/policy.json', new TextEncoder().encode(policy)]]);
    const configuration = await loadConfiguration({ files });
    for (const product of configuration.products)
      expect([...sampleRequests(product, configuration, { count: 1, seed: 'x' })]).toHaveLength(1);
  },
);
