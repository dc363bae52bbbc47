import type { FieldValues } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { liquidNumber, policyholderScope, policyScope, typedValues } from '#core/model/scope.ts';

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
    ...(snake(transaction) as JsonObject),
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

/** Maps whose keys are names that a tenant gave: fields, groups, exposures, locators. They stay as they are. */
const NAMED_BY_TENANT = new Set([
  ...['allFieldValues', 'updatedFieldValues', 'updatedFieldGroups', 'updatedExposures', 'updatedPerils'],
  ...['fieldGroupsByLocator', 'mediaByLocator'],
]);
const AMOUNT = /(amount|premium|premiumChange|taxes|fees|totalDue|price|commission|balance|refund|charge)$/i;

function snake(value: JsonValue | undefined, key = ''): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string')
    return /timestamp$/i.test(key) || (AMOUNT.test(key) && /^-?\d+(\.\d+)?$/.test(value)) ? liquidNumber(value) : value;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => snake(item, key));
  if (key === 'fieldValues') return typedValues(value as FieldValues, []);
  const rename = NAMED_BY_TENANT.has(key) ? (name: string) => name : snakeCase;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [rename(name), snake(member, NAMED_BY_TENANT.has(key) ? '' : name)]),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
