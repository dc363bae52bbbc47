import type {
  ExposureCharacteristics,
  ExposureResponse,
  PerilCharacteristics,
  PerilResponse,
  PolicyCharacteristics,
  PolicyExposurePeril,
  PolicyResponse,
} from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Peril, Product } from '#core/model/product.ts';

/** One row to price with everything that it hangs on. */
export interface PricedRow {
  readonly triple: PolicyExposurePeril;
  readonly policyRow: PolicyCharacteristics;
  readonly exposure: ExposureResponse;
  /** Position among the policy's exposures, from 0. */
  readonly exposureIndex: number;
  readonly exposureRow: ExposureCharacteristics;
  readonly peril: PerilResponse;
  readonly row: PerilCharacteristics;
  /** Absent when the product does not define the peril (a policy of an older version). */
  readonly definition: Peril | undefined;
}

/** Joins each triple with the policy (P4), in the policy's order. Throws pricing-failed for a locator that the policy lacks. */
export function rowsToPrice(
  policy: PolicyResponse,
  triples: readonly PolicyExposurePeril[],
  product: Product,
): readonly PricedRow[] {
  const wanted = new Map(triples.map((triple) => [triple.perilCharacteristicsLocator, triple]));
  const policyRows = new Map(policy.characteristics.map((row) => [row.locator, row]));
  const rows: PricedRow[] = [];
  policy.exposures.forEach((exposure, exposureIndex) => {
    const exposureRows = new Map(exposure.characteristics.map((row) => [row.locator, row]));
    const definitions = product.exposures.find((candidate) => candidate.name === exposure.name)?.perils;
    for (const peril of exposure.perils) {
      for (const row of peril.characteristics) {
        const triple = wanted.get(row.locator);
        if (!triple) continue;
        wanted.delete(row.locator);
        rows.push({
          triple,
          policyRow: held(policyRows.get(triple.policyCharacteristicsLocator), triple.policyCharacteristicsLocator),
          exposure,
          exposureIndex,
          exposureRow: held(
            exposureRows.get(triple.exposureCharacteristicsLocator),
            triple.exposureCharacteristicsLocator,
          ),
          peril,
          row,
          definition: definitions?.find((candidate) => candidate.name === peril.name),
        });
      }
    }
  });
  for (const locator of wanted.keys()) held(undefined, locator);
  return rows;
}

function held<T>(row: T | undefined, locator: string): T {
  if (row !== undefined) return row;
  throw new Problem('pricing-failed', `The policy has no characteristics row ${locator}, which was to be priced.`, {
    place: { locator },
  });
}

/** `vehicle 1 / collision`, as worksheets and messages name a row. */
export function rowTitle(row: PricedRow): string {
  return `${exposureTitle(row)} / ${row.peril.name}`;
}

export function exposureTitle(row: Pick<PricedRow, 'exposure' | 'exposureIndex'>): string {
  return `${row.exposure.name} ${row.exposureIndex + 1}`;
}
