import * as z from 'zod';
import type { CaseReader, CaseRequest } from '#core/lab/tests/contract.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Expectation, TransactionExpectation } from '#core/policy/case-expectations.ts';
import type { HistoryTransaction as HistoryStep } from '#core/policy/history-run.ts';
import { datesRead } from '#core/policy/written-dates.ts';
import { parse } from './parse.ts';
import { PolicyCreate } from './schemas.ts';
import { HistoryTransaction } from './transaction-schemas.ts';

const Case = z.strictObject({
  description: z.string().optional(),
  source: z.string().optional(),
  product: z.string().optional(),
  operation: z.literal('new_business').default('new_business'),
  /** `completed: false`: only what the price needs is given, nothing is required. */
  policyholder: z
    .strictObject({ completed: z.boolean().default(true), values: z.record(z.string(), z.json()).default({}) })
    .optional(),
  policyCreate: PolicyCreate.partial({ productName: true }),
  issuedTimestamp: z.union([z.string(), z.number()]).optional(),
  expect: Expectation,
  /** As in a history, each with an `expect` of its own; what it holds is checked after its references. */
  transactions: z.array(z.looseObject({ expect: TransactionExpectation.optional() })).default([]),
});

/** Reads cases and the transactions in them by the schemas of the API (formats §10). @param timeZone in which days are read */
export function caseReader(timeZone: string): CaseReader {
  return {
    readCase(given, at): CaseRequest {
      const { policyCreate, transactions, ...read } = parse(Case, withDates(given, timeZone), at);
      const { premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, productName: _n, ...policy } = policyCreate;
      return { ...read, policyCreate: policy, transactions: transactions as readonly JsonObject[] };
    },
    readTransaction,
  };
}

/** One transaction of a history or a case. Throws `malformed-request`. */
export function readTransaction(given: JsonValue, at: string): HistoryStep {
  const transaction = parse(HistoryTransaction, given, at);
  if (transaction.type !== 'endorsement' && transaction.type !== 'renewal') return transaction as HistoryStep;
  const { state: _s, newPolicyEndTimestamp: _n, autofill: _a, ...request } = transaction.request;
  return { ...transaction, request } as HistoryStep;
}

function withDates(value: JsonValue, timeZone: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given = value as JsonObject;
  const dated = datesRead(given, timeZone, 'The case');
  const { policyCreate } = given;
  return policyCreate === undefined
    ? dated
    : { ...dated, policyCreate: datesRead(policyCreate, timeZone, 'policyCreate') };
}
