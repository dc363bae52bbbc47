import type { FieldValues } from './field.ts';

/**
 * What a policyholder is called: the fields that hold names, or the first two that hold anything; empty for an erased person.
 * Configurations do not say which field is the name.
 */
export function policyholderName(values: FieldValues): string {
  const held = Object.entries(values).filter(([, list]) => list.length > 0);
  const named = held.filter(([field]) => /name/i.test(field));
  return (named.length > 0 ? named : held.slice(0, 2)).flatMap(([, list]) => list).join(' ');
}
