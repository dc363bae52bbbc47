import type { PolicyResponse } from './policy.ts';

/** A policy with the rows alone that stand at an instant: what is insured then (TL40). @param at effective, milliseconds */
export function policyAt(policy: PolicyResponse, at: number): PolicyResponse {
  const stands = (row: { readonly replacedTimestamp?: string }, start: string, end: string): boolean =>
    row.replacedTimestamp === undefined && Number(start) <= at && at < Number(end);
  return {
    ...policy,
    characteristics: policy.characteristics.filter((row) => stands(row, row.startTimestamp, row.endTimestamp)),
    exposures: policy.exposures
      .map((exposure) => ({
        ...exposure,
        characteristics: exposure.characteristics.filter((row) => stands(row, row.startTimestamp, row.endTimestamp)),
        perils: exposure.perils
          .map((peril) => ({
            ...peril,
            characteristics: peril.characteristics.filter((row) =>
              stands(row, row.coverageStartTimestamp, row.coverageEndTimestamp),
            ),
          }))
          .filter(({ characteristics }) => characteristics.length > 0),
      }))
      .filter(({ perils }) => perils.length > 0),
  };
}
