import * as z from 'zod';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { AutofillUpdates } from './autofill-merge.ts';

/** The shape of an autofill's answer: a partial update (formats §2.11). Null stands for a member that is not there. */
const json = z.custom<JsonValue>((value) => value !== undefined);
const values = z.record(z.string(), json);
const group = z.strictObject({ fieldName: z.string(), fieldValues: values.nullish().transform((it) => it ?? {}) });
const given = <T extends z.ZodType>(shape: T) => shape.nullish().transform((it) => it ?? undefined);
const amount = z.union([z.string(), z.number()]);
const amounts = {
  indemnityPerItem: given(amount),
  indemnityPerEvent: given(amount),
  indemnityInAggregate: given(amount),
  deductible: given(amount),
  lumpSumPayment: given(amount),
};
const fields = { fieldValues: given(values), fieldGroups: given(z.array(group)) };
const changes = {
  fieldValues: given(values),
  addFieldGroups: given(z.array(group)),
  updateFieldGroups: given(
    z.array(z.strictObject({ fieldGroupLocator: z.string(), fieldName: z.string().optional(), fieldValues: values })),
  ),
  removeFieldGroups: given(z.array(z.string())),
};
const newPeril = z.strictObject({ name: z.string(), ...amounts, ...fields });
const locators = given(z.array(z.string()));
const timestamp = given(amount);

export const AutofillAnswer = z.strictObject({
  policyStartTimestamp: timestamp,
  policyEndTimestamp: timestamp,
  endorsementName: given(z.string()),
  endorsementEffectiveTimestamp: timestamp,
  paymentScheduleName: given(z.string()),
  ...changes,
  addExposures: given(
    z.array(z.strictObject({ exposureName: z.string(), ...fields, perils: given(z.array(newPeril)) })),
  ),
  updateExposures: given(
    z.array(
      z.strictObject({
        exposureLocator: z.string(),
        ...changes,
        addPerils: given(z.array(newPeril)),
        updatePerils: given(z.array(z.strictObject({ perilLocator: z.string(), ...amounts, ...changes }))),
        removePerils: locators,
      }),
    ),
  ),
  removeExposures: locators,
});

export type AutofillOperation = 'newBusiness' | 'endorsement' | 'renewal';
export type AutofillOperationType = 'create' | 'update';

/** Members that a transaction can not take from an autofill: what does not exist yet can not be changed, and a name stays. */
const NEVER: Readonly<Record<string, readonly (keyof AutofillUpdates)[]>> = {
  'newBusiness.create': ['updateFieldGroups', 'removeFieldGroups', 'updateExposures', 'removeExposures'],
  endorsement: ['policyStartTimestamp', 'policyEndTimestamp'],
  renewal: ['policyStartTimestamp'],
};
const ENDORSEMENT_ONLY: readonly (keyof AutofillUpdates)[] = ['endorsementName', 'endorsementEffectiveTimestamp'];

/**
 * The answer without what it only gives back; throws `plugin-failed` for a member that this transaction can not take.
 * @param who e.g. `getDataAutofill in scripts/main/dataAutofill.js`
 */
export function usableAnswer(
  answer: z.output<typeof AutofillAnswer>,
  asked: {
    readonly operation: AutofillOperation;
    readonly operationType: AutofillOperationType;
    readonly updates: AutofillUpdates;
  },
  who: string,
  file: string,
): AutofillUpdates {
  const { operation, operationType, updates } = asked;
  const never = [
    ...(NEVER[`${operation}.${operationType}`] ?? NEVER[operation] ?? []),
    ...(operation === 'endorsement' ? [] : ENDORSEMENT_ONLY),
  ];
  const result: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(answer)) {
    const name = member as keyof AutofillUpdates;
    // A script that changes a copy of what it was asked gives back the rest of it.
    if (value === undefined || isEmpty(value) || isEcho(value, updates[name])) continue;
    if (never.includes(name))
      throw new Problem(
        'plugin-failed',
        `${who} answered "${member}", which the ${operationType} of ${WORDS[operation]} can not take.`,
        { place: { file, field: member } },
      );
    result[member] = value;
  }
  return result as AutofillUpdates;
}

const WORDS = { newBusiness: 'a policy', endorsement: 'an endorsement', renewal: 'a renewal' } as const;

function isEcho(value: unknown, asked: unknown): boolean {
  return typeof value !== 'object' && asked !== undefined && String(value) === String(asked);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
