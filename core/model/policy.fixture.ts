import type { FieldGroups, FieldValues } from './field.ts';
import type {
  ExposureResponse,
  PerilCharacteristics,
  PolicyExposurePeril,
  PolicyholderResponse,
  PolicyResponse,
} from './policy.ts';

/** A draft policy for tests, in few words. Locators are readable: `p0`, `x0` (exposure row), `x0-collision` (peril row). */
export interface DraftPolicy {
  readonly productName: string;
  /** Milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly fieldValues?: FieldValues;
  readonly fieldGroupsByLocator?: FieldGroups;
  readonly exposures: readonly {
    readonly name: string;
    readonly fieldValues?: FieldValues;
    readonly fieldGroupsByLocator?: FieldGroups;
    readonly perils: readonly (string | ({ readonly name: string } & Partial<PerilCharacteristics>))[];
  }[];
}

export function draftPolicy(draft: DraftPolicy): PolicyResponse {
  const start = String(draft.start);
  const end = String(draft.end);
  const stamps = { createdTimestamp: start, updatedTimestamp: start };
  const row = { ...stamps, fieldValues: {}, fieldGroupsByLocator: {}, mediaByLocator: {} };
  const exposures = draft.exposures.map(
    (exposure, index): ExposureResponse => ({
      ...stamps,
      locator: `e${index}`,
      name: exposure.name,
      displayId: `e${index}`,
      policyLocator: 'policy',
      characteristics: [
        {
          ...row,
          locator: `x${index}`,
          exposureLocator: `e${index}`,
          startTimestamp: start,
          endTimestamp: end,
          fieldValues: exposure.fieldValues ?? {},
          fieldGroupsByLocator: exposure.fieldGroupsByLocator ?? {},
        },
      ],
      perils: exposure.perils.map((peril) => {
        const { name, ...members } = typeof peril === 'string' ? { name: peril } : peril;
        return {
          ...stamps,
          locator: `e${index}-${name}`,
          name,
          displayId: `e${index}-${name}`,
          exposureLocator: `e${index}`,
          renewalGroup: `e${index}-${name}`,
          characteristics: [
            {
              ...row,
              locator: `x${index}-${name}`,
              perilLocator: `e${index}-${name}`,
              policyCharacteristicsLocator: 'p0',
              exposureCharacteristicsLocator: `x${index}`,
              policyModificationLocator: 'm0',
              coverageStartTimestamp: start,
              coverageEndTimestamp: end,
              ...members,
            },
          ],
        };
      }),
    }),
  );
  return {
    ...stamps,
    locator: 'policy',
    displayId: 'policy',
    policyholderLocator: 'holder',
    productLocator: 'product',
    productName: draft.productName,
    originalContractStartTimestamp: start,
    originalContractEndTimestamp: end,
    effectiveContractEndTimestamp: end,
    characteristics: [
      {
        ...row,
        locator: 'p0',
        policyLocator: 'policy',
        policyholderLocator: 'holder',
        productLocator: 'product',
        startTimestamp: start,
        endTimestamp: end,
        policyStartTimestamp: start,
        policyEndTimestamp: end,
        fieldValues: draft.fieldValues ?? {},
        fieldGroupsByLocator: draft.fieldGroupsByLocator ?? {},
        taxGroups: [],
      },
    ],
    exposures,
    modifications: [],
    documents: [],
    invoices: [],
    fees: [],
    grossFees: '0.00',
  };
}

/** Every current peril row of a policy: what new business prices. */
export function allRows(policy: PolicyResponse): PolicyExposurePeril[] {
  return policy.exposures.flatMap((exposure) =>
    exposure.perils.flatMap((peril) =>
      peril.characteristics
        .filter((row) => row.replacedTimestamp === undefined)
        .map((row) => ({
          policyCharacteristicsLocator: row.policyCharacteristicsLocator,
          exposureCharacteristicsLocator: row.exposureCharacteristicsLocator,
          perilCharacteristicsLocator: row.locator,
        })),
    ),
  );
}

export function policyholder(values: FieldValues = {}): PolicyholderResponse {
  return {
    locator: 'holder',
    version: 1,
    createdTimestamp: '0',
    updatedTimestamp: '0',
    completed: true,
    entity: { values, completed: true },
  };
}
