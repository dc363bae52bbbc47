import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { TaxDefinition } from '#core/model/product.ts';
import { Trace } from '#core/model/trace.ts';
import { type WorksheetStep, worksheetOf } from '#core/model/worksheet.ts';
import { programOf } from '#core/product/program.ts';
import type {
  PricedFee,
  PricedPeril,
  PriceTransaction,
  PricingInput,
  PricingPorts,
  PricingResult,
} from './contract.ts';
import { segmentMonths } from './duration.ts';
import { feesFromEffects } from './fee.ts';
import { type LiquidCall, runCalculations } from './liquid.ts';
import { type Money, perilAmounts } from './premium.ts';
import { type RatingWork, rate } from './rate.ts';
import { exposureTitle, type PricedRow, rowsToPrice, rowTitle } from './rows.ts';
import { feeScope, type LiquidScopes, liquidScopes } from './scope.ts';
import { taxFromEffects } from './tax.ts';
import { applyPrices, feesTotal, policyTotals } from './totals.ts';

/**
 * Prices the listed rows of a policy: rates from the external rater, the plugin or the Liquid files, then amounts, taxes, fees
 * and totals (SPEC.md). Answers a failure instead of throwing; the worksheet then holds all that was done.
 */
export const priceTransaction: PriceTransaction = async (input, ports) => {
  const steps: WorksheetStep[] = [];
  const trace = input.context.worksheet ? new Trace(steps) : undefined;
  const worksheet = trace ? { worksheet: worksheetOf(input, steps) } : {};
  try {
    return { ok: true, ...(await price(input, ports, trace)), ...worksheet };
  } catch (cause) {
    const problem =
      cause instanceof Problem ? cause : new Problem('internal', `Pricing broke: ${String(cause)}`, { cause });
    trace?.add({ kind: 'failure', message: problem.message, ...(problem.place ? { place: problem.place } : {}) });
    return { ok: false, problem, ...worksheet };
  }
};

type Priced = Omit<Extract<PricingResult, { ok: true }>, 'ok' | 'worksheet'>;

async function price(input: PricingInput, ports: PricingPorts, trace: Trace | undefined): Promise<Priced> {
  const { policy, product } = input;
  const currency = policy.currency ?? input.configuration.currency;
  const money: Money = { currencyDecimals: currencyDecimals(currency), rules: product.rating };
  const rows = rowsToPrice(policy, input.toPrice, product);
  let scopes: LiquidScopes | undefined;
  const work: RatingWork = {
    input,
    ports,
    rows,
    program: programOf(input.configuration),
    scopes: () => {
      scopes ??= liquidScopes(input, policy, rows);
      return scopes;
    },
    trace,
    rowTrace: rowSections(trace),
  };
  halt(ports.signal);
  const { rates, auxData } = await rate(work);

  halt(ports.signal);
  const months = monthsOf(input);
  const perils: Record<string, PricedPeril> = {};
  for (const row of rows) {
    const rowRates = rates.get(row.row.locator);
    if (!rowRates) throw new Problem('internal', `No rates for ${rowTitle(row)}.`);
    const rowTrace = work.rowTrace(row);
    const amounts = perilAmounts(rowRates, months(row), { ...money, where: rowTitle(row) }, rowTrace);
    if (amounts.premium.startsWith('-')) rowTrace?.warn(`The premium is negative: ${amounts.premium}.`);
    perils[row.row.locator] = { ...amounts, taxes: [] };
  }
  await levyTaxes(work, perils, money);
  const taxes = await taxAgain(work, money);

  halt(ports.signal);
  const totalsTrace = new Trace();
  const totals = policyTotals(policy, perils, money.currencyDecimals, trace && totalsTrace);
  const fees = input.fees
    ? await chargeFees(work, applyPrices(policy, { perils, ...totals }, currency), money)
    : undefined;
  const grossFees = feesTotal(policy, fees, money.currencyDecimals);
  totalsTrace.add({ kind: 'amount', what: 'gross fees', value: grossFees });
  trace?.section('Totals').add(...totalsTrace.steps);
  halt(ports.signal);
  return { perils, fees: fees ?? [], taxes, ...totals, grossFees, auxData };
}

/** Runs every tax file for every priced row and puts the taxes into `perils` (P40, P41). */
async function levyTaxes(work: RatingWork, perils: Record<string, PricedPeril>, money: Money): Promise<void> {
  const { taxes } = work.input.product;
  for (const tax of taxes) if (!tax.file) work.trace?.warn(`The tax "${tax.name}" has no file: it is not levied.`);
  const levied = taxes.filter((tax): tax is TaxDefinition & { readonly file: string } => tax.file !== undefined);
  if (levied.length === 0 || work.rows.length === 0) return;
  const scopes = work.scopes();
  const calls: (LiquidCall & { readonly tax: TaxDefinition; readonly locator: string })[] = [];
  for (const row of work.rows) {
    const { locator } = row.row;
    const premium = perils[locator]?.premium ?? '0';
    const scope = scopes.call(row, { premium: { $decimal: premium } });
    for (const tax of levied) {
      const trace = work.rowTrace(row)?.section(`Tax ${tax.name}`, { place: { file: tax.file } });
      calls.push({ file: tax.file, scope, title: `${rowTitle(row)}, tax ${tax.name}`, trace, tax, locator });
    }
  }
  const { sandbox } = work.ports;
  const effects = await runCalculations(sandbox, work.program, work.input.context, scopes.shared, calls);
  calls.forEach((call, index) => {
    const how = { ...money, where: call.title };
    const tax = taxFromEffects(call.tax, effects[index] ?? [], call.file, how, call.trace);
    const peril = perils[call.locator];
    if (tax && peril) perils[call.locator] = { ...peril, taxes: [...peril.taxes, tax] };
  });
}

/** The taxes of rows that have their premium already (P60). */
async function taxAgain(work: RatingWork, money: Money): Promise<Record<string, PricedPeril['taxes']>> {
  const { policy, product, toTax = [] } = work.input;
  if (toTax.length === 0) return {};
  const rows = rowsToPrice(policy, toTax, product);
  const perils: Record<string, PricedPeril> = {};
  for (const { row } of rows)
    perils[row.locator] = { premium: row.premium ?? '0', monthPremium: '0', commissions: [], taxes: [] };
  const scopes = liquidScopes(work.input, policy, rows);
  await levyTaxes({ ...work, rows, scopes: () => scopes }, perils, money);
  return Object.fromEntries(Object.entries(perils).map(([locator, { taxes }]) => [locator, taxes]));
}

/** Runs the fees file over the priced policy (P42). A product without one charges none. */
async function chargeFees(
  work: RatingWork,
  priced: PricingInput['policy'],
  money: Money,
): Promise<readonly PricedFee[]> {
  const { feesFile: file, fees } = work.input.product;
  if (!file) return [];
  const trace = work.trace?.section('Fees', { place: { file } });
  const call: LiquidCall = { file, scope: {}, title: 'Fees', trace };
  const { sandbox } = work.ports;
  const shared = feeScope(work.input, priced);
  const [effects] = await runCalculations(sandbox, work.program, work.input.context, shared, [call]);
  return feesFromEffects(fees, effects ?? [], file, money, trace);
}

/** The section of each row, in a section of its exposure; made when first asked for. */
function rowSections(trace: Trace | undefined): RatingWork['rowTrace'] {
  const exposures = new Map<string, Trace>();
  const rows = new Map<string, Trace>();
  return (row: PricedRow) => {
    if (!trace) return undefined;
    const known = rows.get(row.row.locator);
    if (known) return known;
    const { locator } = row.exposure;
    const exposure = exposures.get(locator) ?? trace.section(exposureTitle(row), { locator });
    exposures.set(locator, exposure);
    const file = row.definition?.premiumFile;
    const section = exposure.section(row.peril.name, {
      locator: row.row.locator,
      ...(file ? { place: { file } } : {}),
    });
    rows.set(row.row.locator, section);
    return section;
  };
}

/** The months of a row's coverage (P25); perils of a transaction share their segments, so each is counted once. */
function monthsOf(input: PricingInput): (row: PricedRow) => ReturnType<typeof segmentMonths> {
  const counted = new Map<string, ReturnType<typeof segmentMonths>>();
  const anchor = Number(input.policy.originalContractStartTimestamp);
  return ({ row }) => {
    const key = `${row.coverageStartTimestamp} ${row.coverageEndTimestamp}`;
    const months =
      counted.get(key) ??
      segmentMonths(
        Number(row.coverageStartTimestamp),
        Number(row.coverageEndTimestamp),
        anchor,
        input.configuration.timeZone,
        input.product.rating.proration,
      );
    counted.set(key, months);
    return months;
  };
}

function halt(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new Problem('pricing-failed', 'Pricing was stopped before it was done; nothing was saved.');
}
