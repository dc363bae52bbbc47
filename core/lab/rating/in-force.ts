import { type Desk, findAll } from '#core/desk/desk.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { ExposureResponse, PolicyCharacteristics, PolicyResponse } from '#core/model/policy.ts';
import { policyAt } from '#core/model/policy-at.ts';
import { PERIL_AMOUNTS, type Product } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { getPolicyholder } from '#core/policy/policyholders.ts';
import { batchesOf } from './book-lines.ts';
import type { BookSource } from './contract.ts';

/**
 * The policies of a store that are in force at an instant, as requests for new business of a version (BR12): what is insured then,
 * for the term that it stands in, under the number of the policy. Fields that the version no longer has are left out.
 */
export function inForce(desk: Desk, product: Product, at: Millis, skip = 0): BookSource {
  return () => batchesOf(requests(desk, product, at, skip), skip + 1);
}

function* requests(desk: Desk, product: Product, at: Millis, skip: number): Generator<string> {
  // In the order of their making, so that a run that goes on finds them where they were.
  const policies = findAll(desk, 'policy', 'productName', product.name)
    .filter(({ record }) => record.issuedAt !== undefined)
    .sort((a, b) => (a.record.locator < b.record.locator ? -1 : 1));
  let found = 0;
  for (const { record } of policies) {
    const policy = policyAt(getPolicy(desk, record.locator), at);
    const row = policy.characteristics[0];
    if (!row || policy.exposures.length === 0) continue;
    found += 1;
    if (found <= skip) continue;
    const holder = getPolicyholder(desk, record.policyholderLocator);
    yield JSON.stringify({
      key: policy.displayId,
      policyholder: { values: holder.entity.values },
      policy: policyRequest(policy, row, product),
    });
  }
}

function policyRequest(policy: PolicyResponse, row: PolicyCharacteristics, product: Product): object {
  return {
    policyStartTimestamp: row.policyStartTimestamp,
    policyEndTimestamp: row.policyEndTimestamp,
    ...(policy.currency === undefined ? {} : { currency: policy.currency }),
    ...valuesOf(row, product.fields),
    exposures: policy.exposures.map((exposure) => exposureRequest(exposure, product)),
    // What was filled in when it was sold is in its fields.
    autofill: [],
  };
}

function exposureRequest(exposure: ExposureResponse, product: Product): object {
  const definition = product.exposures.find(({ name }) => name === exposure.name);
  const [row] = exposure.characteristics;
  return {
    exposureName: exposure.name,
    ...(row ? valuesOf(row, definition?.fields ?? []) : {}),
    perils: exposure.perils.map(({ name, characteristics: [peril] }) => ({
      name,
      ...(peril ? valuesOf(peril, definition?.perils.find((known) => known.name === name)?.fields ?? []) : {}),
      ...Object.fromEntries(
        PERIL_AMOUNTS.flatMap((amount) => (peril?.[amount] === undefined ? [] : [[amount, peril[amount]]])),
      ),
    })),
  };
}

function valuesOf(
  { fieldValues, fieldGroupsByLocator }: Pick<PolicyCharacteristics, 'fieldValues' | 'fieldGroupsByLocator'>,
  fields: readonly FieldDefinition[],
): object {
  const known = fields.filter(({ name }) => Object.hasOwn(fieldValues, name));
  return {
    fieldValues: Object.fromEntries(
      known.filter(({ type }) => type !== 'group').map(({ name }) => [name, fieldValues[name]]),
    ),
    fieldGroups: known
      .filter(({ type }) => type === 'group')
      .flatMap(({ name, fields: inner = [] }) =>
        (fieldValues[name] ?? []).map((locator) => {
          const values = fieldGroupsByLocator[locator] ?? {};
          const kept = inner.filter((field) => Object.hasOwn(values, field.name));
          return {
            fieldName: name,
            fieldValues: Object.fromEntries(kept.map((field) => [field.name, values[field.name]])),
          };
        }),
      ),
  };
}
