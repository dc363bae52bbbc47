import { describe, expect, it } from 'vitest';
import type { ProductForm } from '#core/api/contract.ts';
import { copyOfExposure, type ExposureEntity, exposureTitles, type RiskForm } from './form.ts';
import { draftUpdate, filledIn, rebased } from './update.ts';

const product: ProductForm = {
  name: 'fleet',
  displayName: 'Fleet',
  configVersion: 1,
  currency: 'USD',
  timeZone: 'UTC',
  policyholderFields: [],
  fields: [],
  exposures: [{ name: 'car', displayName: 'Car', fields: [], perils: [] }],
  documents: [],
  lookups: {},
};
const car = (locator: string, value: string): ExposureEntity => ({
  key: locator,
  locator,
  name: 'car',
  values: { value: [value] },
  groups: {},
  perils: [{ name: 'theft', locator: `${locator}-theft`, included: true, amounts: {}, values: {}, groups: {} }],
});
const form = (exposures: readonly ExposureEntity[]): RiskForm => ({
  policyholder: { values: {}, groups: {} },
  start: '2026-01-01',
  end: '2027-01-01',
  policy: { values: {}, groups: {} },
  exposures,
});

describe('a form for another copy of the same risk', () => {
  const original = form([car('a', '1'), car('b', '2')]);
  const copy = form([car('a2', '1'), car('b2', '2')]);

  it('changes the twin of what was changed, and removes the twin of what was removed', () => {
    const changed = form([car('b', '3')]);
    const update = draftUpdate(copy, rebased(changed, original, copy), product);
    expect(update.removeExposures).toEqual(['a2']);
    expect(update.addExposures).toEqual([]);
    expect(update.updateExposures).toMatchObject([
      { exposureLocator: 'b2', fieldValues: { value: ['3'] }, updatePerils: [{ perilLocator: 'b2-theft' }] },
    ]);
  });

  it('adds what was added: it is saved nowhere yet', () => {
    const added = form([...original.exposures, copyOfExposure(car('b', '9'))]);
    const update = draftUpdate(copy, rebased(added, original, copy), product);
    expect(update.removeExposures).toEqual([]);
    expect(update.addExposures).toMatchObject([{ exposureName: 'car', fieldValues: { value: ['9'] } }]);
  });
});

describe('names of exposures', () => {
  it('have a number only where there are several of a kind', () => {
    expect(exposureTitles(product, form([car('a', '1')]))).toEqual(['Car']);
    expect(exposureTitles(product, form([car('a', '1'), car('b', '1')]))).toEqual(['Car 1', 'Car 2']);
  });
});

describe('what the product filled in', () => {
  it('is what the saved risk has and nobody gave; what was changed or given does not count', () => {
    const typed = form([car('a', '1')]);
    const saved = form([{ ...car('a', '2'), values: { value: ['2'], make: ['Volvo'], colour: [] } }]);
    expect(filledIn(typed, { ...saved, policy: { values: { zone: ['7'] }, groups: {} } })).toBe(2);
    expect(filledIn(typed, typed)).toBe(0);
  });
});
