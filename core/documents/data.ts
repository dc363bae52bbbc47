import type { JsonObject } from '#core/model/json.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { policyholderScope, policyScope, snakeMembers } from '#core/model/scope.ts';

/**
 * What templates see as `data` (formats §6): policy and policyholder as calculations see them, every other member (`endorsement`,
 * `renewal`, `cancellation`, `reinstatement`, `gracePeriod`, `lapse`, `invoiceFinancials`, `payment`, …) in snake_case with
 * timestamps and amounts as numbers. Premium reports keep their camelCase, as in the original.
 *
 * @param data `{policy: PolicyResponse, policyholder: PolicyholderResponse, …}` in camelCase as the API answers
 */
export function documentData(
  data: JsonObject,
  product: Product,
  configuration: Pick<Configuration, 'policyholder'>,
): JsonObject {
  const { policy, policyholder, premiumReport, previousPremiumReports, ...transaction } = data;
  return {
    ...snakeMembers(transaction),
    ...(policy !== undefined && { policy: policyScope(policy as unknown as PolicyResponse, product).policy }),
    ...(policyholder !== undefined && {
      policyholder: policyholderScope(
        policyholder as unknown as PolicyholderResponse,
        configuration.policyholder.fields,
      ),
    }),
    ...(premiumReport !== undefined && { premiumReport }),
    ...(previousPremiumReports !== undefined && { previousPremiumReports }),
  };
}
