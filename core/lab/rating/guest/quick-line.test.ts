import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { policyholderRules } from '#core/policy/policyholder-fields.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { CharacterRoom } from './characters.ts';
import { type Prepared, Pricer, type PricerProgram } from './pricer.ts';
import { QuickLines } from './quick-line.ts';

const CLOCK = Date.UTC(2026, 5, 1);
const PIECES = [
  '',
  ' ',
  ',',
  ':',
  '"',
  '\\',
  '\\n',
  '\n',
  '\t',
  '{',
  '}',
  '[',
  ']',
  '0',
  '-',
  '1',
  '.5',
  'é',
  '\ud800',
  'null',
  '\\u0041',
  '""',
];

test('a line that is read from its characters, whole or in part, is what the parser and the checks make of it (BR37, BR38)', async () => {
  const spy = vi.spyOn(QuickLines.prototype, 'read');
  for (const [name, loose] of [
    ['homeowners', false],
    ['private-motor-france', false],
    ['private-motor-france', true],
  ] as const) {
    const configuration = await loadConfiguration({ folder: `examples/${name}` });
    const [sold] = configuration.products;
    if (!sold) throw new Error('no product');
    const product = loose ? loosened(sold) : sold;
    const program: PricerProgram = {
      configuration,
      product,
      configVersion: 1,
      holderRules: policyholderRules(configuration),
      code: { plain: () => null, runLiquid: () => [] },
      catches: false,
      clock: CLOCK,
      seed: '1',
    };
    const [reads, parses] = [new Pricer(program), new Pricer(program)];
    // Every second field is read, and the rater prices what there is.
    const named = new Set(fieldsOf(product).filter((_, i) => i % 2 === 0));
    const prices = { askRater: pricedOf, askedMore: () => false, leftAlone: () => true };
    const part = new Pricer({ ...program, reads: named, code: { ...program.code, ...prices } });
    const room = new CharacterRoom();
    let inPart = 0;
    const texts = [...sampleRequests(sold, configuration, { count: 6, seed: 'line', now: CLOCK })].map((request, i) =>
      JSON.stringify({ key: `K${i}`, ...request }, null, i % 3 === 2 ? 1 : 0)
        .replace(/\n */g, ' ')
        .replace(loose ? /(?<=[a-z]":)"(\d{1,9})"/g : /^$/, '$1'),
    );
    // Every change of one or two places: what stands there is taken away, doubled, or something else.
    const spoilt = fc
      .record({
        text: fc.constantFrom(...texts),
        edits: fc.array(
          fc.record({
            at: fc.nat(),
            drop: fc.nat({ max: 3 }),
            piece: fc.constantFrom(...PIECES),
            twice: fc.nat({ max: 40 }),
          }),
          {
            maxLength: 2,
          },
        ),
      })
      .map(({ text, edits }) => {
        let changed = text;
        for (const { at, drop, piece, twice } of edits) {
          // Mostly within a text, where the line stays one.
          const inside = [...changed.matchAll(/(?<=:")./g)].map(({ index }) => index);
          const place = (at % 3 > 0 ? inside[at % inside.length] : undefined) ?? at % changed.length;
          const again = twice > 30 ? changed.slice(place, place + twice) : '';
          changed = changed.slice(0, place) + piece + again + changed.slice(place + (at % 3 > 0 ? 0 : drop));
        }
        return changed;
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        const said = (pricer: Pricer, line: string): unknown => {
          try {
            const { seen: _, request: __, ...made } = pricer.prepare(line, () => undefined);
            return JSON.stringify(made);
          } catch (error) {
            return error instanceof Problem ? [error.code, error.place, error.fieldErrors] : error;
          }
        };
        // A tab is a blank that only the parser takes.
        const whole = said(parses, `\t${text}`);
        expect(said(reads, text)).toEqual(whole);
        const priced = part.priceOfPart(text, 0, text.length, room.of(text));
        if (!priced) return;
        inPart += 1;
        const { seen: _, request: __, ...risk } = priced.risk;
        expect(typeof whole).toBe('string');
        expect(namedIn(risk, named)).toEqual(namedIn(JSON.parse(String(whole)), named));
      }),
      { numRuns: 300, seed: 30 },
    );
    expect(inPart).toBeGreaterThan(30);
  }
  // Many of them are read so, changed ones too.
  const quick = spy.mock.results.filter(({ value }) => value !== undefined).length;
  spy.mockRestore();
  expect(quick).toBeGreaterThan(100);
});

/** What the rater answers: a price for each row. */
function pricedOf({ policyExposurePerils }: JsonObject): unknown {
  const rows = policyExposurePerils as readonly { readonly perilCharacteristicsLocator: string }[];
  const priced = rows.map(({ perilCharacteristicsLocator: at }) => [at, { yearlyPremium: 100 }]);
  return { pricedPerilCharacteristics: Object.fromEntries(priced) };
}

function fieldsOf({ fields, exposures }: Product): readonly string[] {
  const all = [
    fields,
    ...exposures.flatMap((exposure) => [exposure.fields, ...exposure.perils.map((one) => one.fields)]),
  ];
  return all.flat().map(({ name }) => name);
}

/** A risk with no other fields than some; of the policyholder nothing. */
function namedIn({ risk, holder: _, ...rest }: Pick<Prepared, 'risk' | 'holder'>, named: ReadonlySet<string>): unknown {
  const values = (_key: string, value: unknown): unknown =>
    _key === 'fieldValues'
      ? Object.fromEntries(Object.entries(value as object).filter(([name]) => named.has(name)))
      : value;
  return JSON.parse(JSON.stringify({ risk, ...rest }, values));
}

/** Any text is right in its fields, and any may be there: what is wrong is wrong with the line. */
function loosened(product: Product): Product {
  const any = (fields: Product['fields']): Product['fields'] =>
    fields.map(({ name, title }) => ({ name, title, type: 'string', optional: true, repeatable: false }));
  return {
    ...product,
    fields: any(product.fields),
    exposures: product.exposures.map((exposure) => ({
      ...exposure,
      fields: any(exposure.fields),
      perils: exposure.perils.map((peril) => ({ ...peril, fields: any(peril.fields) })),
    })),
  };
}
