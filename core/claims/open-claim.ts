import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { type Desk, findAll, need, type Typed } from '#core/desk/desk.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { getPolicy, needPolicy } from '#core/policy/policies.ts';

/** A policy that can be claimed on, with the product that it was made with. */
export interface Insured {
  readonly policy: PolicyResponse;
  readonly deployed: Deployed;
  readonly product: Product;
}
/** A claim with its sub-claims, and the policy as it stands now. */
export interface OpenClaim extends Insured {
  readonly claim: Typed<'claim'>;
  /** In the order in which they were made. */
  readonly subclaims: readonly Typed<'subclaim'>[];
}

/** Throws `not-found`, and `wrong-state` for a policy that was never issued (K1). */
export async function openInsured(desk: Desk, policyLocator: string): Promise<Insured> {
  const { configVersion, productName } = needPolicy(desk, policyLocator).record;
  const deployed = await desk.configurations.version(configVersion);
  const product = productOf(deployed, productName);
  // Read after the last wait, so that what follows in this turn works on the newest versions.
  const policy = getPolicy(desk, policyLocator);
  if (policy.issuedTimestamp === undefined)
    throw new Problem(
      'wrong-state',
      `Policy ${policy.displayId} was not issued: only an issued policy can be claimed on.`,
      { place: { locator: policy.locator } },
    );
  return { policy, deployed, product };
}

/** Throws `not-found`. */
export async function openClaim(desk: Desk, locator: string): Promise<OpenClaim> {
  const insured = await openInsured(desk, need(desk, 'claim', locator).record.policyLocator);
  return { ...insured, claim: need(desk, 'claim', locator), subclaims: subclaimsOf(desk, locator) };
}

export function subclaimsOf(desk: Desk, claimLocator: string): readonly Typed<'subclaim'>[] {
  // Locators are UUIDs of version 7: their order is that of creation.
  return [...findAll(desk, 'subclaim', 'claimLocator', claimLocator)].sort((a, b) =>
    a.locator < b.locator ? -1 : Number(a.locator > b.locator),
  );
}
