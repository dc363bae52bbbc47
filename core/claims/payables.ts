import type { PayableEntry } from '#core/desk/claim-records.ts';
import {
  answeredBefore,
  type Caller,
  commit,
  type Desk,
  findAll,
  locatorOf,
  need,
  type Typed,
  write,
} from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { pay, readAmount, reverse, totalsOf } from './account.ts';
import { deductibleReminder } from './limits.ts';
import { openClaim } from './open-claim.ts';
import type { PayableCreateRequest } from './request.ts';
import { requireOpen } from './status.ts';
import { entryOf, requireLossCover, warningsFor } from './subclaims.ts';

/**
 * Pays on an open sub-claim: a payable is posted as it is made (K22 to K28). @returns its locator
 * Throws `not-found`, `invalid-fields`, `wrong-state` for a peril that was not in force, for a claim that is not open, and for a
 * payment beyond the reserve.
 */
export async function createPayable(desk: Desk, caller: Caller, request: PayableCreateRequest): Promise<string> {
  const before = answeredBefore(desk, caller, 'claim.pay', request);
  if (before !== undefined) return before;
  const { claimLocator } = need(desk, 'subclaim', request.subClaimLocator).record;
  const open = await openClaim(desk, claimLocator);
  const { record, version } = need(desk, 'subclaim', request.subClaimLocator);
  requirePayable(open.claim, record);
  const amount = readAmount(request.amount, record.currency, 'amount');
  if (amount.isZero()) throw invalid('amount', 'A payable of nothing is none: give an amount other than zero.');
  if (request.recipient.trim() === '') throw invalid('recipient', 'Say who is paid.');
  const { reserveType: type } = request;
  const coverage =
    type === 'loss' ? requireLossCover(open, record, open.claim.record.incidentAt ?? Number.NaN) : undefined;
  const locator = locatorOf(desk);
  const payable = { locator, type, amount, recipient: request.recipient, comment: request.comment ?? '' };
  const tentative = pay(record, payable, entryOf(desk, caller));
  const warnings = [
    ...warningsFor(desk, tentative, coverage),
    ...(coverage && amount.isNegative() ? deductibleReminder(coverage.row, totalsOf(record, 'loss').paid) : []),
  ];
  const paid = { ...pay(record, payable, entryOf(desk, caller, warnings)), updatedAt: desk.now() };
  commit(desk, caller, {
    name: 'claim.pay',
    arguments: { claim: claimLocator, subClaim: record.locator, payable: locator },
    configuration: open.deployed.record.commit,
    changes: [write('subclaim', record.locator, version, paid, record.policyholderLocator)],
    result: locator,
    request,
  });
  return locator;
}

/**
 * Takes a payable back with one of its own, and its part back into the reserve (K25). @returns the locator of the reversal
 * Throws `not-found`, `wrong-state` for one that was taken back before and for a claim or sub-claim that is not open.
 */
export async function reversePayable(
  desk: Desk,
  caller: Caller,
  request: { readonly payableLocator: string; readonly comment?: string },
): Promise<string> {
  const before = answeredBefore(desk, caller, 'claim.reversePayable', request);
  if (before !== undefined) return before;
  const { claimLocator } = needPayable(desk, request.payableLocator).subclaim.record;
  const open = await openClaim(desk, claimLocator);
  const { subclaim, payable } = needPayable(desk, request.payableLocator);
  const { record, version } = subclaim;
  requirePayable(open.claim, record);
  const locator = locatorOf(desk);
  const reversal = { locator, comment: request.comment ?? '' };
  const reversed = { ...reverse(record, payable, reversal, entryOf(desk, caller)), updatedAt: desk.now() };
  commit(desk, caller, {
    name: 'claim.reversePayable',
    arguments: { claim: claimLocator, subClaim: record.locator, payable: payable.locator, reversal: locator },
    configuration: open.deployed.record.commit,
    changes: [write('subclaim', record.locator, version, reversed, record.policyholderLocator)],
    result: locator,
    request,
  });
  return locator;
}

/** A payable with its sub-claim. Throws `not-found`. */
export function needPayable(desk: Desk, locator: string): { subclaim: Typed<'subclaim'>; payable: PayableEntry } {
  const [subclaim] = findAll(desk, 'subclaim', 'payables.locator', locator);
  const payable = subclaim?.record.payables.find((candidate) => candidate.locator === locator);
  if (subclaim && payable) return { subclaim, payable };
  throw new Problem('not-found', `There is no payable ${locator}.`, { place: { locator } });
}

function requirePayable(claim: Typed<'claim'>, record: Typed<'subclaim'>['record']): void {
  requireOpen(claim.record, 'be paid on');
  if (record.status === 'open') return;
  throw new Problem('wrong-state', `Sub-claim ${record.locator} is closed: open it first ("status": "open").`, {
    place: { locator: record.locator },
  });
}

function invalid(field: string, message: string): Problem {
  return new Problem('invalid-fields', message, {
    place: { field },
    fieldErrors: [{ fieldName: field, code: 'INVALID_VALUE', message }],
  });
}
