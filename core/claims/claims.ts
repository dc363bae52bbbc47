import type { ClaimRecord, ClaimStatus, SubclaimRecord } from '#core/desk/claim-records.ts';
import { answeredBefore, type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { Problem } from '#core/model/problem.ts';
import { RiskErrors } from '#core/policy/risk.ts';
import type { Change } from '#core/store/contract.ts';
import { RESERVE_TYPES, reserveOf, text } from './account.ts';
import { changedFields, NO_FIELDS } from './claim-fields.ts';
import { claimTimes } from './claim-times.ts';
import { type OpenClaim, openClaim, openInsured } from './open-claim.ts';
import type { ClaimCreateRequest, ClaimUpdateRequest } from './request.ts';
import { requireOpen, requireStep } from './status.ts';
import {
  addSubclaim,
  closedSubclaim,
  entryOf,
  requireAllInForce,
  type SubclaimWork,
  updateSubclaim,
} from './subclaims.ts';

/**
 * Reports a claim against an issued policy (K1 to K4). @returns its locator
 * Throws `not-found`, `wrong-state`, `invalid-fields` with everything that is wrong with the request.
 */
export async function reportClaim(desk: Desk, caller: Caller, request: ClaimCreateRequest): Promise<string> {
  const before = answeredBefore(desk, caller, 'claim.create', request);
  if (before !== undefined) return before;
  const insured = await openInsured(desk, request.policyLocator);
  const { policy, product, deployed } = insured;
  const status = request.status ?? 'pending';
  const errors = new RiskErrors();
  const at = desk.now();
  const times = claimTimes(request, {}, at, status === 'open', errors);
  const fields = changedFields(
    desk,
    insured,
    {
      definitions: product.claim?.fields ?? [],
      before: NO_FIELDS,
      changes: {
        ...(request.fieldValues ? { fieldValues: request.fieldValues } : {}),
        addFieldGroups: request.fieldGroups ?? [],
      },
      path: '',
      complete: status === 'open',
    },
    errors,
  );
  errors.refuse('The claim');
  const { numbers, change } = takeNumbers(desk, 'locator', 1);
  const [locator = ''] = numbers;
  const record: ClaimRecord = {
    locator,
    policyLocator: policy.locator,
    policyholderLocator: policy.policyholderLocator,
    productName: product.name,
    configVersion: deployed.record.configVersion,
    currency: policy.currency ?? deployed.configuration.currency,
    createdAt: at,
    updatedAt: at,
    status,
    statuses: [{ status, at, by: caller.actor.user }],
    ...times,
    ...fields,
    documents: [],
  };
  commit(desk, caller, {
    name: 'claim.create',
    arguments: { claim: locator, policy: policy.locator },
    configuration: deployed.record.commit,
    changes: [change, write('claim', locator, 0, record, record.policyholderLocator)],
    result: locator,
    request,
  });
  return locator;
}

/**
 * Changes a claim and its sub-claims in one command: opened first, closed last (K2, K14, K15).
 * Throws `not-found`, `wrong-state`, `invalid-fields` with everything that is wrong with the request.
 */
export async function updateClaim(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: ClaimUpdateRequest,
): Promise<void> {
  const retry = { locator, ...request };
  if (answeredBefore(desk, caller, 'claim.update', retry) !== undefined) return;
  const open = await openClaim(desk, locator);
  const { claim, subclaims, product, deployed } = open;
  const { status, addSubClaims = [], updateSubClaims = [], ...changes } = request;
  const { incidentTimestamp, notificationTimestamp, ...fieldChanges } = changes;
  const moved = status !== undefined && status !== claim.record.status ? status : undefined;
  if (moved) requireStep(locator, claim.record.status, moved);
  const opened = moved === 'open' ? withStatus(claim.record, 'open', desk, caller) : claim.record;
  const touches = Object.keys(changes).length + addSubClaims.length + updateSubClaims.length > 0;
  if (touches && opened.status !== 'pending') requireOpen(opened, 'be changed');
  if (addSubClaims.length + updateSubClaims.length > 0) requireOpen(opened, 'have sub-claims');

  const errors = new RiskErrors();
  const complete = opened.status === 'open';
  const times = touches || complete ? claimTimes(changes, opened, desk.now(), complete, errors) : {};
  const fields =
    touches || complete
      ? changedFields(
          desk,
          open,
          { definitions: product.claim?.fields ?? [], before: opened, changes: fieldChanges, path: '', complete },
          errors,
        )
      : {};
  const changed: ClaimRecord = { ...opened, ...times, ...fields, updatedAt: desk.now() };
  const records = new Map(subclaims.map(({ record }) => [record.locator, record]));
  const work: SubclaimWork = { desk, caller, open, incidentAt: changed.incidentAt ?? 0, records, errors };
  if (incidentTimestamp !== undefined && errors.list.length === 0) requireAllInForce(work);
  // Without the incident's time no cover can be looked for: what is wrong with the claim itself comes first.
  if (changed.incidentAt !== undefined) {
    for (const [i, change] of updateSubClaims.entries()) updateSubclaim(work, change, `updateSubClaims[${i}]`);
    for (const [i, added] of addSubClaims.entries()) addSubclaim(work, added, `addSubClaims[${i}]`);
  }
  errors.refuse('The change');
  const closed = moved === 'closed' ? closeAll(changed, work) : changed;
  commit(desk, caller, {
    name: 'claim.update',
    arguments: { claim: locator, ...(moved ? { status: moved } : {}) },
    configuration: deployed.record.commit,
    changes: [
      write('claim', locator, claim.version, closed, closed.policyholderLocator),
      ...subclaimChanges(open, records),
    ],
    result: locator,
    request: retry,
  });
}

/**
 * Gives up a claim that was reported in error (K16). Throws `wrong-state` when money was paid on it: close it then, so that the
 * payments stay in sight.
 */
export async function discardClaim(desk: Desk, caller: Caller, locator: string): Promise<void> {
  if (answeredBefore(desk, caller, 'claim.discard', locator) !== undefined) return;
  const open = await openClaim(desk, locator);
  const { claim, subclaims, deployed } = open;
  requireStep(locator, claim.record.status, 'discarded');
  const paid = subclaims.filter(({ record }) => record.payables.length > 0);
  if (paid.length > 0)
    throw new Problem(
      'wrong-state',
      `Claim ${locator} can not be discarded, because there are payables on ${paid.map(({ record }) => nameOf(record)).join(', ')}. Close it instead.`,
      { place: { locator } },
    );
  const records = new Map(
    subclaims.map(({ record }) => [record.locator, closedSubclaim(record, entryOf(desk, caller))]),
  );
  commit(desk, caller, {
    name: 'claim.discard',
    arguments: { claim: locator },
    configuration: deployed.record.commit,
    changes: [
      write(
        'claim',
        locator,
        claim.version,
        withStatus(claim.record, 'discarded', desk, caller),
        claim.record.policyholderLocator,
      ),
      ...subclaimChanges(open, records),
    ],
    result: locator,
  });
}

/** Closes a claim with its sub-claims, when nothing is outstanding on any (K15). Throws `wrong-state` that says what is. */
function closeAll(claim: ClaimRecord, { desk, caller, records }: SubclaimWork): ClaimRecord {
  const outstanding = [...records.values()].flatMap((record) =>
    RESERVE_TYPES.filter((type) => !reserveOf(record, type).isZero()).map(
      (type) => `${text(record, reserveOf(record, type))} ${record.currency} ${type} on ${nameOf(record)}`,
    ),
  );
  if (outstanding.length > 0)
    throw new Problem(
      'wrong-state',
      `Claim ${claim.locator} can not be closed while reserves are outstanding: ${outstanding.join('; ')}. Pay or release them, or close these sub-claims in the same request.`,
      { place: { locator: claim.locator } },
    );
  for (const record of records.values())
    if (record.status === 'open') records.set(record.locator, closedSubclaim(record, entryOf(desk, caller)));
  return withStatus(claim, 'closed', desk, caller);
}

function subclaimChanges({ subclaims }: OpenClaim, records: ReadonlyMap<string, SubclaimRecord>): Change[] {
  const stored = new Map(subclaims.map((found) => [found.locator, found]));
  return [...records.values()]
    .filter((record) => record !== stored.get(record.locator)?.record)
    .map((record) =>
      write('subclaim', record.locator, stored.get(record.locator)?.version ?? 0, record, record.policyholderLocator),
    );
}

function withStatus(claim: ClaimRecord, status: ClaimStatus, desk: Desk, caller: Caller): ClaimRecord {
  const at = desk.now();
  return {
    ...claim,
    status,
    updatedAt: at,
    statuses: [...claim.statuses, { status, at, by: caller.actor.user }],
  };
}

const nameOf = ({ perilName, exposureName, locator }: SubclaimRecord): string =>
  `${perilName} of ${exposureName} (${locator})`;
