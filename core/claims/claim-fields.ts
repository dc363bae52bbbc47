import type { Desk } from '#core/desk/desk.ts';
import type { FieldDefinition, FieldGroups, FieldValues } from '#core/model/field.ts';
import type { Product } from '#core/model/product.ts';
import type { FieldChanges } from '#core/model/request.ts';
import { riskContext } from '#core/policy/policies.ts';
import { RiskErrors } from '#core/policy/risk.ts';
import { changedEntity } from '#core/policy/risk-update.ts';
import { withinTime } from '#core/product/time-limit.ts';
import type { Insured } from './open-claim.ts';

/** Values of a claim or sub-claim in their stored form. */
export interface ClaimFields {
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: FieldGroups;
}
export const NO_FIELDS: ClaimFields = { fieldValues: {}, fieldGroupsByLocator: {} };

/**
 * The fields of a claim or sub-claim after a change, checked like those of a policy (formats §1.5). What is wrong goes to
 * `errors`. @param complete false while a claim is pending: what is required may still be missing (K4)
 */
export function changedFields(
  desk: Desk,
  { deployed, product }: Insured,
  change: {
    readonly definitions: readonly FieldDefinition[];
    readonly before: ClaimFields;
    readonly changes: FieldChanges;
    readonly path: string;
    readonly complete: boolean;
  },
  errors: RiskErrors,
): ClaimFields {
  const found = new RiskErrors();
  const context = riskContext(desk, deployed, product);
  const { definitions, before, changes, path, complete } = change;
  const fields = withinTime(`The claim fields of ${product.name}`, () =>
    changedEntity(definitions, before, changes, path, context, found),
  );
  errors.list.push(...found.list.filter(({ code }) => complete || code !== 'MISSING'));
  return fields;
}

/** The fields of a sub-claim: those of the file named like its peril, else of `subclaim.json` (K5). */
export function subclaimFields(product: Product, perilName: string): readonly FieldDefinition[] {
  const files = product.claim?.subclaims ?? [];
  const found =
    files.find(({ name }) => name === perilName) ?? files.find(({ name }) => name === 'subclaim') ?? files[0];
  return found?.fields ?? [];
}
