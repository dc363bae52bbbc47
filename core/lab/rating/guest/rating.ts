import { compileCalculation } from '#core/liquid/calculation.ts';
import type { CompiledCalculation } from '#core/liquid/contract.ts';
import { instantiate } from '#core/liquid/runtime.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { TableIndex, TableSource } from '#core/model/table.ts';
import type { PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { standStill } from '#core/sandbox/guest/clock.ts';
import { plainWriter } from '#core/sandbox/guest/plain.ts';
import { errorOf } from '../amounts.ts';
import type { RatedLines } from '../contract.ts';
import { CharacterRoom, type Characters, charactersIn, ended } from './characters.ts';
import { freezeRealm } from './frozen.ts';
import { LineWriter } from './lines.ts';
import { LookupRecorder } from './lookups.ts';
import { type AuthorsCode, deepFrozen, Pricer } from './pricer.ts';
import { ResidentShare, type ShareWork } from './resident-share.ts';
import { furnishScripts, NotHere, type ScriptBody, Scripts } from './scripts.ts';
import { decideShare } from './share-rules.ts';
import { type FastTable, fastTable } from './tables.ts';
import { type RulesSetup, Underwriter } from './underwriter.ts';

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
  /** Its scripts catch errors. */
  readonly catches: boolean;
  /** Its scripts are wired (BR36). */
  readonly wired: boolean;
  /** Names that its scripts have in their text, where they read nothing by others (BR38). */
  readonly reads?: readonly string[];
}
/** Head of an answer; the rated lines follow, '' for one that is to be rated elsewhere. */
export interface BatchAnswer extends Omit<RatedLines, 'text'> {
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
  /** Memory in which the bytes of texts lie, for those that say so. */
  lend(memory: SharedArrayBuffer): void;
  /**
   * Rates lines until `budget` milliseconds are over. @param text lines of requests @param lent its bytes lie in the memory that was lent,
   * one for each character
   * @returns a line of JSON (`BatchAnswer`), then the lines of the rated risks
   */
  rate(first: number, clock: number, seed: string, budget: number, text: string, lent: boolean): string;
  /** Which line of the batch, or which risk of the share, is being rated, for the one who stops it. */
  current(): number;
  /** Adds lines to the share of a resident book. */
  keep(text: string): void;
  /** Leaves a risk of the share to the slow way. */
  skip(index: number): void;
  /** The request of a risk of the share. */
  textAt(index: number): string;
  /** Rates the share from a place on until `budget` milliseconds are over; @returns JSON of `ShareAnswer` */
  rateShare(from: number, clock: number, seed: string, budget: number): string;
  /** What decides on priced risks; its scripts follow. @param text JSON of `RulesSetup` */
  rules(text: string): void;
  ruleScript(path: string, run: ScriptBody): void;
  ruleJson(path: string, text: string): void;
  /** As `rateShare`, for the rules; @returns JSON of `DecidedShare` */
  decideShare(from: number, clock: number, seed: string, budget: number): string;
}

export function createRating(): Rating {
  const realNow = Date.now;
  const tables = new Map<string, FastTable>();
  const sources: Record<string, TableSource> = {};
  const compiled = new Map<string, CompiledCalculation>();
  let clock = 0;
  let current = 0;
  let absent = false;
  const lookups = new LookupRecorder();
  const isAbsent = (): void => {
    absent = true;
    lookups.spoil();
  };
  const scripts = new Scripts(isAbsent);
  const plain = plainWriter(() => {});
  const share = new ResidentShare(lookups);
  const room = new CharacterRoom();
  let memory: Characters | undefined;
  const ruleScripts = new Scripts(isAbsent);
  let setup: RatingSetup | undefined;
  let underwriter: Underwriter | undefined;
  let pricer: { readonly of: Pricer; readonly clock: number; readonly seed: string } | undefined;

  /** Whose modules run: those that price, or those of the rules. */
  let running = scripts;
  const wires: Parameters<typeof furnishScripts>[4] = {
    trip: () => running.trip(),
    watch: (name) => running.watch(name),
    askedOutside: () => running.askedOutside(),
  };
  standStill(
    () => {
      wires.askedOutside();
      return clock;
    },
    () => {
      // No script that names it is rated here; its state would be that of all risks.
      isAbsent();
      throw new NotHere('chance');
    },
  );
  furnishScripts(tables, () => clock, isAbsent, lookups, wires);

  /** As Liquid asks for them. */
  const indexes = new Map<string, TableIndex>();
  const indexOf = (name: string): TableIndex | undefined => {
    const index = indexes.get(name);
    // What a table that is not there would have answered is no lookup.
    if (!index) lookups.spoil();
    return index;
  };
  const codeOf = ({ rater, currency, timeZone }: RatingSetup): AuthorsCode => ({
    plain: (answer) => {
      const { value } = JSON.parse(plain(answer, MOST_ANSWER)) as { readonly value: JsonValue };
      return value;
    },
    runLiquid: (file, scope) => {
      const calculation = compiled.get(file);
      if (!calculation) throw new NotHere(`no calculation ${file}`);
      const outcome = calculation.run({
        scope,
        tables: indexOf,
        clock,
        timeZone,
        currency,
        worksheet: false,
        effectsOnly: true,
      });
      if (!outcome.ok) throw new NotHere(outcome.message);
      return outcome.effects;
    },
    ...(rater === undefined
      ? {}
      : {
          askRater: (request) => {
            running = scripts;
            return settled(scripts.call(rater, 'getPerilRates', request));
          },
          leftAlone: () => scripts.leftAlone,
          askedMore: () => scripts.askedMore,
        }),
  });

  /** The pricer of this clock and seed; another one makes another. */
  const pricerAt = (now: number, seedText: string): Pricer => {
    clock = now;
    if (pricer?.clock === now && pricer.seed === seedText) return pricer.of;
    if (!setup) throw new Error('nothing was configured');
    const { product, configVersion, holder, timeZone, catches, reads } = setup;
    const of = new Pricer({
      configuration: configurationOf(setup, sources),
      product,
      configVersion,
      holderRules: { ...holder, timeZone, tables: sources },
      code: codeOf(setup),
      catches,
      ...(reads ? { reads: new Set(reads) } : {}),
      clock,
      seed: seedText,
    });
    pricer = { of, clock, seed: seedText };
    return of;
  };

  /** Work on the share that stops when time is up. */
  const shareWork = (from: number, budget: number): ShareWork => {
    const until = realNow() + budget;
    return {
      at: (index) => {
        current = index;
        return index > from && (index & 7) === 0 && realNow() >= until;
      },
      attempt,
    };
  };

  /** Before a line is written: a script may have caught the error of what is not here. */
  const sure = (): void => {
    if (absent) throw new NotHere('something that is not here was asked for');
  };
  /** Runs for one risk. @returns undefined when only the slow way can answer for it */
  const attempt = <T, F>(work: () => T, failed: (problem: Problem) => F): T | F | undefined => {
    absent = false;
    try {
      const done = work();
      return absent ? undefined : done;
    } catch (error) {
      // What is wrong with the request, and what the rater says of it, is known here; all else the slow way says better.
      if (absent || !(error instanceof Problem) || !ANSWERED_HERE.has(error.code)) return undefined;
      return failed(error);
    }
  };

  return {
    configure(text) {
      setup = JSON.parse(text) as RatingSetup;
      compiled.clear();
      for (const [file, source] of Object.entries(setup.calculations))
        compiled.set(file, instantiate(compileCalculation(source, file).code));
      scripts.wire(setup.wired, setup.catches);
      scripts.leaveOut(setup.reads ? fieldsBeside(setup.product, new Set(setup.reads)) : NO_NAMES);
      pricer = undefined;
      share.forget();
    },
    table(name, text) {
      const before = sources[name];
      tables.delete(name);
      indexes.delete(name);
      delete sources[name];
      if (text !== '') {
        const source: TableSource = JSON.parse(text);
        const made = fastTable(source, setup?.timeZone ?? 'UTC');
        sources[name] = source;
        tables.set(name, made);
        indexes.set(name, lookups.noting(name, made.index));
      }
      // Another shape is looked up in another way; only cells that changed leave most prices as they were.
      const now = tables.get(name);
      if (before && now && sameShape(before, sources[name])) lookups.changed(name, now);
      else share.stale();
      // Fields may offer what the table holds: what was checked against it is checked anew.
      if (setup && readsAsChoice(setup, name)) share.forget();
    },
    clearScripts() {
      scripts.clear();
      share.stale();
    },
    script: (path, run) => scripts.define(path, { kind: 'script', run }),
    json: (path, text) => scripts.define(path, { kind: 'json', text, value: deepFrozen(JSON.parse(text)) }),
    freeze: () => freezeRealm(['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']),
    lend(lent) {
      memory = charactersIn(lent);
    },
    rate(first, now, seedText, budget, text, lent) {
      const of = pricerAt(now, seedText);
      const until = realNow() + budget;
      const writer = new LineWriter(of.decimals, setup?.currency ?? '');
      const characters = lent && memory ? ended(memory, text.length) : room.of(text);
      const elsewhere: number[] = [];
      let done = 0;
      for (let start = 0; start <= text.length; done += 1) {
        if (done > 0 && (done & 7) === 0 && realNow() >= until) break;
        const newline = text.indexOf('\n', start);
        const from = start;
        const end = newline < 0 ? text.length : newline;
        start = end + 1;
        if (isBlank(text, from, end)) continue;
        current = done;
        let key = String(first + done);
        const rated = attempt(
          () => {
            const part = of.priceOfPart(text, from, end, characters);
            if (part) {
              const { risk, priced } = part;
              sure();
              return writer.units(first + done, risk.key ?? key, risk.places, priced);
            }
            const named = (name: string | undefined): void => {
              key = name ?? key;
            };
            const risk = of.prepare(text, named, from, end, characters);
            const priced = of.price(risk, false);
            sure();
            return writer.risk(first + done, key, risk.places, priced, () => of.seen(risk).input);
          },
          (problem) => writer.failure(first + done, key, errorOf(problem)),
        );
        if (rated !== undefined) continue;
        elsewhere.push(done);
        writer.elsewhere();
      }
      const head: BatchAnswer = { done, elsewhere, ...writer.sums() };
      return writer.text === undefined ? JSON.stringify(head) : `${JSON.stringify(head)}\n${writer.text}`;
    },
    current: () => current,
    keep(text) {
      share.keep(text);
    },
    skip: (index) => share.skip(index),
    textAt: (index) => share.textAt(index),
    rateShare(from, now, seedText, budget) {
      const of = pricerAt(now, seedText);
      return JSON.stringify(share.rate(of, from, shareWork(from, budget)));
    },
    rules(text) {
      const rules = JSON.parse(text) as RulesSetup;
      ruleScripts.clear();
      if (rules.by === 'guidelines')
        compiled.set(rules.file, instantiate(compileCalculation(rules.source, rules.file).code));
      if (!setup) throw new Error('nothing was configured');
      const { plain: plainOf, runLiquid } = codeOf(setup);
      ruleScripts.wire(rules.by === 'plugin' && rules.wired, rules.by === 'plugin' && rules.catches);
      const ask = (path: string, request: JsonObject): unknown => {
        running = ruleScripts;
        return settled(ruleScripts.call(path, 'getUnderwritingResult', request));
      };
      underwriter = new Underwriter(rules, { ask, plain: plainOf, runLiquid });
    },
    ruleScript: (path, run) => ruleScripts.define(path, { kind: 'script', run }),
    ruleJson: (path, text) => ruleScripts.define(path, { kind: 'json', text, value: deepFrozen(JSON.parse(text)) }),
    decideShare(from, now, seedText, budget) {
      const of = pricerAt(now, seedText);
      if (!underwriter) throw new Error('there are no rules');
      return JSON.stringify(decideShare(share, of, underwriter, from, shareWork(from, budget)));
    },
  };
}

function isBlank(text: string, from: number, end: number): boolean {
  return from === end || (text.charCodeAt(from) !== OPEN && text.slice(from, end).trim() === '');
}
const OPEN = 0x7b;

/** An answer that is not one yet can not be waited for here. */
function settled(answer: unknown): unknown {
  const then = (answer as { readonly then?: unknown } | null | undefined)?.then;
  if (typeof then === 'function') throw new NotHere('a promise');
  return answer;
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

function sameShape(a: TableSource, b: TableSource | undefined): boolean {
  return JSON.stringify([a.columns, a.schema]) === JSON.stringify([b?.columns, b?.schema]);
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Names of fields that are none of some. */
function fieldsBeside(product: Product, reads: ReadonlySet<string>): ReadonlySet<string> {
  const all = [
    product.fields,
    ...product.exposures.flatMap(({ fields, perils }) => [fields, ...perils.map((peril) => peril.fields)]),
  ];
  return new Set(all.flat().flatMap(({ name }) => (reads.has(name) ? [] : [name])));
}

function readsAsChoice({ product, holder }: RatingSetup, table: string): boolean {
  const reads = (fields: Product['fields']): boolean =>
    fields.some((field) => field.table === table || reads(field.fields ?? []));
  return [
    product.fields,
    holder.fields,
    ...product.exposures.flatMap(({ fields, perils }) => [fields, ...perils.map((peril) => peril.fields)]),
  ].some(reads);
}
