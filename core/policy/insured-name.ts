import { type Desk, look } from '#core/desk/desk.ts';
import { policyholderName } from '#core/model/policyholder-name.ts';

/** What the policyholder of this locator is called; empty for an erased person. */
export function insuredName(desk: Desk, policyholderLocator: string): string {
  return policyholderName(look(desk, 'policyholder', policyholderLocator)?.record.entity.values ?? {});
}
