import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { type FieldError, Problem } from '#core/model/problem.ts';
import type { PricingInput, PricingResult } from '#core/pricing/contract.ts';
import type { RatedPeril, RiskError } from './contract.ts';

/** Throws `invalid-fields` when something is wrong. */
export function refuse(list: readonly FieldError[]): void {
  const [first] = list;
  if (!first) return;
  const more = list.length > 1 ? ` (and ${list.length - 1} more)` : '';
  const where = first.path === undefined ? first.fieldName : `${first.path}.${first.fieldName}`;
  throw new Problem('invalid-fields', `${where}: ${first.message}${more}`, { place: { field: where } });
}

/** What a book keeps of a price. */
export function amountsOf(
  { policy, configuration }: Pick<PricingInput, 'policy' | 'configuration'>,
  priced: Pick<Extract<PricingResult, { ok: true }>, 'perils' | 'grossPremium' | 'grossTaxes' | 'grossFees'>,
) {
  const currency = policy.currency ?? configuration.currency;
  const decimals = currencyDecimals(currency);
  const { grossPremium: premium, grossTaxes: taxes, grossFees: fees } = priced;
  const text = (amount: Decimal): string => moneyText(amount, Math.max(decimals, amount.decimalPlaces()));
  const perils: RatedPeril[] = policy.exposures.flatMap(({ name, perils }, i) =>
    perils.map((peril): RatedPeril => {
      const price = priced.perils[peril.characteristics[0]?.locator ?? ''];
      const levied = (price?.taxes ?? []).reduce((sum, tax) => sum.plus(tax.amount), new Decimal(0));
      return { exposure: `${name} ${i + 1}`, peril: peril.name, premium: price?.premium ?? '0', taxes: text(levied) };
    }),
  );
  return { currency, premium, taxes, fees, total: text(new Decimal(premium).plus(taxes).plus(fees)), perils };
}

export function errorOf({ code, message, place }: Problem): RiskError {
  return {
    code,
    message,
    ...(place?.field === undefined ? {} : { field: place.field }),
    ...(place?.file === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { fileLine: place.line }),
  };
}
