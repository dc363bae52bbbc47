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
  const termStart = Number(row?.policyStartTimestamp ?? 0);
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
      fees: policy.fees
        .filter(({ reversed }) => !reversed)
        .map(({ name, description, amount }) => ({ name, description, amount })),
      taxGroups: (row?.taxGroups ?? []).map(({ name, amount }) => ({ name, amount })),
      perils: policy.exposures.flatMap((exposure, exposureIndex) =>
        exposure.perils.flatMap((peril) => {
          // A peril that was split has a row for each piece; those of earlier terms belong to their own totals.
          const current = peril.characteristics.filter(
            (item) =>
              !item.replacedTimestamp && item.premium !== undefined && Number(item.coverageStartTimestamp) >= termStart,
          );
          if (current.length === 0) return [];
          const sum = (amounts: readonly string[]) =>
            amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));
          const taxesOf = current.flatMap((item) => (item.taxes ?? []).map(({ amount }) => amount));
          return [
            {
              exposureIndex,
              exposureName: exposure.name,
              perilName: peril.name,
              premium:
                current.length === 1
                  ? (current[0]?.premium ?? '0')
                  : sum(current.map((item) => item.premium ?? '0')).toString(),
              taxes: sum(taxesOf).toString(),
            },
          ];
        }),
      ),
    },
  };
}
