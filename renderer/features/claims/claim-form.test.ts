import { describe, expect, it } from 'vitest';
import { entityIn, instantAt, localAt, turned, turnedInput } from './claim-form.ts';

describe('the form of a claim', () => {
  it('reads day and time in the zone of the tenant, and back', () => {
    const zone = 'America/Los_Angeles';
    expect(instantAt('2021-11-03T17:40', zone)).toBe(Date.parse('2021-11-03T17:40:00-07:00'));
    expect(localAt(Date.parse('2021-12-03T17:40:00-08:00'), zone)).toBe('2021-12-03T17:40');
    expect(instantAt('', zone)).toBeUndefined();
  });

  it('turns the sign of what the insurer pays, to the cent', () => {
    expect([turned('-1500.10'), turned('0.00'), turnedInput('250'), turnedInput('-20'), turnedInput('a')]).toEqual([
      '1500.1',
      '0',
      '-250',
      '20',
      undefined,
    ]);
  });

  it('takes values and repeats of groups apart', () => {
    const fields = [
      { name: 'what', title: 'What', type: 'string' },
      { name: 'parties', title: 'Parties', type: 'group', repeatable: true },
    ] as never;
    const stored = { fieldValues: { what: ['Hail'], parties: ['g1'] }, fieldGroupsByLocator: { g1: { name: ['Bo'] } } };
    expect(entityIn(fields, stored)).toEqual({
      values: { what: ['Hail'] },
      groups: { parties: [{ key: 'g1', locator: 'g1', values: { name: ['Bo'] } }] },
    });
  });
});
