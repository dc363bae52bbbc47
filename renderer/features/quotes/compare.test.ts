import { describe, expect, test } from 'vitest';
import type { ProductForm } from '#core/api/contract.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { ExposureEntity, RiskForm } from '../risk/form.ts';
import { alignExposures } from './align.ts';
import { type ComparedSection, compareQuotes, differencesOnly, type QuoteColumn } from './compare.ts';

const thing = (
  values: Record<string, string>,
  covers: Record<string, string | undefined> = {},
  name = 'thing',
): ExposureEntity => ({
  key: JSON.stringify(values),
  name,
  values: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, [value]])),
  groups: {},
  perils: ['loss', 'theft'].map((peril) => ({
    name: peril,
    included: peril in covers,
    amounts: covers[peril] === undefined ? {} : { deductible: covers[peril] },
    values: {},
    groups: {},
  })),
});

describe('the same insured thing in several quotes', () => {
  const a = thing({ plate: 'A', value: '10' });
  const b = thing({ plate: 'B', value: '20' });
  const c = thing({ plate: 'C', value: '30' });

  test('is found by its values when another one before it is gone', () => {
    expect(
      alignExposures([
        [a, b, c],
        [b, c],
      ]),
    ).toEqual([
      { name: 'thing', at: [0, undefined] },
      { name: 'thing', at: [1, 0] },
      { name: 'thing', at: [2, 1] },
    ]);
  });

  test('is found by its position when its values changed, and one that is new stands last', () => {
    const changed = thing({ plate: 'X', value: '99' });
    expect(
      alignExposures([
        [a, b],
        [a, changed, c],
      ]),
    ).toEqual([
      { name: 'thing', at: [0, 0] },
      { name: 'thing', at: [1, 1] },
      { name: 'thing', at: [undefined, 2] },
    ]);
  });

  test('is of the same kind; numbers are equal by their amount', () => {
    const house = thing({ value: '10' }, {}, 'house');
    const cents = thing({ plate: 'Q', value: '20.00' });
    expect(
      alignExposures([
        [a, b, house],
        [house, cents],
      ]),
    ).toEqual([
      { name: 'thing', at: [0, undefined] },
      { name: 'thing', at: [1, 1] },
      { name: 'house', at: [2, 0] },
    ]);
  });

  test('every exposure stands in exactly one row', () => {
    const quotes = [
      [a, a, b],
      [b, a],
      [c, b, a, a],
    ];
    const aligned = alignExposures(quotes);
    for (const [column, exposures] of quotes.entries())
      expect(aligned.flatMap(({ at }) => at[column] ?? []).sort()).toEqual(exposures.map((_, i) => i));
  });
});

const field = (name: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  name,
  title: name.toUpperCase(),
  type: 'string',
  optional: true,
  repeatable: false,
  ...more,
});
const peril = (name: string) => ({ name, displayName: name.toUpperCase(), fields: [], amounts: { deductible: '500' } });
const product = {
  fields: [field('use'), field('losses', { type: 'group', repeatable: true, fields: [field('cause')] })],
  exposures: [
    {
      name: 'thing',
      displayName: 'Thing',
      fields: [field('value', { type: 'number' })],
      perils: [peril('loss'), peril('theft')],
    },
  ],
} as unknown as ProductForm;

function column(
  name: string,
  exposures: readonly ExposureEntity[],
  total: string,
  more: Partial<RiskForm> = {},
): QuoteColumn {
  const form: RiskForm = {
    policyholder: { values: {}, groups: {} },
    start: '2026-01-01',
    end: '2027-01-01',
    policy: { values: { use: ['private'] }, groups: {} },
    exposures,
    ...more,
  };
  const perils = exposures.flatMap((one, exposureIndex) =>
    one.perils.flatMap(({ name: perilName, included }) =>
      included ? [{ exposureIndex, exposureName: one.name, perilName, premium: total, taxes: '0' }] : [],
    ),
  );
  const price = {
    currency: 'USD',
    grossPremium: total,
    grossTaxes: '0.00',
    grossFees: '0.00',
    total,
    perils,
    fees: [],
    taxGroups: [],
  };
  return { locator: name, name, state: 'draft', selected: false, form, price, decision: 'accept', notes: [] };
}
const rows = (sections: readonly ComparedSection[]) =>
  Object.fromEntries(
    sections.flatMap((section) => section.rows.map((row) => [`${section.title} / ${row.label}`, row])),
  );

describe('quotes side by side', () => {
  const one = column('One', [thing({ value: '10' }, { loss: '500' })], '100.00');
  const two = column('Two', [thing({ value: '10.00' }, { loss: '1000', theft: '500' })], '90.50');
  const sections = compareQuotes([one, two], 0, product, 'USD');

  test('mark what differs from the base, and only that', () => {
    const found = rows(sections);
    expect(found['Thing / VALUE']?.apart).toEqual([false, false]);
    expect(found['Thing / LOSS · Deductible']).toMatchObject({ cells: ['500', '1,000'], apart: [false, true] });
    expect(found['Thing / THEFT']).toMatchObject({ cells: ['Not covered', 'Covered'], apart: [false, true] });
    expect(found['Price / Thing · THEFT']).toMatchObject({ cells: ['', '$90.50'], apart: [false, true] });
    expect(found['Price / Difference to “One”']?.cells).toEqual(['', '-$9.50']);
  });

  test('compare with another base', () => {
    const found = rows(compareQuotes([one, two], 1, product, 'USD'));
    expect(found['Price / Difference to “Two”']?.cells).toEqual(['+$9.50', '']);
    expect(found['Thing / THEFT']?.apart).toEqual([true, false]);
  });

  test('show only differences, and always premium and total', () => {
    const labels = differencesOnly(sections).flatMap(({ rows: list }) => list.map(({ label }) => label));
    expect(labels).toEqual([
      'LOSS · Deductible',
      'THEFT',
      'THEFT · Deductible',
      'Thing · LOSS',
      'Thing · THEFT',
      'Premium',
      'Total to pay',
      'Difference to “One”',
    ]);
  });

  test('say what is not insured, and compare groups repeat by repeat', () => {
    const more = column(
      'More',
      [thing({ value: '10' }, { loss: '500' }), thing({ value: '7' }, { loss: '500' })],
      '120.00',
      {
        policy: { values: { use: ['private'] }, groups: { losses: [{ key: 'k', values: { cause: ['Fire'] } }] } },
      },
    );
    const found = rows(compareQuotes([one, more], 0, product, 'USD'));
    expect(found['Thing 2 / Insured']).toMatchObject({ cells: ['Not insured', 'Insured'], apart: [false, true] });
    expect(found['Details / LOSSES · CAUSE']).toMatchObject({ cells: ['', 'Fire'], apart: [false, true] });
  });

  test('leave out what has no price yet', () => {
    const { price: _, ...unpriced } = two;
    expect(rows(compareQuotes([one, unpriced], 0, product, 'USD'))['Price / Total to pay']?.cells).toEqual([
      '$100.00',
      '',
    ]);
  });
});
