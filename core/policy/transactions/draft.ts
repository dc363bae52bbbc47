import { type Caller, commit, type Desk, findAll, locatorOf, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import { calendarDay, type Millis } from '#core/model/time.ts';
import type { Change } from '#core/store/contract.ts';
import { coverageText, coversAt, type OpenPolicy, type OpenTransaction } from './open.ts';

/** What a request says of a new transaction. */
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

/** Saves a new draft. @param more what its making brought besides @returns its locator */
export function saveDraft(
  desk: Desk,
  caller: Caller,
  open: OpenPolicy,
  command: string,
  request: unknown,
  made: New,
  more: readonly Change[] = [],
): string {
  const { policy, deployed } = open;
  refuseBlocked(desk, open, made);
  const { numbers, change } = takeNumbers(desk, 'locator', 1);
  const [locator = ''] = numbers;
  const record = draftRecord(desk, open, made, locator);
  commit(desk, caller, {
    name: command,
    arguments: { policy: policy.locator, transaction: locator },
    configuration: deployed.record.commit,
    changes: [change, write('transaction', locator, 0, record, record.policyholderLocator), ...more],
    result: locator,
    request,
  });
  return locator;
}

/** Name of the command that changes a draft, in the journal and for a request that is sent again. */
export const UPDATE = 'transaction.update';

/** Saves a changed draft. @param request as it was given, for a request that is sent again */
export function saveUpdate(
  desk: Desk,
  caller: Caller,
  { policy, deployed, transaction }: OpenTransaction,
  changed: TransactionRecord,
  request: unknown,
): void {
  const { locator, policyholderLocator } = changed;
  commit(desk, caller, {
    name: UPDATE,
    arguments: { policy: policy.locator, transaction: locator },
    configuration: deployed.record.commit,
    changes: [
      write('transaction', locator, transaction.version, { ...changed, updatedAt: desk.now() }, policyholderLocator),
    ],
    result: locator,
    request: { locator, request },
  });
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

/** @param field where the request says the name */
export function unknownName(field: string, what: string, name: string, known: readonly string[]): Problem {
  const message = `There is no ${what} "${name}". There are: ${known.join(', ') || 'none'}.`;
  return new Problem('invalid-fields', message, {
    fieldErrors: [{ fieldName: field, code: 'INVALID_VALUE', message }],
  });
}

/** Throws `invalid-fields` unless something is covered at the instant, saying when something is. @param field where the request says the instant */
export function requireCoverage(open: OpenPolicy, field: string, at: Millis, what: string): void {
  const { timeline } = open.history;
  if (coversAt(timeline, at)) return;
  const message = `${what} takes effect while the policy covers something: ${coverageText(timeline, dayOf(open))}, not on ${dayOf(open)(at)}.`;
  throw new Problem('invalid-fields', message, {
    fieldErrors: [{ fieldName: field, code: 'INVALID_VALUE', message }],
  });
}

/** Instants as calendar days of the tenant, for messages. */
export function dayOf({ deployed }: OpenPolicy): (at: Millis) => string {
  return (at) => calendarDay(at, deployed.configuration.timeZone);
}

export function policyPlace({ policy }: OpenPolicy) {
  return { place: { locator: policy.locator } };
}
