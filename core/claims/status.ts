import type { ClaimStatus } from '#core/desk/claim-records.ts';
import { Problem } from '#core/model/problem.ts';

/** Where a claim may go from where it is (K2). */
const NEXT: Readonly<Record<ClaimStatus, readonly ClaimStatus[]>> = {
  pending: ['open', 'closed', 'discarded'],
  open: ['closed', 'discarded'],
  closed: ['open'],
  discarded: [],
};

/** Throws `wrong-state` that says where the claim may go instead. */
export function requireStep(locator: string, from: ClaimStatus, to: ClaimStatus): void {
  if (NEXT[from].includes(to)) return;
  const may = NEXT[from].length > 0 ? `It may become ${NEXT[from].join(' or ')}.` : 'Report a new claim instead.';
  throw new Problem('wrong-state', `Claim ${locator} is ${from} and can not become ${to}. ${may}`, {
    place: { locator },
  });
}

/** Throws `wrong-state` for a claim that is not open. @param what e.g. `be paid on` */
export function requireOpen(claim: { readonly locator: string; readonly status: ClaimStatus }, what: string): void {
  if (claim.status === 'open') return;
  const how = claim.status === 'discarded' ? 'Report a new claim instead.' : 'Open it first ("status": "open").';
  throw new Problem(
    'wrong-state',
    `Claim ${claim.locator} is ${claim.status}: only an open claim can ${what}. ${how}`,
    {
      place: { locator: claim.locator },
    },
  );
}
