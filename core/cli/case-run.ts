import * as z from 'zod';
import { parse, parseJsonText } from '#core/api/parse.ts';
import { PolicyCreate } from '#core/api/schemas.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import {
  type Difference,
  differencesOf,
  Expectation,
  type Outcome,
  TransactionExpectation,
} from '#core/policy/case-expectations.ts';
import { beginLife, type Life, liveOn, refused, type TransactionAnswer } from '#core/policy/history-run.ts';
import { wholeWorksheet } from '#core/policy/quote-run.ts';
import type { ThrowawayDesk } from '#core/policy/throwaway.ts';
import { needTransaction } from '#core/policy/transactions/open.ts';
import { datesRead } from '#core/policy/written-dates.ts';
import { explanation } from './explain.ts';
import { historyPorts } from './history-requests.ts';

const Case = z.strictObject({
  description: z.string().optional(),
  source: z.string().optional(),
  product: z.string().optional(),
  operation: z.literal('new_business').default('new_business'),
  policyholder: z.strictObject({ values: z.record(z.string(), z.json()).default({}) }).optional(),
  policyCreate: PolicyCreate.partial({ productName: true }),
  issuedTimestamp: z.union([z.string(), z.number()]).optional(),
  expect: Expectation,
  /** As in a history, each with an `expect` of its own; what it holds is checked after its references. */
  transactions: z.array(z.looseObject({ expect: TransactionExpectation.optional() })).default([]),
});

/** A case file of a product, or of a folder beside the configuration. */
export interface CaseFile {
  readonly file: string;
  readonly product: string;
  readonly text: string;
}
export interface CaseResult {
  readonly file: string;
  readonly product: string;
  readonly description: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** How the first difference came about: the lines of the worksheet that led to it. */
  readonly worksheet?: readonly string[];
  readonly milliseconds: number;
}
/** What a case came to as far as it was looked at. */
interface Found {
  readonly differences: readonly Difference[];
  readonly worksheet?: Worksheet | null;
}

/** Runs a case from new business to its last transaction. What is wrong with the case itself is a difference too. */
export async function runCase(workbench: ThrowawayDesk, timeZone: string, given: CaseFile): Promise<CaseResult> {
  const { file, product } = given;
  const started = performance.now();
  const result = (description: string, { differences, worksheet }: Found): CaseResult => {
    const lines = worksheet && differences[0] ? explanation(worksheet, differences[0].row) : [];
    return {
      file,
      product,
      description,
      passed: differences.length === 0,
      differences,
      ...(lines.length > 0 ? { worksheet: lines } : {}),
      milliseconds: Math.round(performance.now() - started),
    };
  };
  let read: z.output<typeof Case>;
  try {
    read = parse(Case, withDates(parseJsonText(given.text, file), timeZone), file);
  } catch (error) {
    return result('', { differences: [unexpected('', undefined, error)] });
  }
  // Every case starts at the machine's time, whatever the one before it lived through.
  workbench.clock.set();
  return result(read.description ?? '', await lived(workbench, timeZone, product, read));
}

async function lived(
  workbench: ThrowawayDesk,
  timeZone: string,
  productName: string,
  { policyCreate, policyholder, issuedTimestamp, expect, transactions }: z.output<typeof Case>,
): Promise<Found> {
  const { desk, caller } = workbench;
  const ports = historyPorts(workbench, timeZone);
  const { premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, ...policy } = policyCreate;
  const steps = transactions.map(({ expect: wanted = {}, ...given }) => ({ wanted, given: given as JsonObject }));
  let life: Life;
  try {
    const request = {
      ...(policyholder ? { policyholder } : {}),
      policy: { ...policy, productName },
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

function withDates(value: unknown, timeZone: string): unknown {
  if (!isObject(value as JsonValue)) return value;
  const given = value as JsonObject;
  const dated = datesRead(given, timeZone, 'The case');
  const { policyCreate } = given;
  return policyCreate === undefined
    ? dated
    : { ...dated, policyCreate: datesRead(policyCreate, timeZone, 'policyCreate') };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
