import type { Caller, Desk } from '#core/desk/desk.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { AutomatedUnderwritingResultResponse, PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type {
  CancellationCreateRequest,
  EndorsementCreateRequest,
  PolicyCreateRequest,
  ReinstatementCreateRequest,
  RenewalCreateRequest,
  RequestValues,
} from '#core/model/request.ts';
import type { Millis } from '#core/model/time.ts';
import { issuePolicy } from './issue.ts';
import { getPolicy } from './policies.ts';
import { type QuoteAnswer, runQuote } from './quote-run.ts';
import { resolved } from './references.ts';
import { advanceTransaction } from './transactions/advance.ts';
import { createEndorsement, createRenewal } from './transactions/create-change.ts';
import { createCancellation, createReinstatement, createWithdrawal } from './transactions/create-coverage.ts';
import { needTransaction } from './transactions/open.ts';
import { type PriceChange, priceChange } from './transactions/price.ts';
import { datesRead } from './written-dates.ts';

/** One transaction of a history; requests are the endpoints' create requests (formats §3.6, §3.7), checked by the caller. */
export type HistoryTransaction = { readonly issuedTimestamp?: string | number } & (
  | { readonly type: 'endorsement'; readonly request: EndorsementCreateRequest }
  | { readonly type: 'renewal'; readonly request: RenewalCreateRequest }
  | { readonly type: 'cancellation'; readonly request: CancellationCreateRequest }
  | { readonly type: 'reinstatement'; readonly request: ReinstatementCreateRequest }
  | { readonly type: 'withdrawal'; readonly request: object }
);
export interface HistoryRequest {
  readonly policyholder?: { readonly completed?: boolean; readonly values: RequestValues };
  readonly policy: PolicyCreateRequest;
  /** When the policy is issued, milliseconds; default with the first transaction. */
  readonly issuedTimestamp?: string | number;
  /** In the order of issue; a locator may be a reference `{"$ref": "/policy/exposures/0/locator"}` (settled questions, 12). */
  readonly transactions: readonly JsonValue[];
}
export interface HistoryAnswer extends QuoteAnswer {
  readonly transactions: readonly TransactionAnswer[];
  /** How many transactions there was no issued policy for: the new business was not accepted. */
  readonly notReached?: number;
}
export interface TransactionAnswer {
  readonly type: string;
  readonly locator: string;
  /** Its state at the end, or `refused` in a history that goes on after a problem. */
  readonly state: string;
  readonly price: PriceChange | null;
  readonly underwriting: AutomatedUnderwritingResultResponse | null;
  /** After the transaction. */
  readonly policy: PolicyResponse;
}

/** A policy's life as far as it went. */
export interface Life {
  readonly answer: QuoteAnswer;
  /** The issued policy before its first transaction; undefined when the new business was not accepted. */
  readonly policy?: PolicyResponse;
  readonly transactions: readonly TransactionAnswer[];
  /** When the latest was issued. */
  readonly latest: Millis;
}
export interface HistoryPorts {
  /** Sets the desk's time. */
  readonly clock: { set(now: Millis): void };
  readonly timeZone: string;
  /** Checks a resolved transaction by its schema. */
  read(given: JsonValue, at: string): HistoryTransaction;
}

/**
 * Takes a policy through its whole life in a store that is thrown away: new business to issue, then every transaction to issue at
 * its own time. A transaction that the guidelines decline is answered as such, and the policy stays as it was.
 * Throws what the first refused transaction throws, naming it.
 */
export async function runHistory(
  desk: Desk,
  caller: Caller,
  request: HistoryRequest,
  ports: HistoryPorts,
): Promise<HistoryAnswer> {
  const issue = request.transactions.length > 0;
  let life = await beginLife(desk, caller, request, ports, { issue });
  if (!issue) return { ...life.answer, transactions: [] };
  if (!life.policy) return { ...life.answer, transactions: [], notReached: request.transactions.length };
  for (const given of request.transactions) life = await liveOn(desk, caller, life, given, ports);
  return { ...life.answer, policy: life.policy ?? life.answer.policy, transactions: life.transactions };
}

/** New business, issued if that is asked and it is accepted. Throws the problems of a quote. */
export async function beginLife(
  desk: Desk,
  caller: Caller,
  request: HistoryRequest,
  ports: HistoryPorts,
  { issue }: { readonly issue: boolean },
): Promise<Life> {
  const { transactions, issuedTimestamp, ...business } = request;
  const first = issuedTimestamp ?? issuedOf(transactions[0], ports.timeZone);
  if (first !== undefined) ports.clock.set(Number(first));
  const answer = await runQuote(desk, caller, business);
  const life = { answer, transactions: [], latest: desk.now() };
  if (!issue || (answer.underwriting !== null && answer.underwriting.decision !== 'accept')) return life;
  await issuePolicy(desk, caller, answer.policy.locator);
  return { ...life, policy: getPolicy(desk, answer.policy.locator) };
}

function issuedOf(transaction: JsonValue | undefined, timeZone: string): string | number | undefined {
  if (!isObject(transaction)) return undefined;
  const { issuedTimestamp: given } = datesRead(transaction, timeZone, 'transactions[0]') as JsonObject;
  return typeof given === 'string' || typeof given === 'number' ? given : undefined;
}

/** The life with one more transaction, issued or declined. Throws what it is refused for, naming the transaction. */
export async function liveOn(
  desk: Desk,
  caller: Caller,
  life: Life,
  given: JsonValue,
  ports: HistoryPorts,
): Promise<Life> {
  const { policy, transactions, latest } = life;
  if (!policy) throw new Problem('not-accepted', 'The new business was not accepted: nothing can follow it.');
  const place = `transactions[${transactions.length}]`;
  const said = { policy, underwriting: life.answer.underwriting, transactions } as unknown as JsonObject;
  const transaction = ports.read(
    withDates(resolved(given, said, transactions.at(-1)?.policy ?? policy, place), ports.timeZone, place),
    place,
  );
  const at = Number(transaction.issuedTimestamp ?? latest);
  if (Number.isNaN(at) || at < latest) throw notInOrder(place, at);
  ports.clock.set(at);
  try {
    return {
      ...life,
      transactions: [...transactions, await run(desk, caller, policy.locator, transaction)],
      latest: at,
    };
  } catch (error) {
    throw error instanceof Problem ? about(error, place, transaction.type) : error;
  }
}

/** The life after a transaction that was refused: it keeps its place, so that references count on. */
export function refused(life: Life, given: JsonValue): Life {
  const policy = life.transactions.at(-1)?.policy ?? life.policy ?? life.answer.policy;
  const type = isObject(given) && typeof given.type === 'string' ? given.type : '';
  const answer: TransactionAnswer = { type, locator: '', state: 'refused', price: null, underwriting: null, policy };
  return { ...life, transactions: [...life.transactions, answer] };
}

function notInOrder(place: string, at: number): Problem {
  return new Problem(
    'malformed-request',
    Number.isNaN(at)
      ? `${place}.issuedTimestamp is no time: give a day (2021-08-21) or milliseconds since 1970.`
      : `${place} is issued before what stands in front of it: give transactions in the order of issue. Back-dated ones have an earlier time of effect, not of issue.`,
    { place: { field: `${place}.issuedTimestamp` } },
  );
}

/** Which transaction of the history it was that failed. */
function about(problem: Problem, place: string, type: string): Problem {
  return new Problem(problem.code, `${place} (${type}): ${problem.message}`, {
    place: { field: place, ...problem.place },
    fieldErrors: problem.fieldErrors,
    ...(problem.details ? { details: problem.details } : {}),
    cause: problem,
  });
}

function withDates(transaction: JsonValue, timeZone: string, at: string): JsonValue {
  if (!isObject(transaction)) return transaction;
  const { request } = transaction;
  const dated = datesRead(transaction, timeZone, at);
  return request === undefined ? dated : { ...dated, request: datesRead(request, timeZone, `${at}.request`) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function run(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  transaction: HistoryTransaction,
): Promise<TransactionAnswer> {
  const locator = await create(desk, caller, policyLocator, transaction);
  await advanceTransaction(desk, caller, locator, 'issued');
  const { record } = needTransaction(desk, locator);
  return {
    type: transaction.type,
    locator,
    state: record.state,
    price: record.gross ? priceChange(record.gross) : null,
    underwriting: record.underwriting ?? null,
    policy: getPolicy(desk, policyLocator),
  };
}

function create(desk: Desk, caller: Caller, policyLocator: string, transaction: HistoryTransaction): Promise<string> {
  switch (transaction.type) {
    case 'endorsement':
      return createEndorsement(desk, caller, policyLocator, transaction.request);
    case 'renewal':
      return createRenewal(desk, caller, policyLocator, transaction.request);
    case 'cancellation':
      return createCancellation(desk, caller, policyLocator, transaction.request);
    case 'withdrawal':
      return createWithdrawal(desk, caller, policyLocator);
    case 'reinstatement': {
      const modification = getPolicy(desk, policyLocator).cancellation?.modificationLocator;
      if (modification === undefined)
        throw new Problem('wrong-state', 'The policy is not cancelled: there is nothing to reinstate.', {
          place: { locator: policyLocator },
        });
      return createReinstatement(desk, caller, needTransaction(desk, modification).locator, transaction.request);
    }
  }
}
