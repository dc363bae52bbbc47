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

type Values = Readonly<Record<string, string | number | readonly (string | number)[]>>;
interface Groups {
  readonly fieldValues?: Values;
  readonly fieldGroups?: readonly { readonly fieldName: string; readonly fieldValues: Values }[];
}
/** A case file of an example (examples/README.md), as far as the engines' tests read it. */
export interface CaseFile {
  readonly policyholder: { readonly values: Values };
  readonly product: string;
  readonly policyCreate: Groups & {
    readonly policyStartTimestamp: string;
    readonly policyEndTimestamp: string;
    readonly exposures: readonly (Groups & {
      readonly exposureName: string;
      readonly perils: readonly (Groups & { readonly name: string } & Readonly<Record<string, unknown>>)[];
    })[];
  };
  readonly expect: {
    readonly decision?: string;
    readonly notes?: readonly string[];
    readonly premiums?: Readonly<Record<string, string>>;
    readonly technicalPremiums?: Readonly<Record<string, string>>;
    readonly taxes?: Readonly<Record<string, string>>;
    readonly fees?: Readonly<Record<string, string>>;
    readonly grossPremium?: string;
  };
}

/**
 * The policy that a case asks for, with the defaults of its perils (`amountsOf`: exposure name, peril name → amounts). What
 * core/policy does with a request, without its checks.
 */
export function policyOfCase(
  file: CaseFile,
  amountsOf: (exposure: string, peril: string) => Readonly<Record<string, string>>,
): PolicyResponse {
  const { policyCreate } = file;
  return draftPolicy({
    productName: file.product,
    start: Number(policyCreate.policyStartTimestamp),
    end: Number(policyCreate.policyEndTimestamp),
    ...valuesOf(policyCreate, 'p'),
    exposures: policyCreate.exposures.map((exposure, index) => ({
      name: exposure.exposureName,
      ...valuesOf(exposure, `x${index}`),
      perils: exposure.perils.map(({ name, fieldValues, fieldGroups, ...amounts }) => ({
        name,
        ...amountsOf(exposure.exposureName, name),
        ...Object.fromEntries(Object.entries(amounts).map(([key, value]) => [key, String(value)])),
        ...valuesOf({ ...(fieldValues ? { fieldValues } : {}), ...(fieldGroups ? { fieldGroups } : {}) }, name),
      })),
    })),
  });
}

function valuesOf(holder: Groups, prefix: string): { fieldValues: FieldValues; fieldGroupsByLocator: FieldGroups } {
  const fieldValues: Record<string, readonly string[]> = { ...textLists(holder.fieldValues ?? {}) };
  const fieldGroupsByLocator: Record<string, FieldValues> = {};
  holder.fieldGroups?.forEach(({ fieldName, fieldValues: values }, index) => {
    const locator = `${prefix}-${fieldName}-${index}`;
    fieldValues[fieldName] = [...(fieldValues[fieldName] ?? []), locator];
    fieldGroupsByLocator[locator] = textLists(values);
  });
  return { fieldValues, fieldGroupsByLocator };
}

function textLists(values: Values): FieldValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat().map(String)]));
}
