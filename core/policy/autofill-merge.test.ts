import { describe, expect, it } from 'vitest';
import { mergeUpdates } from './autofill-merge.ts';

describe('what was filled in, under what was asked for (decision 0010)', () => {
  it('keeps every value that somebody gave, also one that they took away', () => {
    const given = { fieldValues: { make: 'Volvo', colour: null }, policyEndTimestamp: '5' };
    const filled = {
      fieldValues: { make: 'Saab', colour: 'red', model: '900' },
      policyEndTimestamp: '9',
      paymentScheduleName: 'monthly',
    };
    expect(mergeUpdates(given, filled)).toEqual({
      fieldValues: { make: 'Volvo', colour: null, model: '900' },
      policyEndTimestamp: '5',
      paymentScheduleName: 'monthly',
    });
  });

  it('pairs new exposures, perils and groups by name and turn, and adds what is left', () => {
    const car = (fieldValues: object, perils: object[] = []) => ({ exposureName: 'car', fieldValues, perils });
    const given = {
      addFieldGroups: [{ fieldName: 'drivers', fieldValues: { name: 'Ada' } }],
      addExposures: [car({ vin: 'a' }), car({ vin: 'b' }, [{ name: 'collision', deductible: 100 }])],
    };
    const filled = {
      addFieldGroups: [
        { fieldName: 'drivers', fieldValues: { name: 'x', age: 40 } },
        { fieldName: 'drivers', fieldValues: { name: 'Bo' } },
      ],
      addExposures: [
        car({ vin: 'x', make: 'Volvo' }),
        { exposureName: 'trailer', fieldValues: {} },
        car({ make: 'Saab' }, [{ name: 'theft' }, { name: 'collision', deductible: 500, fieldValues: { c: '1' } }]),
      ],
    };
    expect(mergeUpdates(given as never, filled as never)).toEqual({
      addFieldGroups: [
        { fieldName: 'drivers', fieldValues: { name: 'Ada', age: 40 } },
        { fieldName: 'drivers', fieldValues: { name: 'Bo' } },
      ],
      addExposures: [
        car({ vin: 'a', make: 'Volvo' }),
        car({ vin: 'b', make: 'Saab' }, [
          { name: 'collision', deductible: 100, fieldValues: { c: '1' } },
          { name: 'theft' },
        ]),
        { exposureName: 'trailer', fieldValues: {} },
      ],
    });
  });

  it('never removes what the request changes', () => {
    const merged = mergeUpdates(
      { updateExposures: [{ exposureLocator: 'e1', fieldValues: { a: 1 } }], removeExposures: ['e3'] },
      {
        updateExposures: [{ exposureLocator: 'e1', fieldValues: { a: 2, b: 2 }, removePerils: ['p1'] }],
        removeExposures: ['e1', 'e2', 'e3'],
      },
    );
    expect(merged).toEqual({
      updateExposures: [{ exposureLocator: 'e1', fieldValues: { a: 1, b: 2 }, removePerils: ['p1'] }],
      removeExposures: ['e3', 'e2'],
    });
  });

  it('a script that changes a copy of what it was asked adds nothing twice', () => {
    const asked = {
      fieldValues: { a: ['1'] },
      addExposures: [{ exposureName: 'car', fieldValues: { vin: ['x'] }, perils: [{ name: 'theft' }] }],
      addFieldGroups: [{ fieldName: 'g', fieldValues: { b: ['2'] } }],
      removeExposures: ['e1'],
    };
    expect(mergeUpdates(asked, asked)).toEqual(asked);
  });
});
