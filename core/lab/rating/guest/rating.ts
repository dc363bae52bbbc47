import { compileCalculation } from '#core/liquid/calculation.ts';
import type { CompiledCalculation, Effect } from '#core/liquid/contract.ts';
import { instantiate } from '#core/liquid/runtime.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { TableSource } from '#core/model/table.ts';
import { checkPolicyholder, type PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { newRisk, RiskErrors } from '#core/policy/risk.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import { raterRequest } from '#core/pricing/rater.ts';
import { standStill } from '#core/sandbox/guest/clock.ts';
import { plainWriter } from '#core/sandbox/guest/plain.ts';
import { amountsOf, errorOf, refuse } from '../amounts.ts';
import type { Rated } from '../contract.ts';
import { CountedLocators, newBusiness, newPolicyholder } from '../new-business.ts';
import { type PricingHere, priceHere } from '../price-risk.ts';
import { readRequest } from '../request.ts';
import { freezeRealm } from './frozen.ts';
import { furnishScripts, NotHere, type ScriptBody, Scripts } from './scripts.ts';
import { type FastTable, fastTable } from './tables.ts';

/** All that a realm is told of a program, beside its tables and scripts; as JSON text it crosses. */
export interface RatingSetup {
  readonly product: Product;
  readonly configVersion: number;
  readonly currency: string;
  readonly timeZone: string;
  readonly holder: Pick<PolicyholderRules, 'fields' | 'authored'>;
  /** Path → Liquid. */
  readonly calculations: Readonly<Record<string, string>>;
  /** Script with `getPerilRates`; absent where Liquid prices. */
  readonly rater?: string;
}
/** Head of an answer; the texts of its lines follow, one a line, in order, '' for one that is to be rated elsewhere. */
export interface BatchAnswer {
  /** How many lines were done: fewer than were given when time was up. */
  readonly done: number;
  /** Places among the lines of those that only the slow way can answer for. */
  readonly elsewhere: readonly number[];
}
/** A book's rating inside an isolate; what crosses is text. */
export interface Rating {
  /** @param text JSON of `RatingSetup` */
  configure(text: string): void;
  /** @param text JSON of a `TableSource`; '' takes the table away */
  table(name: string, text: string): void;
  clearScripts(): void;
  script(path: string, run: ScriptBody): void;
  json(path: string, text: string): void;
  /** After this nothing outside is there any more (BR31). */
  freeze(): void;
  /**
   * Rates lines until `budget` milliseconds are over. @param text lines of requests
   * @returns a line of JSON (`BatchAnswer`), then the rated lines as `Rated` in JSON
   */
  rate(first: number, text: string, clock: number, seed: string, budget: number): string;
  /** Which line of the batch is being rated, for the one who stops it. */
  current(): number;
}

/** Everything of a program that a risk needs. */
interface Ready {
  readonly setup: RatingSetup;
  readonly configuration: Configuration;
  readonly holderRules: PolicyholderRules;
  readonly here: PricingHere;
}

export function createRating(): Rating {
  const realNow = Date.now;
  const tables = new Map<string, FastTable>();
  const sources: Record<string, TableSource> = {};
  const locators = new CountedLocators();
  const compiled = new Map<string, CompiledCalculation>();
  let clock = 0;
  let seed = '';
  let current = 0;
  let absent = false;
  const isAbsent = (): void => {
    absent = true;
  };
  const scripts = new Scripts(isAbsent);
  const plain = plainWriter(() => {});
  let ready: Ready | undefined;
  let timeZone = 'UTC';

  standStill(
    () => clock,
    () => seed,
  );
  furnishScripts(tables, () => clock, isAbsent);

  const runLiquid = (file: string, shared: JsonObject, scope: JsonObject): readonly Effect[] => {
    const calculation = compiled.get(file);
    if (!calculation || !ready) throw new NotHere(`no calculation ${file}`);
    const { currency } = ready.setup;
    const outcome = calculation.run({
      scope: over(shared, scope),
      tables: (name) => tables.get(name)?.index,
      clock,
      timeZone,
      currency,
      worksheet: false,
    });
    if (!outcome.ok) throw new NotHere(outcome.message);
    return outcome.effects;
  };
  const askRater =
    (path: string) =>
    (input: PricingInput): JsonValue => {
      const answer = scripts.call(path, 'getPerilRates', raterRequest(input));
      const isObject = (typeof answer === 'object' && answer !== null) || typeof answer === 'function';
      if (isObject && typeof (answer as { then?: unknown }).then === 'function') throw new NotHere('a promise');
      const { value } = JSON.parse(plain(answer, MOST_ANSWER)) as { readonly value: JsonValue };
      return value;
    };

  /** @returns undefined when only the slow way can answer for the line */
  const rateLine = (line: number, text: string): Rated | undefined => {
    if (!ready) return undefined;
    const { setup, configuration, holderRules, here } = ready;
    const { product } = setup;
    let key = String(line);
    absent = false;
    try {
      const request = readRequest(text, product.name, timeZone);
      key = request.key ?? key;
      locators.restart();
      const identity = locators.identity();
      const at = { configuration, product, now: clock, newLocator: locators.next };
      const errors = new RiskErrors();
      const risk = newRisk(request.policy, at, errors);
      const holder = checkPolicyholder(request.policyholder, holderRules, at);
      refuse([...errors.list, ...holder.errors.filter(({ code }) => code !== 'MISSING')]);
      const { policy, toPrice } = newBusiness(risk, product.name, setup.configVersion, clock, identity);
      const input: PricingInput = {
        configuration,
        product,
        operation: 'new_business',
        policy,
        policyholder: newPolicyholder(identity.policyholder, clock, holder.values),
        toPrice,
        fees: true,
        context: { clock, seed, worksheet: false },
        locators: { quoteLocator: identity.quote },
      };
      const priced = priceHere(input, here);
      return absent ? undefined : { ok: true, line, key, ...amountsOf(input, priced) };
    } catch (error) {
      // What is wrong with the request, and what the rater says of it, is known here; all else the slow way says better.
      if (absent || !(error instanceof Problem) || !ANSWERED_HERE.has(error.code)) return undefined;
      return { ok: false, line, key, error: errorOf(error) };
    }
  };

  const rating: Rating = {
    configure(text) {
      const setup: RatingSetup = JSON.parse(text);
      timeZone = setup.timeZone;
      compiled.clear();
      for (const [file, source] of Object.entries(setup.calculations))
        compiled.set(file, instantiate(compileCalculation(source, file).code));
      const configuration = configurationOf(setup, sources);
      ready = {
        setup,
        configuration,
        holderRules: { ...setup.holder, timeZone, tables: sources },
        here: { runLiquid, ...(setup.rater === undefined ? {} : { askRater: askRater(setup.rater) }) },
      };
    },
    table(name, text) {
      tables.delete(name);
      delete sources[name];
      if (text === '') return;
      const source: TableSource = JSON.parse(text);
      sources[name] = source;
      tables.set(name, fastTable(source, timeZone));
    },
    clearScripts: () => scripts.clear(),
    script: (path, run) => scripts.define(path, { kind: 'script', run }),
    json: (path, text) => scripts.define(path, { kind: 'json', value: deepFrozen(JSON.parse(text)) }),
    freeze: () => freezeRealm(['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']),
    rate(first, text, now, seedText, budget) {
      clock = now;
      seed = seedText;
      const until = realNow() + budget;
      const lines = text.split('\n');
      const elsewhere: number[] = [];
      let answer = '';
      let done = 0;
      for (; done < lines.length; done += 1) {
        if (done > 0 && realNow() >= until) break;
        const line = lines[done] ?? '';
        if (line.trim() === '') continue;
        current = done;
        const rated = rateLine(first + done, line);
        if (rated) answer += `\n${JSON.stringify(rated)}`;
        else {
          elsewhere.push(done);
          answer += '\n';
        }
      }
      const head: BatchAnswer = { done, elsewhere };
      return `${JSON.stringify(head)}${answer}`;
    },
    current: () => current,
  };
  return rating;
}

const MOST_ANSWER = 4 * 1024 * 1024;
const ANSWERED_HERE: ReadonlySet<string> = new Set(['malformed-request', 'invalid-fields', 'rater-refused']);

function configurationOf(setup: RatingSetup, tables: Record<string, TableSource>): Configuration {
  const { timeZone, currency, product, holder } = setup;
  return {
    hash: '',
    timeZone,
    currency,
    features: {},
    products: [product],
    policyholder: { fields: holder.fields },
    paymentFields: [],
    scripts: {},
    tables,
    files: new Map(),
    integrations: [],
    diagnostics: [],
  };
}

/** As the sandbox lays a call's own scope over what all calls share (S20). */
function over(shared: JsonObject, scope: JsonObject): JsonObject {
  const both = { ...shared, ...scope };
  return isObject(shared.data) && isObject(scope.data) ? { ...both, data: { ...shared.data, ...scope.data } } : both;
}
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function deepFrozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
