import { describe, expect, it } from 'vitest';
import { policyholderName } from './policyholder-name.ts';

describe('what a policyholder is called', () => {
  it('is what the fields of names hold, in their order', () => {
    expect(policyholderName({ zip: ['9'], first_name: ['Ada'], lastName: ['Marsh'] })).toBe('Ada Marsh');
  });
  it('is the first two values where no field is called so, or none of those holds anything', () => {
    expect(policyholderName({ company: ['Mill'], name: [], city: ['Ely'], zip: ['9'] })).toBe('Mill Ely');
  });
  it('is nothing for an erased person', () => {
    expect(policyholderName({})).toBe('');
  });
});
