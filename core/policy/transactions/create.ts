import { answeredBefore, type Caller, commit, type Desk, findAll, locatorOf, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { EndorsementDefinition, Product } from '#core/model/product.ts';
import type {
  CancellationCreateRequest,
  EndorsementCreateRequest,
  EndorsementUpdateRequest,
  ReinstatementCreateRequest,
  RenewalCreateRequest,
} from '#core/model/request.ts';
import { calendarDay, type Millis } from '#core/model/time.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import { isOpen } from '#core/model/transaction-state.ts';
import { changeOf, instantOf, nextTerm, resolutionsOf, today } from './change-request.ts';
import { reinstatementDeadline } from './deadline.ts';
import { coverageText, coversAt, type OpenPolicy, openIssued, openTransaction } from './open.ts';

/** A new endorsement in the state `application`; nothing is priced yet. @returns its locator */
export async function createEndorsement(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: EndorsementCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'endorsement.create', request);
  if (before !== undefined) return before;
  const open = await openIssued(desk, policyLocator);
  return save(desk, caller, open, 'endorsement.create', request, endorsementDraft(desk, open, request));
}

/** What an endorsement's request asks for, checked and not saved. */
export function endorsementDraft(desk: Desk, open: OpenPolicy, request: EndorsementCreateRequest): New {
  const definition = endorsementNamed(open.product, request.endorsementName);
  const effective = instantOf(request.startTimestamp, 'startTimestamp', () =>
    today(desk, open.deployed.configuration.timeZone),
  );
  requireCoverage(open, effective, 'An endorsement');
  return {
    kind: 'endorsement',
    name: definition.name,
    state: 'application',
    effective,
    change: changeOf(desk, open, request, effective, NO_CHANGE),
    repricing: repricingOf(definition, request.reprice),
    resolutions: resolutionsOf(desk, request),
    ...schedule(request),
    conflictHandling: request.conflictHandling ?? 'block',
  };
}

/** A new renewal: a term on the end of the last one. @returns its locator */
export async function createRenewal(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: RenewalCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'renewal.create', request);
  if (before !== undefined) return before;
  const open = await openIssued(desk, policyLocator);
  return save(desk, caller, open, 'renewal.create', request, renewalDraft(desk, open, request));
}

/** What a renewal's request asks for, checked and not saved. */
export function renewalDraft(desk: Desk, open: OpenPolicy, request: RenewalCreateRequest): New {
  const { timeline } = open.history;
  const term = nextTerm(open.history, open.deployed.configuration.timeZone);
  if (timeline.ended)
    throw new Problem(
      'wrong-state',
      `Policy ${open.policy.record.displayId} is cancelled from ${dayOf(open)(timeline.ended.at)} on: reinstate it first.`,
      place(open),
    );
  const end = instantOf(request.renewalEndTimestamp, 'renewalEndTimestamp', () => term.end);
  if (end <= term.start)
    throw new Problem('malformed-request', `A renewal must end after it starts, on ${dayOf(open)(term.start)}.`, {
      place: { field: 'renewalEndTimestamp' },
    });
  return {
    kind: 'renewal',
    name: '',
    state: 'application',
    effective: term.start,
    end,
    change: changeOf(desk, open, request, term.start - 1, NO_CHANGE),
    repricing: 'all',
    resolutions: [],
    ...schedule(request),
    conflictHandling: request.conflictHandling ?? 'block',
  };
}

/** A new cancellation, a draft. @returns its locator */
export async function createCancellation(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: CancellationCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'cancellation.create', request);
  if (before !== undefined) return before;
  const open = await openIssued(desk, policyLocator);
  const effective = instantOf(request.effectiveTimestamp, 'effectiveTimestamp', () =>
    today(desk, open.deployed.configuration.timeZone),
  );
  const definition = open.product.cancellations.find(({ name }) => name === request.name);
  if (!definition && request.name !== 'lapse')
    throw unknownName(
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
    throw unknownName('category of this cancellation', category, definition.categories);
  requireCoverage(open, effective, 'A cancellation');
  const deadline = instantOf(
    request.reinstatementDeadlineTimestamp,
    'reinstatementDeadlineTimestamp',
    () => Number.NaN,
  );
  return save(desk, caller, open, 'cancellation.create', request, {
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
  });
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
  const { record: cancellation } = open.transaction;
  const { timeline } = open.history;
  if (cancellation.state !== 'issued' || timeline.ended?.at !== cancellation.effective)
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
  return save(desk, caller, open, 'reinstatement.create', request, {
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
  });
}

/** A withdrawal: the policy never was (TL19). @returns its locator */
export async function createWithdrawal(desk: Desk, caller: Caller, policyLocator: string): Promise<string> {
  const open = await openIssued(desk, policyLocator);
  if (open.history.issued.some(({ kind }) => kind === 'withdrawal'))
    throw new Problem('wrong-state', `Policy ${open.policy.record.displayId} is withdrawn already.`, place(open));
  return save(
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

/** Changes a draft further. Throws `wrong-state` for one that is locked, `invalid-fields` with everything that is wrong. */
export async function updateTransaction(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: EndorsementUpdateRequest & Pick<RenewalCreateRequest, 'renewalEndTimestamp'>,
): Promise<void> {
  if (answeredBefore(desk, caller, 'transaction.update', { locator, request }) !== undefined) return;
  const open = await openTransaction(desk, locator);
  const { record, version } = open.transaction;
  if (!isOpen(record.state) || (record.kind !== 'endorsement' && record.kind !== 'renewal'))
    throw new Problem(
      'wrong-state',
      `The ${record.kind} ${locator} is ${record.state}: it can not be changed any more. Discard or invalidate it and make a new one.`,
      { place: { locator } },
    );
  const effective =
    record.kind === 'endorsement'
      ? instantOf(request.startTimestamp, 'startTimestamp', () => record.effective)
      : record.effective;
  if (record.kind === 'endorsement') requireCoverage(open, effective, 'An endorsement');
  const at = record.kind === 'endorsement' ? effective : effective - 1;
  const definition = open.product.endorsements.find(({ name }) => name === record.name);
  const changed: TransactionRecord = {
    ...record,
    effective,
    change: changeOf(desk, open, request, at, record.change),
    ...(record.kind === 'renewal'
      ? { end: instantOf(request.renewalEndTimestamp, 'renewalEndTimestamp', () => record.end ?? effective) }
      : {}),
    ...(definition && request.reprice !== undefined ? { repricing: repricingOf(definition, request.reprice) } : {}),
    ...(request.resolutions ? { resolutions: resolutionsOf(desk, request) } : {}),
    ...schedule(request),
    updatedAt: desk.now(),
  };
  commit(desk, caller, {
    name: 'transaction.update',
    arguments: { policy: open.policy.locator, transaction: locator },
    configuration: open.deployed.record.commit,
    changes: [write('transaction', locator, version, changed, record.policyholderLocator)],
    result: locator,
    request: { locator, request },
  });
}

/** Changes a draft cancellation or reinstatement. Throws `wrong-state` for one that is not a draft any more. */
export async function updateCoverageDraft(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: Partial<CancellationCreateRequest> & ReinstatementCreateRequest,
): Promise<void> {
  if (answeredBefore(desk, caller, 'transaction.update', { locator, request }) !== undefined) return;
  const open = await openTransaction(desk, locator);
  const { record, version } = open.transaction;
  if (record.state !== 'draft')
    throw new Problem(
      'wrong-state',
      `The ${record.kind} ${locator} is ${record.state}: it can not be changed any more.`,
      { place: { locator } },
    );
  const effective = instantOf(request.effectiveTimestamp, 'effectiveTimestamp', () => record.effective);
  if (record.kind === 'cancellation') requireCoverage(open, effective, 'A cancellation');
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
    updatedAt: desk.now(),
  };
  commit(desk, caller, {
    name: 'transaction.update',
    arguments: { policy: open.policy.locator, transaction: locator },
    configuration: open.deployed.record.commit,
    changes: [write('transaction', locator, version, changed, record.policyholderLocator)],
    result: locator,
    request: { locator, request },
  });
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

export type New = Omit<
  TransactionRecord,
  'locator' | 'policyLocator' | 'policyholderLocator' | 'createdAt' | 'updatedAt' | 'modification'
>;

/** The record of a draft. */
export function draftRecord(desk: Desk, { policy }: OpenPolicy, made: New, locator: string): TransactionRecord {
  const at = desk.now();
  const { policyholderLocator } = policy.record;
  return {
    ...made,
    locator,
    policyLocator: policy.locator,
    policyholderLocator,
    createdAt: at,
    updatedAt: at,
    modification: locatorOf(desk),
  };
}

function save(desk: Desk, caller: Caller, open: OpenPolicy, command: string, request: unknown, made: New): string {
  const { policy, deployed } = open;
  refuseBlocked(desk, open, made);
  const { numbers, change } = takeNumbers(desk, 'locator', 1);
  const [locator = ''] = numbers;
  const record = draftRecord(desk, open, made, locator);
  commit(desk, caller, {
    name: command,
    arguments: { policy: policy.locator, transaction: locator },
    configuration: deployed.record.commit,
    changes: [change, write('transaction', locator, 0, record, record.policyholderLocator)],
    result: locator,
    request,
  });
  return locator;
}

/** Another transaction that is accepted and waits for its issue stands in the way (formats §3.6). */
function refuseBlocked(desk: Desk, { policy }: OpenPolicy, { conflictHandling, kind }: New): void {
  if (conflictHandling === 'invalidate') return;
  const waiting = findAll(desk, 'transaction', 'policyLocator', policy.locator).find(
    ({ record }) => record.state === 'accepted',
  );
  if (waiting && kind !== 'reinstatement') throw blockedBy(waiting.record);
}

export function blockedBy({ kind, locator }: TransactionRecord): Problem {
  return new Problem(
    'wrong-state',
    `The ${kind} ${locator} of this policy is accepted and not issued yet: issue it first, or say conflictHandling "invalidate" to drop it.`,
    { place: { locator } },
  );
}

function endorsementNamed(product: Product, name: string): EndorsementDefinition {
  const found = product.endorsements.find((definition) => definition.name === name);
  if (found) return found;
  throw unknownName(
    'endorsement',
    name,
    product.endorsements.map((definition) => definition.name),
  );
}

function unknownName(what: string, name: string, known: readonly string[]): Problem {
  const message = `There is no ${what} "${name}". There are: ${known.join(', ') || 'none'}.`;
  return new Problem('invalid-fields', message, {
    fieldErrors: [{ fieldName: 'name', code: 'INVALID_VALUE', message }],
  });
}

/** Formats §1.7: what the configuration says of an endorsement; `input` asks the request. */
function repricingOf(
  { name, reprice }: EndorsementDefinition,
  asked: boolean | undefined,
): TransactionRecord['repricing'] {
  if (reprice === 'input') {
    if (asked !== undefined) return asked ? 'changed' : 'none';
    throw new Problem(
      'invalid-fields',
      `The endorsement "${name}" asks whether to reprice: give reprice true or false.`,
      {
        fieldErrors: [{ fieldName: 'reprice', code: 'MISSING', message: 'give true or false.' }],
      },
    );
  }
  const repricing = reprice === 'all' ? 'all' : reprice === 'always' ? 'changed' : 'none';
  if (asked === undefined || asked === (repricing !== 'none')) return repricing;
  throw new Problem(
    'invalid-fields',
    `The configuration says "${reprice}" for repricing the endorsement "${name}": the request can not say otherwise.`,
    {
      fieldErrors: [{ fieldName: 'reprice', code: 'INVALID_VALUE', message: `it is ${reprice} by configuration.` }],
    },
  );
}

function schedule({ newPaymentScheduleName }: EndorsementUpdateRequest) {
  return newPaymentScheduleName === undefined ? {} : { newPaymentScheduleName };
}

function requireCoverage(open: OpenPolicy, at: Millis, what: string): void {
  const { timeline } = open.history;
  if (coversAt(timeline, at)) return;
  const message = `${what} takes effect while the policy covers something: ${coverageText(timeline, dayOf(open))}, not on ${dayOf(open)(at)}.`;
  throw new Problem('invalid-fields', message, {
    fieldErrors: [{ fieldName: 'effectiveTimestamp', code: 'INVALID_VALUE', message }],
  });
}

function dayOf({ deployed }: OpenPolicy): (at: Millis) => string {
  return (at) => calendarDay(at, deployed.configuration.timeZone);
}

function place({ policy }: OpenPolicy) {
  return { place: { locator: policy.locator } };
}
