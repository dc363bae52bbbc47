import { Decimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Product } from '#core/model/product.ts';
import type { PricingResult } from '#core/pricing/contract.ts';

/** What of a price stands in a policy that rules look at. */
export type WholePrice = Pick<
  Extract<PricingResult, { ok: true }>,
  'perils' | 'fees' | 'grossPremium' | 'grossTaxes' | 'taxGroups'
>;

/** A priced risk with what says how its fields are to be read. */
export interface PricedRisk {
  readonly policy: PolicyResponse;
  readonly policyholder: PolicyholderResponse;
  readonly product: Product;
  readonly holderFields: readonly FieldDefinition[];
}

/**
 * A policy of new business with its price, as the desk shows a priced quote to the rules: the bytes of `policyResponse` (UB6; a test
 * compares them). Fees are named by their number, and no commit is named: nothing was saved.
 */
export function pricedBusiness(policy: PolicyResponse, price: WholePrice, currency: string): PolicyResponse {
  const decimals = currencyDecimals(currency);
  const { grossPremium, grossTaxes, perils } = price;
  const taxGroups = price.taxGroups.map((group) => ({ ...group, amountCurrency: currency }));
  const { originalContractStartTimestamp: start, originalContractEndTimestamp: end } = policy;
  const premiumOf = (row: string): string | undefined => perils[row]?.premium;
  return {
    ...policy,
    characteristics: policy.characteristics.map((row) => ({ ...row, grossPremium, grossTaxes, taxGroups })),
    exposures: policy.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril) => ({
        ...peril,
        characteristics: peril.characteristics.map((row) => {
          const priced = perils[row.locator];
          return priced ? { ...row, ...priced, premiumCurrency: currency, premiumTemplateRevision: '' } : row;
        }),
      })),
    })),
    modifications: policy.modifications.map((modification) => {
      const { configVersion, exposureModifications, newPolicyCharacteristicsLocator, ...others } = modification;
      const { fieldValues, mediaByLocator, ...before } = others;
      return {
        ...before,
        premiumChange: grossPremium,
        premiumChangeCurrency: currency,
        configVersion,
        exposureModifications: exposureModifications.map((changed) => ({
          ...changed,
          perilModifications: changed.perilModifications.map((one) => {
            const premium = premiumOf(one.newPerilCharacteristicsLocator ?? '');
            return premium === undefined ? one : { ...one, premiumChange: premium, premiumChangeCurrency: currency };
          }),
        })),
        ...(newPolicyCharacteristicsLocator === undefined ? {} : { newPolicyCharacteristicsLocator }),
        fieldValues,
        mediaByLocator,
      };
    }),
    fees: price.fees.map(({ name, description, amount }, i) => ({
      locator: `00000000-0000-7000-8001-${String(i + 1).padStart(12, '0')}`,
      name,
      description,
      amount,
      amountCurrency: currency,
      startTimestamp: start,
      endTimestamp: end,
      reversed: false,
    })),
    grossFees: moneyText(
      price.fees.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)),
      decimals,
    ),
  };
}

/**
 * What an underwriting plugin is asked about new business: the bytes of `numbersAsText({operation, policy, policyholder})` (U3; a test
 * compares them), which has few numbers to turn into text.
 */
export function underwritingRequest(policy: PolicyResponse, policyholder: PolicyholderResponse): JsonObject {
  const { modifications } = policy;
  const request = {
    operation: 'new_business',
    policy: {
      ...policy,
      configVersion: String(policy.configVersion),
      modifications: modifications.map((one) => ({ ...one, configVersion: String(one.configVersion) })),
    },
    policyholder: { ...policyholder, version: String(policyholder.version) },
  };
  return request as unknown as JsonObject;
}
