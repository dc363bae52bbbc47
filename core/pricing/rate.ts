import { Decimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { Trace } from '#core/model/trace.ts';
import { askPlugin, type PluginAnswer } from '#core/sandbox/ask-plugin.ts';
import type { Program } from '#core/sandbox/contract.ts';
import type { PricingInput, PricingPorts } from './contract.ts';
import { ratesFromEffects } from './effects.ts';
import { type LiquidCall, runCalculations } from './liquid.ts';
import type { PerilRates } from './premium.ts';
import { raterRequest, readRaterAnswer } from './rater.ts';
import { type PricedRow, rowTitle } from './rows.ts';
import type { LiquidScopes } from './scope.ts';

export interface Rated {
  readonly rates: ReadonlyMap<string, PerilRates>;
  readonly auxData: PluginAnswer['auxData'];
}
export interface RatingWork {
  readonly input: PricingInput;
  readonly ports: PricingPorts;
  readonly program: Program;
  readonly rows: readonly PricedRow[];
  readonly scopes: () => LiquidScopes;
  readonly trace: Trace | undefined;
  /** The worksheet section of a row. */
  readonly rowTrace: (row: PricedRow) => Trace | undefined;
}

/** Asks whoever prices this product (P1 to P3). */
export async function rate(work: RatingWork): Promise<Rated> {
  const { product } = work.input;
  const plugin = product.plugins.getPerilRates;
  const others = [
    plugin?.enabled ? `the plugin ${plugin.path}` : undefined,
    product.exposures.some((exposure) => exposure.perils.some((peril) => peril.premiumFile))
      ? 'premium files'
      : undefined,
  ].filter((name) => name !== undefined);
  if (product.externalRater) {
    warnOfOthers(work.trace, `The external rater "${product.externalRater}"`, others);
    return { rates: await askExternalRater(work, product.externalRater), auxData: [] };
  }
  if (plugin?.enabled) {
    warnOfOthers(work.trace, `The plugin ${plugin.path}`, others.slice(1));
    return askRatingPlugin(work, plugin.path);
  }
  return { rates: await runPremiumFiles(work), auxData: [] };
}

function warnOfOthers(trace: Trace | undefined, who: string, others: readonly string[]): void {
  if (others.length > 0)
    trace?.warn(`${who} prices; the product also has ${others.join(' and ')}, which are not used.`);
}

async function askExternalRater(work: RatingWork, name: string): Promise<Rated['rates']> {
  const { externalRater, signal } = work.ports;
  if (!externalRater) {
    throw new Problem(
      'rater-unavailable',
      `The product is priced by the external rater "${name}", and no external rater is connected here. Register the integration "${name}" and try again; nothing was saved.`,
    );
  }
  const section = work.trace?.section(`External rater ${name}`);
  const request = raterRequest(work.input);
  section?.add({ kind: 'input', path: 'request', value: request });
  const answer = await externalRater.rate(name, request, signal);
  section?.add({ kind: 'input', path: 'answer', value: answer });
  return readRaterAnswer(answer, work.rows, section);
}

async function askRatingPlugin(work: RatingWork, path: string): Promise<Rated> {
  const { input, ports, program } = work;
  const run = {
    program,
    path,
    function: 'getPerilRates',
    arguments: [raterRequest(input)],
    context: input.context,
    ...(ports.reader ? { reader: ports.reader } : {}),
  };
  const { value, auxData, section } = await askPlugin(ports.sandbox, run, `Rating plugin ${path}`, work.trace);
  return { rates: readRaterAnswer(value, work.rows, section, { file: `scripts/${path}` }), auxData };
}

async function runPremiumFiles(work: RatingWork): Promise<Rated['rates']> {
  const scopes = work.scopes();
  const rates = new Map<string, PerilRates>();
  const calls: (LiquidCall & { readonly locator: string })[] = [];
  for (const row of work.rows) {
    const trace = work.rowTrace(row);
    const file = row.definition?.premiumFile;
    if (file) {
      calls.push({ file, scope: scopes.call(row), title: rowTitle(row), trace, locator: row.row.locator });
      continue;
    }
    trace?.warn(
      row.definition
        ? `The peril "${row.peril.name}" has no premium file and the product no rater: premium 0.`
        : `The product does not define the peril "${row.peril.name}" of "${row.exposure.name}": premium 0.`,
    );
    rates.set(row.row.locator, { premium: { exact: new Decimal(0) }, commissions: [] });
  }
  const { sandbox } = work.ports;
  const effects = await runCalculations(sandbox, work.program, work.input.context, scopes.shared, calls);
  calls.forEach((call, index) => {
    rates.set(call.locator, ratesFromEffects(effects[index] ?? [], call.file, call.trace));
  });
  return rates;
}
