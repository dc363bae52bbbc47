import { type Desk, look } from '#core/desk/desk.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { GuestReader } from '#core/sandbox/contract.ts';
import { getPolicy } from './policies.ts';
import { getPolicyholder } from './policyholders.ts';

/** What plugins may read through `socotraApi` beside the tables (formats §1.11): policies, policyholders and aux data. */
export function guestReader(desk: Desk): GuestReader {
  return {
    async fetchByLocator(entity, locator) {
      const kind = entity.toLowerCase();
      if (kind === 'policy') return getPolicy(desk, locator) as unknown as JsonValue;
      if (kind === 'policyholder') return getPolicyholder(desk, locator) as unknown as JsonValue;
      return null;
    },
    async getAuxData(locator, key) {
      const items = look(desk, 'auxData', locator)?.record.items;
      return (items && Object.hasOwn(items, key) ? items[key]?.value : undefined) ?? null;
    },
  };
}
