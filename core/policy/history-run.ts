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
}
export interface TransactionAnswer {
  readonly type: string;
  readonly locator: string;
  readonly state: string;
  readonly price: PriceChange | null;
  readonly underwriting: AutomatedUnderwritingResultResponse | null;
  /** After the transaction. */
  readonly policy: PolicyResponse;
}

/**
 * Takes a policy through its whole life in a store that is thrown away: new business to issue, then every transaction to issue at
 * its own time. A transaction that the guidelines decline is answered as such, and the policy stays as it was.
 * @param clock sets the desk's time @param read checks a resolved transaction by its schema
 */
export async function runHistory(
  desk: Desk,
  caller: Caller,
  request: HistoryRequest,
  clock: { set(now: Millis): void },
  read: (given: JsonValue, at: string) => HistoryTransaction,
): Promise<HistoryAnswer> {
  const { transactions, issuedTimestamp, ...business } = request;
  const first = issuedTimestamp ?? timestampOf(transactions[0]);
  if (first !== undefined) clock.set(Number(first));
  const answer = await runQuote(desk, caller, business);
  if (transactions.length === 0) return { ...answer, transactions: [] };
  await issuePolicy(desk, caller, answer.policy.locator);
  const policy = getPolicy(desk, answer.policy.locator);
  const done: TransactionAnswer[] = [];
  let latest = Number(first ?? desk.now());
  for (const [i, given] of transactions.entries()) {
    const said = { policy, underwriting: answer.underwriting, transactions: done } as unknown as JsonObject;
    const transaction = read(
      resolved(given, said, done.at(-1)?.policy ?? policy, `transactions[${i}]`),
      `transactions[${i}]`,
    );
    const at = Number(transaction.issuedTimestamp ?? latest);
    if (at < latest)
      throw new Problem(
        'malformed-request',
        `transactions[${i}] is issued before the one in front of it: give them in the order of issue.`,
        { place: { field: `transactions[${i}].issuedTimestamp` } },
      );
    latest = at;
    clock.set(at);
    done.push(await run(desk, caller, policy.locator, transaction));
  }
  return { ...answer, policy, transactions: done };
}

function timestampOf(transaction: JsonValue | undefined): string | number | undefined {
  if (typeof transaction !== 'object' || transaction === null || !('issuedTimestamp' in transaction)) return undefined;
  const given = transaction.issuedTimestamp;
  return typeof given === 'string' || typeof given === 'number' ? given : undefined;
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
