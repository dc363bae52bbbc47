import { describe, expect, it } from 'vitest';
import type { Insured, InsuredExposure } from './contract.ts';
import { differencesBetween } from './differences.ts';

const peril = (name: string, deductible: string) => ({
  locator: `${name}-1`,
  name,
  renewalGroup: `${name}-group`,
  amounts: { deductible },
  fieldValues: {},
  fieldGroupsByLocator: {},
});
const vehicle = (locator: string, value: string, perils: InsuredExposure['perils'] = []): InsuredExposure => ({
  locator,
  name: 'vehicle',
  fieldValues: { value: [value] },
  fieldGroupsByLocator: {},
  perils,
});
const insured = (exposures: readonly InsuredExposure[], more: Partial<Insured> = {}): Insured => ({
  fieldValues: {},
  fieldGroupsByLocator: {},
  exposures,
  ...more,
});

describe('differencesBetween', () => {
  it('names nothing where nothing is different', () => {
    const same = insured([vehicle('a', '1', [peril('theft', '500')])]);
    expect(differencesBetween(same, structuredClone(same))).toEqual([]);
  });

  it('names fields with both values, and what came and went, by the place where it is insured', () => {
    const before = insured([vehicle('a', '10000', [peril('theft', '500'), peril('glass', '100')]), vehicle('b', '1')]);
    const after = insured([
      vehicle('a', '12000', [peril('theft', '250'), peril('hail', '100')]),
      vehicle('b', '1'),
      vehicle('c', '8000'),
    ]);
    const first = { locator: 'a', name: 'vehicle', number: 1 };
    expect(differencesBetween(before, after)).toEqual([
      { what: 'set', path: 'exposure a.value', exposure: first, field: 'value', before: '10000', after: '12000' },
      {
        what: 'set',
        path: 'peril theft-group.deductible',
        exposure: first,
        peril: 'theft',
        field: 'deductible',
        before: '500',
        after: '250',
      },
      { what: 'added', path: 'peril hail-group', exposure: first, peril: 'hail', before: null, after: null },
      { what: 'ended', path: 'peril glass-group', exposure: first, peril: 'glass', before: null, after: null },
      {
        what: 'added',
        path: 'exposure c',
        exposure: { locator: 'c', name: 'vehicle', number: 3 },
        before: null,
        after: null,
      },
    ]);
  });

  it('looks into repeated groups, and takes an emptied field for one that is not there', () => {
    const group = { fieldGroupsByLocator: { g1: { name: ['Ada'] }, g2: { name: ['Bo'] } } };
    const before = insured([], { fieldValues: { drivers: ['g1', 'g2'], note: ['x'], other: [] }, ...group });
    const after = insured([], {
      fieldValues: { drivers: ['g1'], note: [] },
      fieldGroupsByLocator: { g1: { name: ['Ada M.'] } },
    });
    expect(differencesBetween(before, after)).toEqual([
      {
        what: 'set',
        path: 'policy.g1.name',
        field: 'drivers',
        repeat: { number: 1, field: 'name' },
        before: 'Ada',
        after: 'Ada M.',
      },
      { what: 'set', path: 'policy.note', field: 'note', before: 'x', after: null },
      {
        what: 'set',
        path: 'policy.g2.name',
        field: 'drivers',
        repeat: { number: 2, field: 'name' },
        before: 'Bo',
        after: null,
      },
    ]);
  });
});
