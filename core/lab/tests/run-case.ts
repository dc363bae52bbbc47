import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import {
  type Difference,
  differencesOf,
  type Expectation,
  type Outcome,
  type TransactionExpectation,
} from '#core/policy/case-expectations.ts';
import {
  beginLife,
  type HistoryPorts,
  type Life,
  liveOn,
  refused,
  type TransactionAnswer,
} from '#core/policy/history-run.ts';
import { wholeWorksheet } from '#core/policy/quote-run.ts';
import type { ThrowawayDesk } from '#core/policy/throwaway.ts';
import { needTransaction } from '#core/policy/transactions/open.ts';
import type { CaseReader, CaseRequest, CaseResult, CaseTest } from './contract.ts';

/** What a case came to as far as it was looked at. */
interface Found {
  readonly differences: readonly Difference[];
  readonly worksheet?: Worksheet | null;
}

/** Where cases run: a store that is thrown away (PT8), its time zone, and the schemas of requests. */
export interface CaseBench {
  readonly workbench: ThrowawayDesk;
  readonly timeZone: string;
  readonly reader: CaseReader;
}

/** Runs a case from new business to its last transaction. What is wrong with the case itself is a difference too. */
export async function runCase(bench: CaseBench, test: CaseTest): Promise<CaseResult> {
  const started = performance.now();
  const { given, ...place } = test;
  const result = (description: string, { differences, worksheet }: Found): CaseResult => ({
    ...place,
    description,
    passed: differences.length === 0,
    differences,
    ...(worksheet && differences.length > 0 ? { worksheet } : {}),
    milliseconds: Math.round(performance.now() - started),
  });
  let read: CaseRequest;
  try {
    if (given instanceof Problem) throw given;
    read = bench.reader.readCase(given, test.id);
  } catch (error) {
    return result(test.description, { differences: [unexpected('', undefined, error)] });
  }
  // Every case starts at the machine's time, whatever the one before it lived through.
  bench.workbench.clock.set();
  return result(read.description ?? '', await lived(bench, test.product, read));
}

async function lived(
  { workbench, timeZone, reader }: CaseBench,
  productName: string,
  { policyCreate, policyholder, issuedTimestamp, expect, transactions }: CaseRequest,
): Promise<Found> {
  const { desk, caller, clock } = workbench;
  const ports: HistoryPorts = { clock, timeZone, read: reader.readTransaction };
  const steps = transactions.map(({ expect: wanted = {}, ...given }) => ({
    wanted: wanted as TransactionExpectation,
    given,
  }));
  let life: Life;
  try {
    const request = {
      ...(policyholder ? { policyholder } : {}),
      policy: { ...policyCreate, productName },
      ...(issuedTimestamp === undefined ? {} : { issuedTimestamp }),
      transactions: steps.map(({ given }) => given),
    };
    life = await beginLife(desk, caller, request, ports, { issue: steps.length > 0 });
  } catch (error) {
    return { differences: problemDifferences('', expect.problem, error) };
  }
  const found: Found = { differences: afterQuote(expect, life), worksheet: life.answer.worksheet };
  if (found.differences.length > 0) return found;
  if (steps.length > 0 && !life.policy)
    return {
      differences: [
        {
          what: 'transactions',
          expected: `${steps.length} on an issued policy`,
          actual: `the new business got the decision ${life.answer.underwriting?.decision}`,
        },
      ],
    };
  for (const { given, wanted } of steps) {
    const place = `transactions[${life.transactions.length}] (${nameOf(given)}): `;
    try {
      life = await liveOn(desk, caller, life, given, ports);
    } catch (error) {
      const differences = problemDifferences(place, wanted.problem, error);
      if (differences.length > 0) return { differences };
      life = refused(life, given);
      continue;
    }
    const differences = afterTransaction(place, wanted, life);
    // What follows stands on this: its differences would only repeat it.
    if (differences.length > 0) return { differences, worksheet: worksheetOfLast(workbench, life) };
  }
  return { differences: [] };
}

function afterQuote(expect: Expectation, { answer }: Life): readonly Difference[] {
  if (expect.problem !== undefined) return [{ what: 'problem', expected: expect.problem, actual: 'it was quoted' }];
  const row = answer.policy.characteristics.at(-1);
  return differencesOf(expect, {
    policy: answer.policy,
    underwriting: answer.underwriting,
    gross: {
      ...(row?.grossPremium === undefined ? {} : { premium: row.grossPremium }),
      ...(row?.grossTaxes === undefined ? {} : { taxes: row.grossTaxes }),
      fees: answer.policy.grossFees,
    },
  });
}

function afterTransaction(place: string, wanted: TransactionExpectation, life: Life): readonly Difference[] {
  const last = life.transactions.at(-1);
  if (!last) return [];
  // One that does not say otherwise is to be issued: a declined one must not pass unseen.
  const expect = { ...wanted, state: wanted.state ?? 'issued' };
  const differences =
    expect.problem === undefined
      ? differencesOf(expect, outcomeOf(last, life.transactions))
      : [{ what: 'problem', expected: expect.problem, actual: `it was ${last.state}` }];
  return differences.map((difference) => ({ ...difference, what: `${place}${difference.what}` }));
}

/** The policy after a transaction: gross amounts are those of the last one that was issued. */
function outcomeOf(last: TransactionAnswer, all: readonly TransactionAnswer[]): Outcome {
  const issued = all.filter(({ state }) => state === 'issued');
  const price = issued.at(-1)?.price;
  const row = last.policy.characteristics.at(-1);
  const premium = price?.newGrossPremium ?? row?.grossPremium;
  const taxes = price?.newGrossTaxes ?? row?.grossTaxes;
  return {
    policy: last.policy,
    underwriting: last.underwriting,
    gross: {
      ...(premium === undefined ? {} : { premium }),
      ...(taxes === undefined ? {} : { taxes }),
      fees: last.policy.grossFees,
    },
    change: {
      state: last.state,
      price: last.price,
      holdbacks: issued.reduce((sum, one) => sum.plus(one.price?.holdbackChange ?? 0), new Decimal(0)).toFixed(),
    },
  };
}

function problemDifferences(place: string, wanted: string | undefined, error: unknown): readonly Difference[] {
  return error instanceof Problem && wanted === error.code ? [] : [unexpected(place, wanted, error)];
}

function unexpected(place: string, wanted: string | undefined, error: unknown): Difference {
  if (!(error instanceof Problem)) throw error;
  return { what: `${place}problem`, expected: wanted ?? 'none', actual: `${error.code}: ${error.message}` };
}

function worksheetOfLast({ desk }: ThrowawayDesk, { transactions }: Life): Worksheet | null {
  const { worksheet } = needTransaction(desk, transactions.at(-1)?.locator ?? '').record;
  return worksheet === undefined ? null : wholeWorksheet(desk, worksheet);
}

/** `endorsement standardChange` */
function nameOf({ type, request }: JsonObject): string {
  const name = isObject(request) ? (request.endorsementName ?? request.name) : undefined;
  return [type, name].filter((part) => typeof part === 'string').join(' ');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
