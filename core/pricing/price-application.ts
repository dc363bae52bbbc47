import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { PolicyExposurePeril, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { NewHoldback, PerilRow, Result, RowPrice } from '#core/model/timeline/contract.ts';
import { type Application, feeKey, rowKey } from '#core/model/timeline/replay.ts';
import { Trace } from '#core/model/trace.ts';
import { type Operation, type Worksheet, worksheetOf } from '#core/model/worksheet.ts';
import { programOf } from '#core/product/program.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { hasPlugin } from '#core/sandbox/product-plugin.ts';
import type { PricedFee, PricingInput, PricingPorts, PricingResult } from './contract.ts';
import { type Money, roundedCharge } from './premium.ts';
import { priceTransaction } from './price.ts';
import { keptMonths, keptPiece, type Shortened, shareOf } from './prorate.ts';
import { type ProratedByPlugin, prorateByPlugin } from './proration-plugin.ts';

/** One application of a transaction to a policy's timeline, and everything that its amounts depend on. */
export interface ApplicationInput {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly policyholder: PolicyholderResponse;
  readonly application: Application;
  /** Operation of raters and guidelines; for proration the kind of the transaction says more. */
  readonly operation: Operation;
  /** As the proration plugin names it (formats §2.7). */
  readonly prorationOperation: 'creation' | 'endorsement' | 'renewal' | 'cancellation' | 'reinstatement' | 'withdrawal';
  /** The timeline as the engines see it, with the amounts found so far laid over its rows. */
  policy(found: Readonly<Record<string, RowPrice>>): PolicyResponse;
  readonly context: RunContext;
  readonly locators?: PricingInput['locators'];
  /** Commit of the configuration, kept with every amount. */
  readonly revision: string;
  readonly paymentScheduleName?: string;
  locatorFor(...parts: readonly string[]): string;
  /** Decimals that a fee is charged with, and how its amount shrinks: by its name. */
  feeProration(name: string): 'proratable' | 'flat';
}
export type ApplicationResult =
  | {
      readonly ok: true;
      readonly result: Result;
      readonly worksheet?: Worksheet;
      readonly auxData: Extract<PricingResult, { ok: true }>['auxData'];
    }
  | { readonly ok: false; readonly problem: Problem; readonly worksheet?: Worksheet };

/**
 * Finds the amounts of an application: what is kept of rows that are cut (P60, P61), then the prices of new rows, then fees of a
 * new term (formats §2.1). Answers a failure instead of throwing; the worksheet then holds all that was done.
 */
export async function priceApplication(input: ApplicationInput, ports: PricingPorts): Promise<ApplicationResult> {
  const trace = input.context.worksheet ? new Trace() : undefined;
  const sheet = (more: Worksheet | undefined) =>
    trace ? { worksheet: worksheetOf(input, [...trace.steps, ...(more?.steps ?? [])]) } : {};
  try {
    const prorated = await prorate(input, ports, trace);
    const rated = await rate(input, ports, prorated);
    if (rated && !rated.ok) return { ok: false, problem: rated.problem, ...sheet(rated.worksheet) };
    return {
      ok: true,
      result: resultOf(input, prorated, rated),
      ...sheet(rated?.worksheet),
      auxData: [...prorated.auxData, ...(rated?.auxData ?? [])],
    };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    trace?.add({ kind: 'failure', message: cause.message, ...(cause.place ? { place: cause.place } : {}) });
    return { ok: false, problem: cause, ...sheet(undefined) };
  }
}

async function prorate(
  input: ApplicationInput,
  ports: PricingPorts,
  trace: Trace | undefined,
): Promise<ProratedByPlugin> {
  const { application, product, configuration, context } = input;
  const { work, timeline } = application;
  const policy = input.policy({});
  const money = moneyOf(input, policy);
  if (work.cut.length === 0 && work.cutFees.length === 0)
    return { rows: {}, feePieces: {}, holdbacks: [], auxData: [] };
  if (hasPlugin(product, 'getProrationResult')) {
    const request = {
      operation: input.prorationOperation,
      policy: pluginPolicy(policy),
      tenantTimeZone: configuration.timeZone,
      ...(input.paymentScheduleName === undefined ? {} : { paymentScheduleName: input.paymentScheduleName }),
    };
    const call = {
      sandbox: ports.sandbox,
      program: programOf(configuration),
      product,
      context,
      ...(ports.reader ? { reader: ports.reader } : {}),
      ...(trace ? { trace } : {}),
    };
    return prorateByPlugin(work, request, call, money);
  }
  const anchor = timeline.terms[0]?.start ?? work.at;
  const of = (start: number, split: number, end: number): Shortened => ({
    start,
    split,
    end,
    anchor,
    timeZone: configuration.timeZone,
    unit: product.rating.proration,
  });
  const section = trace?.section('Proration');
  const rows = work.cut.map(({ original, kept, peril, exposure }) => {
    const title = `${exposure.name} / ${peril.name}`;
    const piece = keptPiece(
      priceOf(original),
      of(kept.start, kept.end, original.end),
      { ...money, where: title },
      section?.section(title, { locator: kept.locator }),
    );
    return [kept.locator, piece] as const;
  });
  const fees = work.cutFees.map(({ original, kept }) => {
    const share = shareOf(original.amount, keptMonths(of(original.start, kept.end, original.end)));
    return [feeKey(original), roundedCharge(`fee ${original.name}`, share, money, section)] as const;
  });
  return { rows: Object.fromEntries(rows), feePieces: Object.fromEntries(fees), holdbacks: [], auxData: [] };
}

/** What billing and proration plugins are told of a policy (formats §2.10). */
export function pluginPolicy(policy: PolicyResponse): JsonObject {
  const { locator, policyholderLocator, productName, originalContractStartTimestamp, currency, quoteLocator } = policy;
  return {
    locator,
    policyholderLocator,
    productName,
    originalContractStartTimestamp,
    ...(currency === undefined ? {} : { currency }),
    ...(quoteLocator === undefined ? {} : { quoteLocator }),
  };
}

async function rate(
  input: ApplicationInput,
  ports: PricingPorts,
  prorated: ProratedByPlugin,
): Promise<PricingResult | undefined> {
  const { configuration, product, operation, policyholder, context, locators } = input;
  const { work } = input.application;
  const toTax = product.rating.taxOnProratedPiece === 'recompute' ? work.cut.map(({ kept }) => tripleOf(kept)) : [];
  if (work.rate.length === 0 && !work.newTerm && toTax.length === 0) return undefined;
  return priceTransaction(
    {
      configuration,
      product,
      operation,
      policy: input.policy(prorated.rows),
      policyholder,
      toPrice: work.rate.map(({ row }) => tripleOf(row)),
      toTax,
      fees: work.newTerm,
      context,
      ...(locators ? { locators } : {}),
    },
    ports,
  );
}

export function tripleOf(row: PerilRow): PolicyExposurePeril {
  return {
    policyCharacteristicsLocator: row.policyRow,
    exposureCharacteristicsLocator: row.exposureRow,
    perilCharacteristicsLocator: row.locator,
  };
}

function resultOf(
  input: ApplicationInput,
  prorated: ProratedByPlugin,
  rated: Extract<PricingResult, { ok: true }> | undefined,
): Result {
  const { work, cause, basis, transaction } = input.application;
  const rows: Record<string, RowPrice> = {};
  for (const { kept, peril } of work.cut) {
    const piece = prorated.rows[kept.locator];
    const taxes = rated?.taxes[kept.locator];
    if (piece) rows[rowKey(peril.locator, kept.start)] = taxes ? { ...piece, taxes } : piece;
  }
  for (const { row, peril } of work.rate) {
    const price = rated?.perils[row.locator];
    if (price) rows[rowKey(peril.locator, row.start)] = { ...price, revision: input.revision };
  }
  const name = (kind: string, i: number): string => input.locatorFor(cause, transaction.locator, kind, String(i));
  return {
    cause,
    basis,
    rows,
    fees: (rated?.fees ?? []).map((fee: PricedFee, i) => ({
      ...fee,
      locator: name('fee', i),
      proration: input.feeProration(fee.name),
    })),
    feePieces: prorated.feePieces,
    holdbacks: prorated.holdbacks.map((holdback, i): NewHoldback => ({ ...holdback, locator: name('holdback', i) })),
  };
}

function moneyOf({ product, configuration }: ApplicationInput, policy: PolicyResponse): Money {
  return { currencyDecimals: currencyDecimals(policy.currency ?? configuration.currency), rules: product.rating };
}

function priceOf(row: PerilRow): RowPrice {
  if (row.price) return row.price;
  throw new Problem('internal', `The row ${row.locator} is cut and has no price.`, { place: { locator: row.locator } });
}
