import { type Desk, look } from '#core/desk/desk.ts';

/** What a policyholder is called: the fields that hold names, or the first that hold anything; empty for an erased person. */
export function insuredName(desk: Desk, policyholderLocator: string): string {
  const values = Object.entries(look(desk, 'policyholder', policyholderLocator)?.record.entity.values ?? {});
  const named = values.filter(([field]) => /name/i.test(field));
  const chosen = named.length > 0 ? named : values.slice(0, 2);
  return chosen.flatMap(([, list]) => list).join(' ');
}
