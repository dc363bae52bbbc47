import { sumOf } from '#core/billing/amounts.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';

/** The price of a quote by peril, with its taxes, fees and totals; amounts as text with the currency's decimals. */
export function priceResponse(quote: QuoteRecord) {
  const { price, currency } = quote;
  if (!price) throw new Problem('internal', `Quote ${quote.locator} has no price.`);
  const { grossPremium, grossTaxes, grossFees, fees, taxGroups } = price;
  const decimals = currencyDecimals(currency);
  return {
    currency,
    grossPremium,
    grossTaxes,
    grossFees,
    total: moneyText(new Decimal(grossPremium).plus(grossTaxes).plus(grossFees), decimals),
    perils: quote.exposures.flatMap((exposure, exposureIndex) =>
      exposure.perils.flatMap((peril) => {
        const priced = price.perils[peril.row];
        if (!priced) return [];
        return [
          {
            exposureIndex,
            exposureLocator: exposure.locator,
            exposureName: exposure.name,
            perilLocator: peril.locator,
            perilName: peril.name,
            perilCharacteristicsLocator: peril.row,
            premium: priced.premium,
            monthPremium: priced.monthPremium,
            ...(priced.technicalPremium === undefined ? {} : { technicalPremium: priced.technicalPremium }),
            commissions: priced.commissions,
            taxes: moneyText(sumOf(priced.taxes), decimals),
          },
        ];
      }),
    ),
    fees: fees.map(({ name, description, amount }) => ({ name, description, amount })),
    taxGroups,
  };
}
