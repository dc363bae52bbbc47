import { answeredBefore, type Caller, type Desk } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { EndorsementDefinition, Product } from '#core/model/product.ts';
import type { EndorsementCreateRequest, EndorsementUpdateRequest, RenewalCreateRequest } from '#core/model/request.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import { isOpen } from '#core/model/transaction-state.ts';
import { filledChange } from '../autofill.ts';
import { changeOf, instantOf, nextTerm, resolutionsOf, today } from './change-request.ts';
import { dayOf, type New, policyPlace, requireCoverage, saveDraft, saveUpdate, UPDATE, unknownName } from './draft.ts';
import { type OpenPolicy, openIssued, openTransaction } from './open.ts';

/** A new endorsement in the state `application`; nothing is priced yet. @returns its locator */
export async function createEndorsement(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: EndorsementCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'endorsement.create', request);
  if (before !== undefined) return before;
  const { open, given, auxData } = await filledIn(desk, policyLocator, 'endorsement', request);
  return saveDraft(desk, caller, open, 'endorsement.create', request, endorsementDraft(desk, open, given), auxData());
}

/** What an endorsement's request asks for, checked and not saved. */
export function endorsementDraft(desk: Desk, open: OpenPolicy, request: EndorsementCreateRequest): New {
  const definition = endorsementNamed(open.product, request.endorsementName);
  const effective = instantOf(request.startTimestamp, 'startTimestamp', () =>
    today(desk, open.deployed.configuration.timeZone),
  );
  requireCoverage(open, 'startTimestamp', effective, 'An endorsement');
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
  const { open, given, auxData } = await filledIn(desk, policyLocator, 'renewal', request);
  return saveDraft(desk, caller, open, 'renewal.create', request, renewalDraft(desk, open, given), auxData());
}

/** What a renewal's request asks for, checked and not saved. */
export function renewalDraft(desk: Desk, open: OpenPolicy, request: RenewalCreateRequest): New {
  const { timeline } = open.history;
  const term = nextTerm(open.history, open.deployed.configuration.timeZone);
  if (timeline.ended)
    throw new Problem(
      'wrong-state',
      `Policy ${open.policy.record.displayId} is cancelled from ${dayOf(open)(timeline.ended.at)} on: reinstate it first.`,
      policyPlace(open),
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

/** Changes a draft further. Throws `wrong-state` for one that is locked, `invalid-fields` with everything that is wrong. */
export async function updateTransaction(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: EndorsementUpdateRequest & Pick<RenewalCreateRequest, 'renewalEndTimestamp'>,
): Promise<void> {
  if (answeredBefore(desk, caller, UPDATE, { locator, request }) !== undefined) return;
  const open = await openTransaction(desk, locator);
  const { record } = open.transaction;
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
  if (record.kind === 'endorsement') requireCoverage(open, 'startTimestamp', effective, 'An endorsement');
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
  };
  saveUpdate(desk, caller, open, changed, request);
}

/** A request with what the product's autofill says where it leaves something open (formats §2.11), and its policy read after that. */
async function filledIn<T extends EndorsementUpdateRequest>(
  desk: Desk,
  policyLocator: string,
  operation: 'endorsement' | 'renewal',
  request: T,
) {
  const open = await openIssued(desk, policyLocator);
  const { deployed, product, policy } = open;
  const asked = {
    deployed,
    product,
    policyholderLocator: policy.record.policyholderLocator,
    locators: { policyLocator: policy.locator },
    operation,
    operationType: 'create',
  } as const;
  const filled = await filledChange(desk, asked, request);
  if (!filled) return { open, given: request, auxData: () => [] };
  return { open: await openIssued(desk, policyLocator), given: filled.request, auxData: filled.auxData };
}

function endorsementNamed(product: Product, name: string): EndorsementDefinition {
  const found = product.endorsements.find((definition) => definition.name === name);
  if (found) return found;
  throw unknownName(
    'endorsementName',
    'endorsement',
    name,
    product.endorsements.map((definition) => definition.name),
  );
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
