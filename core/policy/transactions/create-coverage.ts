import { answeredBefore, type Caller, type Desk } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { CancellationCreateRequest, ReinstatementCreateRequest } from '#core/model/request.ts';
import type { Millis } from '#core/model/time.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import type { Change } from '#core/store/contract.ts';
import { instantOf, today } from './change-request.ts';
import { reinstatementDeadline } from './deadline.ts';
import { dayOf, type New, policyPlace, requireCoverage, saveDraft, saveUpdate, UPDATE, unknownName } from './draft.ts';
import { type OpenPolicy, openIssued, openTransaction } from './open.ts';

/** A new cancellation, a draft. @returns its locator */
export async function createCancellation(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: CancellationCreateRequest,
  besides: () => readonly Change[] = () => [],
): Promise<string> {
  const before = answeredBefore(desk, caller, 'cancellation.create', request);
  if (before !== undefined) return before;
  const open = await openIssued(desk, policyLocator);
  return saveDraft(
    desk,
    caller,
    open,
    'cancellation.create',
    request,
    cancellationDraft(desk, open, request),
    besides(),
  );
}

/** What a cancellation's request asks for, checked and not saved. */
export function cancellationDraft(desk: Desk, open: OpenPolicy, request: CancellationCreateRequest): New {
  const effective = instantOf(request.effectiveTimestamp, 'effectiveTimestamp', () =>
    today(desk, open.deployed.configuration.timeZone),
  );
  const definition = open.product.cancellations.find(({ name }) => name === request.name);
  if (!definition && request.name !== 'lapse')
    throw unknownName(
      'name',
      'cancellation',
      request.name,
      open.product.cancellations.map(({ name }) => name),
    );
  const { cancellationCategory: category, cancellationComments: comments } = request;
  if (
    category !== undefined &&
    definition &&
    definition.categories.length > 0 &&
    !definition.categories.includes(category)
  )
    throw unknownName('cancellationCategory', 'category of this cancellation', category, definition.categories);
  requireCoverage(open, 'effectiveTimestamp', effective, 'A cancellation');
  const deadline = instantOf(
    request.reinstatementDeadlineTimestamp,
    'reinstatementDeadlineTimestamp',
    () => Number.NaN,
  );
  return {
    kind: 'cancellation',
    name: request.name,
    state: 'draft',
    effective,
    change: NO_CHANGE,
    repricing: 'none',
    resolutions: [],
    ...(Number.isNaN(deadline) ? {} : { deadline }),
    ...(category === undefined ? {} : { category }),
    ...(comments === undefined ? {} : { comments }),
    conflictHandling: request.conflictHandling ?? 'block',
  };
}

/** A new reinstatement of an issued cancellation, a draft; without a time of its own it leaves no gap. @returns its locator */
export async function createReinstatement(
  desk: Desk,
  caller: Caller,
  cancellationLocator: string,
  request: ReinstatementCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'reinstatement.create', request);
  if (before !== undefined) return before;
  const open = await openTransaction(desk, cancellationLocator, 'cancellation');
  const made = reinstatementDraft(desk, open, open.transaction.record, request);
  return saveDraft(desk, caller, open, 'reinstatement.create', request, made);
}

/** What a reinstatement's request asks for, checked and not saved. */
export function reinstatementDraft(
  desk: Desk,
  open: OpenPolicy,
  cancellation: TransactionRecord,
  request: ReinstatementCreateRequest,
): New {
  const { timeline } = open.history;
  if (cancellation.state !== 'issued' || timeline.ended?.by !== cancellation.modification)
    throw new Problem(
      'wrong-state',
      `Cancellation ${cancellation.locator} is not in effect: there is nothing to reinstate.`,
      { place: { locator: cancellation.locator } },
    );
  const effective = instantOf(request.effectiveTimestamp, 'effectiveTimestamp', () => cancellation.effective);
  requireGap(open, effective);
  const deadline = instantOf(
    request.reinstatementDeadlineTimestamp,
    'reinstatementDeadlineTimestamp',
    () => reinstatementDeadline(open.product, open.deployed.configuration.timeZone, cancellation) ?? Number.NaN,
  );
  if (desk.now() > deadline)
    throw new Problem(
      'wrong-state',
      `Cancellation ${cancellation.locator} could be reinstated until ${dayOf(open)(deadline)}.`,
      { place: { locator: cancellation.locator } },
    );
  return {
    kind: 'reinstatement',
    name: cancellation.name,
    state: 'draft',
    effective,
    change: NO_CHANGE,
    repricing: 'none',
    resolutions: [],
    cancellation: cancellation.locator,
    ...(Number.isNaN(deadline) ? {} : { deadline }),
    conflictHandling: 'block',
  };
}

/** A withdrawal: the policy never was (TL19). @returns its locator */
export async function createWithdrawal(desk: Desk, caller: Caller, policyLocator: string): Promise<string> {
  const open = await openIssued(desk, policyLocator);
  if (open.history.issued.some(({ kind }) => kind === 'withdrawal'))
    throw new Problem('wrong-state', `Policy ${open.policy.record.displayId} is withdrawn already.`, policyPlace(open));
  return saveDraft(
    desk,
    caller,
    open,
    'withdrawal.create',
    { policyLocator },
    {
      kind: 'withdrawal',
      name: '',
      state: 'draft',
      effective: open.quote.record.contractStart,
      change: NO_CHANGE,
      repricing: 'none',
      resolutions: [],
      conflictHandling: 'invalidate',
    },
  );
}

/** Changes a draft cancellation or reinstatement. Throws `wrong-state` for one that is not a draft any more. */
export async function updateCoverageDraft(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: Partial<CancellationCreateRequest> & ReinstatementCreateRequest,
): Promise<void> {
  if (answeredBefore(desk, caller, UPDATE, { locator, request }) !== undefined) return;
  const open = await openTransaction(desk, locator);
  const { record } = open.transaction;
  if (record.state !== 'draft')
    throw new Problem(
      'wrong-state',
      `The ${record.kind} ${locator} is ${record.state}: it can not be changed any more.`,
      { place: { locator } },
    );
  const effective = instantOf(request.effectiveTimestamp, 'effectiveTimestamp', () => record.effective);
  if (record.kind === 'cancellation') requireCoverage(open, 'effectiveTimestamp', effective, 'A cancellation');
  else requireGap(open, effective);
  const { cancellationCategory: category, cancellationComments: comments } = request;
  const deadline = instantOf(
    request.reinstatementDeadlineTimestamp,
    'reinstatementDeadlineTimestamp',
    () => record.deadline ?? Number.NaN,
  );
  const changed: TransactionRecord = {
    ...record,
    effective,
    ...(Number.isNaN(deadline) ? {} : { deadline }),
    ...(category === undefined ? {} : { category }),
    ...(comments === undefined ? {} : { comments }),
  };
  saveUpdate(desk, caller, open, changed, request);
}

/** A reinstatement takes effect between the cancellation and the end of the term. Throws `invalid-fields`. */
function requireGap(open: OpenPolicy, effective: Millis): void {
  const { ended, terms } = open.history.timeline;
  const last = terms.at(-1);
  if (ended && effective >= ended.at && last && effective < last.end) return;
  const message = ended
    ? `A reinstatement takes effect from ${dayOf(open)(ended.at)}, when the cancellation does, until the end of the term.`
    : 'The policy is not cancelled.';
  throw new Problem('invalid-fields', message, {
    fieldErrors: [{ fieldName: 'effectiveTimestamp', code: 'INVALID_VALUE', message }],
  });
}
