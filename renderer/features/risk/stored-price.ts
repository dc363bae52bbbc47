import type { PolicyWorksheets, PricePreview } from '#core/api/contract.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { PolicyResponse } from '#core/model/policy.ts';

/** The price of a finalized risk in the shape of a preview, from its stored rows: nothing is calculated anew. */
export function storedPrice(
  policy: PolicyResponse,
  worksheets: PolicyWorksheets | undefined,
  currency: string,
): PricePreview {
  const row = policy.characteristics.findLast((item) => !item.replacedTimestamp);
  const result = policy.modifications.findLast((item) => item.automatedUnderwritingResult)?.automatedUnderwritingResult;
  const premium = row?.grossPremium ?? '0';
  const taxes = row?.grossTaxes ?? '0';
  return {
    fieldErrors: [],
    ...(result ? { underwriting: result } : {}),
    ...(worksheets?.pricing ? { worksheet: worksheets.pricing } : {}),
    ...(worksheets?.underwriting ? { underwritingWorksheet: worksheets.underwriting } : {}),
    price: {
      currency: policy.currency ?? currency,
      grossPremium: premium,
      grossTaxes: taxes,
      grossFees: policy.grossFees,
      total: new Decimal(premium).plus(taxes).plus(policy.grossFees).toString(),
      fees: policy.fees.map(({ name, description, amount }) => ({ name, description, amount })),
      taxGroups: (row?.taxGroups ?? []).map(({ name, amount }) => ({ name, amount })),
      perils: policy.exposures.flatMap((exposure, exposureIndex) =>
        exposure.perils.flatMap((peril) => {
          const current = peril.characteristics.findLast((item) => !item.replacedTimestamp);
          if (current?.premium === undefined) return [];
          const sum = (current.taxes ?? []).reduce((total, tax) => total.plus(tax.amount), new Decimal(0));
          return [
            {
              exposureIndex,
              exposureName: exposure.name,
              perilName: peril.name,
              premium: current.premium,
              taxes: sum.toString(),
            },
          ];
        }),
      ),
    },
  };
}
