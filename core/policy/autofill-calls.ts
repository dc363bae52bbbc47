import * as z from 'zod';
import { answeredBefore, type Caller, commit, type Desk, locatorOf, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { AutofillOperation, AutofillOperationType } from './autofill-answer.ts';

/** Which services are asked to fill in what, in order, for an operation such as `personal-auto.newBusiness.create` (formats §2.11). */
export interface AutofillCall {
  readonly locator: string;
  readonly operation: string;
  /** Names of integrations of type `data_autofill`, or `getDataAutofill` for the product's plugin. */
  readonly callSequence: readonly string[];
}

/** One setting holds them all: they are few, and are read with every draft that is saved. */
const SETTING = 'autofill-calls';
const Calls = z.strictObject({
  calls: z.array(z.strictObject({ locator: z.string(), operation: z.string(), callSequence: z.array(z.string()) })),
});
const OPERATION = /^(\*\.\*\.\*|[^*]+\.(\*\.\*|(newBusiness|endorsement|renewal)\.(\*|create|update)))$/;

export function listAutofillCalls(desk: Desk): readonly AutofillCall[] {
  const stored = desk.store.get('setting', SETTING)?.record;
  return stored === undefined ? [] : Calls.parse(stored).calls;
}

/** Throws `not-found`. */
export function needAutofillCall(desk: Desk, locator: string): AutofillCall {
  const found = listAutofillCalls(desk).find((call) => call.locator === locator);
  if (found) return found;
  throw new Problem('not-found', `There is no autofill operation ${locator}.`, { place: { locator } });
}

/**
 * Says who fills in an operation; one that is there already is replaced. @returns its locator
 * Throws `malformed-request` for an operation that would never be looked for.
 */
export function setAutofillCall(
  desk: Desk,
  caller: Caller,
  request: { readonly operation: string; readonly callSequence: readonly string[] },
): string {
  const before = answeredBefore(desk, caller, 'autofill.set', request);
  if (before !== undefined) return before;
  const { operation, callSequence } = request;
  if (!OPERATION.test(operation))
    throw new Problem(
      'malformed-request',
      `"${operation}" is no operation: write <product>.<newBusiness, endorsement, renewal or *>.<create, update or *>, or *.*.*.`,
      { place: { field: 'operation' } },
    );
  const calls = listAutofillCalls(desk);
  const locator = calls.find((call) => call.operation === operation)?.locator ?? locatorOf(desk);
  const others = calls.filter((call) => call.operation !== operation);
  save(desk, caller, 'autofill.set', [...others, { locator, operation, callSequence }], locator, request);
  return locator;
}

/** Throws `not-found`. */
export function removeAutofillCall(desk: Desk, caller: Caller, locator: string): void {
  if (answeredBefore(desk, caller, 'autofill.remove', locator) !== undefined) return;
  needAutofillCall(desk, locator);
  const calls = listAutofillCalls(desk).filter((call) => call.locator !== locator);
  save(desk, caller, 'autofill.remove', calls, locator, locator);
}

/** The calls for a transaction: those of its most specific operation; undefined when no operation fits (formats §2.11). */
export function callSequence(
  calls: readonly AutofillCall[],
  product: string,
  operation: AutofillOperation,
  type: AutofillOperationType,
): readonly string[] | undefined {
  const names = [`${product}.${operation}.${type}`, `${product}.${operation}.*`, `${product}.*.*`, '*.*.*'];
  for (const name of names) {
    const found = calls.find((call) => call.operation === name);
    if (found) return found.callSequence;
  }
  return undefined;
}

function save(
  desk: Desk,
  caller: Caller,
  name: string,
  calls: readonly AutofillCall[],
  result: string,
  request: unknown,
): void {
  const base = desk.store.get('setting', SETTING)?.version ?? 0;
  const record = { calls: calls.map((call) => ({ ...call })) };
  commit(desk, caller, {
    name,
    arguments: { autofill: result },
    changes: [write('setting', SETTING, base, record)],
    result,
    request,
  });
}
