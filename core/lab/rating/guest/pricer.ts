import type { Effect } from '#core/liquid/contract.ts';
import type { FieldValues } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { checkPolicyholder, type PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { newRisk, type Risk, RiskErrors } from '#core/policy/risk.ts';
import { datesRead } from '#core/policy/written-dates.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import { segmentMonths } from '#core/pricing/duration.ts';
import { type PricedRow, rowsToPrice } from '#core/pricing/rows.ts';
import { refuse } from '../amounts.ts';
import {
  CountedLocators,
  type NewBusiness,
  newBusiness,
  newBusinessRequest,
  newPolicyholder,
  shownAmount,
} from '../new-business.ts';
import { type PriceHere, priceHere } from '../price-risk.ts';
import { type PricedRisk, pricedBusiness } from '../priced-business.ts';
import { type RatingRequest, readRequest } from '../request.ts';
import { termUnits, unitsOf, unitsOfNumber, unitsText } from '../units.ts';
import { CharacterRoom, type Characters } from './characters.ts';
import { type QuickFields, quickHolder } from './fields.ts';
import { QuickLines, type WrittenDate } from './quick-line.ts';
import { type Period, QuickRisks } from './quick-risk.ts';
import { LazyScopes } from './scopes.ts';
import { slotHolder } from './slot-fields.ts';

/** What runs the author's code. */
export interface AuthorsCode {
  /** What `getPerilRates` answers, as it is; absent where Liquid prices. Throws what it throws. */
  readonly askRater?: (request: JsonObject) => unknown;
  /** Whether it surely left its last request as it was. */
  readonly leftAlone?: () => boolean;
  /** Whether its last call asked for a field by a name that no script has in its text. */
  readonly askedMore?: () => boolean;
  /** The answer as data, as it would have crossed. */
  readonly plain: (answer: unknown) => JsonValue;
  readonly runLiquid: (file: string, scope: JsonObject) => readonly Effect[];
}
export interface PricerProgram {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly configVersion: number;
  readonly holderRules: PolicyholderRules;
  readonly code: AuthorsCode;
  /** Scripts catch errors: a request that may not be changed could be changed in vain without anybody hearing of it. */
  readonly catches: boolean;
  /** Fields that alone are read, where that is known (BR38). */
  readonly reads?: ReadonlySet<string>;
  readonly clock: number;
  readonly seed: string;
}

/** A risk that is ready to be priced, as often as one likes. */
export interface Prepared {
  readonly key: string | undefined;
  readonly risk: Risk;
  readonly holder: FieldValues;
  readonly currency: string;
  readonly months: number | undefined;
  /** Its rows, in the order of the policy. */
  readonly places: readonly Place[];
  /** What Liquid and decimals work on; made when they are asked. */
  seen: Seen | undefined;
  /** The rater's request, frozen; made anew for each run where a script changes it. */
  request: JsonObject | undefined;
}
export interface Place {
  readonly locator: string;
  readonly exposure: string;
  readonly peril: string;
}
interface Seen {
  readonly input: PricingInput;
  readonly rows: readonly PricedRow[];
  readonly scopes: LazyScopes;
}
/** What a risk costs: whole units by row where all of it was plain, else the amounts that decimals gave. */
export type Priced =
  | {
      readonly units: true;
      readonly premiums: readonly number[];
      readonly taxes: readonly number[];
      readonly fees: number;
    }
  | { readonly units: false; readonly price: PriceHere };

/** A risk with no more in it than scripts read. */
export interface PartlyPriced {
  readonly risk: Prepared;
  readonly priced: Extract<Priced, { units: true }>;
}

const MOST_KEPT = 5_000;
/** So many risks may be priced a second time, because more was read of them, before all are read whole. */
const MOST_IN_VAIN = 100;
/** Calls of a premium file whose amounts are whole units when they are plain (P6). */
const UNIT_EFFECTS: ReadonlySet<string> = new Set([
  ...['set_year_premium', 'set_peril_premium', 'set_year_technical_premium', 'set_month_technical_premium'],
  ...['set_peril_technical_premium', 'add_year_commission', 'add_month_commission', 'add_commission'],
]);
/** Those that decimals work out. */
const AMOUNT_EFFECTS: ReadonlySet<string> = new Set(['set_month_premium']);

/** Prices risks of one program at one clock. */
export class Pricer {
  readonly #program: PricerProgram;
  readonly #locators = new CountedLocators();
  readonly #identity = new CountedLocators().identity();
  readonly #quick: QuickRisks;
  readonly #lines: QuickLines;
  /** Reads only what scripts read. */
  #part: QuickLines | undefined;
  #inVain = 0;
  readonly #room = new CharacterRoom();
  readonly #holder: QuickFields;
  readonly #decimals: number;
  readonly #plainMoney: boolean;
  readonly #amounts = new Map<string, string>();
  readonly #dates = new Map<string, JsonObject>();
  readonly #periods = new Map<string, Period>();
  /** Of exposures, by name and place: a book has few. */
  readonly #titles = new Map<string, string[]>();
  readonly #months = new Map<string, number | undefined>();
  readonly #taxFiles: readonly string[];
  #frozenRequests: boolean;

  constructor(program: PricerProgram) {
    this.#program = program;
    const { configuration, product, clock, holderRules } = program;
    this.#quick = new QuickRisks(configuration, product, clock, this.#locators.next);
    this.#holder = quickHolder(holderRules);
    this.#lines = new QuickLines(this.#quick, product.name, slotHolder(holderRules), this.#period);
    const { reads } = program;
    if (reads) {
      const risks = new QuickRisks(configuration, product, clock, this.#locators.next, reads);
      // Of the policyholder a rater sees nothing.
      this.#part = new QuickLines(risks, product.name, slotHolder(holderRules, new Set()), this.#period);
    }
    this.#decimals = currencyDecimals(configuration.currency);
    const { moneyUnit, rounding } = product.rating;
    this.#plainMoney = moneyUnit === 'cents' && rounding === 'half_up';
    this.#taxFiles = product.taxes.flatMap(({ file }) => file ?? []);
    this.#frozenRequests = !program.catches;
  }

  /**
   * The risk with no more in it than scripts read, and its price; undefined where that is not sure to be its price (BR38).
   * @param written lines; where this one begins and ends @param characters of all of them
   */
  priceOfPart(text: string, from: number, end: number, characters: Characters): PartlyPriced | undefined {
    if (!this.#part) return undefined;
    this.#locators.restart();
    this.#locators.identity();
    const read = this.#part.read(text, from, end, characters);
    if (!read) return undefined;
    const risk = this.#ready(read.key, read.risk, read.holder);
    const priced = this.#pricedAlone(risk);
    if (priced) return { risk, priced };
    this.#inVain += 1;
    if (this.#inVain > MOST_IN_VAIN) this.#part = undefined;
    return undefined;
  }

  #pricedAlone(risk: Prepared): PartlyPriced['priced'] | undefined {
    try {
      // Whatever else is in an answer may be made of what is not here; it may ask while it is read, too.
      const priced = this.#inUnits(risk, this.#ask(risk, false));
      return this.#program.code.askedMore?.() === false ? priced : undefined;
    } catch {
      return undefined;
    }
  }

  /** Throws a Problem for what is wrong with the request. @param named hears the key as soon as it is known @param from where it stands in the text */
  prepare(
    text: string,
    named: (key: string | undefined) => void,
    from = 0,
    end = text.length,
    characters: Characters = this.#room.of(text),
  ): Prepared {
    const { configuration, product } = this.#program;
    const locators = this.#locators;
    locators.restart();
    locators.identity();
    const quick = this.#lines.read(text, from, end, characters);
    if (quick) {
      named(quick.key);
      return this.#ready(quick.key, quick.risk, quick.holder);
    }
    const request = readRequest(text.slice(from, end), product.name, configuration.timeZone, this.#datesRead);
    named(request.key);
    locators.restart();
    locators.identity();
    const { risk, holder } = this.#checked(request);
    return this.#ready(request.key, risk, holder);
  }

  #ready(key: string | undefined, risk: Risk, holder: FieldValues): Prepared {
    return {
      key,
      risk,
      holder,
      currency: risk.currency,
      months: this.#monthsOf(risk),
      places: this.#placesOf(risk),
      seen: undefined,
      request: undefined,
    };
  }

  /** The policy as the engines see it. Scripts may change what they are handed: nothing of it is used twice. */
  #business({ risk }: Prepared): NewBusiness {
    const { product, clock, configVersion } = this.#program;
    return newBusiness(risk, product.name, configVersion, clock, this.#identity, this.#amountText);
  }

  seen(risk: Prepared): Seen {
    if (risk.seen) return risk.seen;
    const { configuration, product, clock, seed } = this.#program;
    const { policy, toPrice } = this.#business(risk);
    const input: PricingInput = {
      configuration,
      product,
      operation: 'new_business',
      policy,
      policyholder: newPolicyholder(this.#identity.policyholder, clock, risk.holder),
      toPrice,
      fees: true,
      context: { clock, seed, worksheet: false },
      locators: { quoteLocator: this.#identity.quote },
    };
    risk.seen = { input, rows: rowsToPrice(policy, toPrice, product), scopes: new LazyScopes(input) };
    return risk.seen;
  }

  /** Throws what the author's code throws, and a Problem for a refusal. @param again it will be priced more than once */
  price(risk: Prepared, again: boolean): Priced {
    const answer = this.#program.code.askRater ? this.#ask(risk, again) : undefined;
    return this.#inUnits(risk, answer) ?? { units: false, price: this.#inDecimals(risk, answer) };
  }

  /** The risk with its whole price in place, as rules see it (UB6). Throws as `price`. */
  whole(risk: Prepared, again: boolean): PricedRisk & { readonly price: PriceHere } {
    const { configuration, product } = this.#program;
    const known = risk.seen;
    const price = this.#inDecimals(risk, this.#program.code.askRater ? this.#ask(risk, again) : undefined);
    const { policy, policyholder } = this.seen(risk).input;
    // Of a risk that scripts price this is needed only now.
    if (!known && this.#program.code.askRater) risk.seen = undefined;
    return {
      price,
      policy: pricedBusiness(policy, price, risk.currency),
      policyholder,
      product,
      holderFields: configuration.policyholder.fields,
    };
  }

  /** The book's. */
  get currency(): string {
    return this.#program.configuration.currency;
  }
  get decimals(): number {
    return this.#decimals;
  }

  /** Risk and policyholder in their stored form; what is not plain has its full check. Throws `invalid-fields`. */
  #checked({ policy, policyholder }: RatingRequest): { readonly risk: Risk; readonly holder: FieldValues } {
    const quick = { risk: this.#quick.of(policy), holder: this.#holder(policyholder) };
    if (quick.risk && quick.holder) return { risk: quick.risk, holder: quick.holder };
    const { configuration, product, clock, holderRules } = this.#program;
    const at = { configuration, product, now: clock, newLocator: this.#locators.next };
    const errors = new RiskErrors();
    let { risk } = quick;
    if (!risk) {
      // The quick way may have counted some.
      this.#locators.restart();
      this.#locators.identity();
      risk = newRisk(policy, at, errors);
    }
    const checked = checkPolicyholder(policyholder, holderRules, at);
    refuse([...errors.list, ...checked.errors.filter(({ code }) => code !== 'MISSING')]);
    return { risk, holder: checked.values };
  }

  /** A book has few dates, and the calendar takes its time. */
  readonly #datesRead: typeof datesRead = (policy, timeZone, at) => {
    const { policyStartTimestamp: start, policyEndTimestamp: end } = policy as JsonObject;
    if (typeof start !== 'string' || (end !== undefined && typeof end !== 'string'))
      return datesRead(policy, timeZone, at);
    const id = `${start} ${typeof end} ${end}`;
    let read = this.#dates.get(id);
    if (!read) {
      const given = { policyStartTimestamp: start, ...(end === undefined ? {} : { policyEndTimestamp: end }) };
      read = datesRead(given, timeZone, at) as JsonObject;
      if (this.#dates.size < MOST_KEPT) this.#dates.set(id, read);
    }
    return { ...(policy as JsonObject), ...read };
  };

  #placesOf({ exposures }: Risk): readonly Place[] {
    const places: Place[] = [];
    for (let i = 0; i < exposures.length; i += 1) {
      const { name, perils } = exposures[i] as Risk['exposures'][number];
      let titles = this.#titles.get(name);
      if (!titles) {
        titles = [];
        this.#titles.set(name, titles);
      }
      titles[i] ??= `${name} ${i + 1}`;
      const exposure = titles[i] as string;
      for (let at = 0; at < perils.length; at += 1) {
        const peril = perils[at] as (typeof perils)[number];
        places.push({ locator: peril.row, exposure, peril: peril.name });
      }
    }
    return places;
  }

  /** The term of a risk by its dates as they are written; undefined where the full checks must see them. */
  readonly #period = (start: WrittenDate, end: WrittenDate): Period | undefined => {
    const id = `${typeof start} ${start} ${typeof end} ${end}`;
    const known = this.#periods.get(id);
    if (known) return known;
    const given = {
      ...(start === undefined ? {} : { policyStartTimestamp: start }),
      ...(end === undefined ? {} : { policyEndTimestamp: end }),
    };
    let read: Period | undefined;
    try {
      read = this.#quick.period(this.#datesRead(given, this.#program.configuration.timeZone, 'policy'));
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
    if (read && this.#periods.size < MOST_KEPT) this.#periods.set(id, read);
    return read;
  };

  readonly #amountText = (amount: string, decimals: number): string => {
    const id = decimals === this.#decimals ? amount : `${decimals} ${amount}`;
    const known = this.#amounts.get(id);
    if (known !== undefined) return known;
    const text = shownAmount(amount, decimals);
    if (this.#amounts.size < MOST_KEPT) this.#amounts.set(id, text);
    return text;
  };

  /** Months of the term where they are whole. All rows of new business cover it. */
  #monthsOf({ contractStart, contractEnd }: Risk): number | undefined {
    const id = `${contractStart} ${contractEnd}`;
    if (this.#months.has(id)) return this.#months.get(id);
    const { configuration, product } = this.#program;
    const { timeZone } = configuration;
    const months = segmentMonths(contractStart, contractEnd, contractStart, timeZone, product.rating.proration);
    const whole = months.isInteger() ? months.toNumber() : undefined;
    if (this.#months.size < MOST_KEPT) this.#months.set(id, whole);
    return whole;
  }

  #ask(risk: Prepared, again: boolean): unknown {
    const { askRater, leftAlone } = this.#program.code;
    if (!askRater) return undefined;
    if (leftAlone?.()) {
      const request = risk.request ?? this.#request(risk);
      risk.request = undefined;
      const answer = askRater(request);
      if (again && leftAlone()) risk.request = request;
      return answer;
    }
    if (!again || !this.#frozenRequests) {
      risk.request = undefined;
      return askRater(this.#request(risk));
    }
    risk.request ??= deepFrozen(this.#request(risk));
    try {
      return askRater(risk.request);
    } catch {
      // It may be that it changes what it was given, which it may: then it gets what is its own.
      const answer = askRater(this.#request(risk));
      this.#frozenRequests = false;
      return answer;
    }
  }

  #request(risk: Prepared): JsonObject {
    return newBusinessRequest(this.#business(risk), this.#program.configuration.timeZone, this.#identity.quote);
  }

  #inDecimals(risk: Prepared, answer: unknown): PriceHere {
    const { askRater, plain, runLiquid } = this.#program.code;
    return priceHere(this.seen(risk).input, {
      ...(askRater ? { askRater: () => plain(answer) } : {}),
      runLiquid: (file, shared, scope) => runLiquid(file, over(shared, scope)),
    });
  }

  /** @returns undefined where an amount is not plain: then decimals take over, from the beginning */
  #inUnits(risk: Prepared, answer: unknown): Extract<Priced, { units: true }> | undefined {
    const { months, places } = risk;
    const { code, product, configuration } = this.#program;
    if (!this.#plainMoney || months === undefined || risk.currency !== configuration.currency) return undefined;
    const entries = code.askRater ? entriesOf(answer, places.length) : undefined;
    if (code.askRater && !entries) return undefined;
    const premiums: number[] = [];
    const taxes: number[] = [];
    for (let i = 0; i < places.length; i += 1) {
      const units = entries
        ? this.#raterUnits(entries, places[i]?.locator ?? '', months)
        : this.#liquidUnits(risk, i, months);
      if (units === undefined) return undefined;
      premiums.push(units);
    }
    for (let i = 0; i < places.length; i += 1) {
      const levied = this.#taxFiles.length === 0 ? 0 : this.#taxUnits(risk, i, premiums[i] ?? 0);
      if (levied === undefined) return undefined;
      taxes.push(levied);
    }
    let fees = 0;
    if (product.feesFile) {
      const priced = (): PricingInput['policy'] => this.#pricedPolicy(risk, answer);
      for (const effect of code.runLiquid(product.feesFile, this.seen(risk).scopes.ofFees(priced))) {
        if (effect.filter !== 'add_fee') continue;
        const units = typeof effect.value === 'string' ? unitsOf(effect.value, this.#decimals) : undefined;
        if (units === undefined) return undefined;
        fees += units;
      }
    }
    return { units: true, premiums, taxes, fees };
  }

  /** What a fees file sees of the price. */
  #pricedPolicy(risk: Prepared, answer: unknown): PricingInput['policy'] {
    const { input } = this.seen(risk);
    const { askRater, plain, runLiquid } = this.#program.code;
    let seen: PricingInput['policy'] | undefined;
    priceHere(input, {
      ...(askRater ? { askRater: () => plain(answer) } : {}),
      runLiquid: (file, shared, scope) => runLiquid(file, over(shared, scope)),
      seePriced: (policy) => {
        seen = policy;
      },
    });
    return seen ?? input.policy;
  }

  #raterUnits(entries: Readonly<Record<string, unknown>>, locator: string, months: number): number | undefined {
    const entry = Object.hasOwn(entries, locator) ? entries[locator] : undefined;
    if (!isPlain(entry)) return undefined;
    let name = '';
    for (const one in entry) {
      if (name !== '') return undefined;
      name = one;
    }
    if (name !== 'yearlyPremium' && name !== 'exactPremium') return undefined;
    const value = name === 'yearlyPremium' ? entry.yearlyPremium : entry.exactPremium;
    const units =
      typeof value === 'number'
        ? unitsOfNumber(value, this.#decimals)
        : typeof value === 'string'
          ? unitsOf(value, this.#decimals)
          : undefined;
    return units === undefined || name === 'exactPremium' ? units : termUnits(units, months);
  }

  #liquidUnits(risk: Prepared, index: number, months: number): number | undefined {
    const { rows, scopes } = this.seen(risk);
    const row = rows[index];
    const file = row?.definition?.premiumFile;
    if (!row || !file) return 0;
    let yearly: number | undefined;
    let exact: number | undefined;
    for (const { filter, value } of this.#program.code.runLiquid(file, scopes.of(row))) {
      if (!UNIT_EFFECTS.has(filter)) {
        if (AMOUNT_EFFECTS.has(filter)) return undefined;
        continue;
      }
      const units =
        value === null || value === '' ? 0 : typeof value === 'string' ? unitsOf(value, this.#decimals) : undefined;
      // Technical premiums and commissions are no part of what a book keeps, but they must be amounts.
      if (units === undefined) return undefined;
      if (filter === 'set_year_premium') yearly = units;
      else if (filter === 'set_peril_premium') exact = units;
    }
    return exact ?? (yearly === undefined ? 0 : termUnits(yearly, months));
  }

  #taxUnits(risk: Prepared, index: number, premium: number): number | undefined {
    const { rows, scopes } = this.seen(risk);
    const row = rows[index];
    if (!row) return undefined;
    const scope = scopes.of(row, unitsText(premium, this.#decimals));
    let sum = 0;
    for (const file of this.#taxFiles) {
      const effects = this.#program.code.runLiquid(file, scope);
      const last = effects.findLast(({ filter }) => filter === 'set_peril_tax');
      if (!last) continue;
      const units = typeof last.value === 'string' ? unitsOf(last.value, this.#decimals) : undefined;
      if (units === undefined) return undefined;
      sum += units;
    }
    return sum;
  }
}

/** The priced rows of a rater's answer that holds nothing else; undefined for any other. */
function entriesOf(answer: unknown, count: number): Readonly<Record<string, unknown>> | undefined {
  if (!isPlain(answer)) return undefined;
  const [name, ...others] = Object.keys(answer);
  const priced = name === 'pricedPerilCharacteristics' && others.length === 0 ? answer[name] : undefined;
  return isPlain(priced) && Object.keys(priced).length === count ? priced : undefined;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && (value as { toJSON?: unknown }).toJSON === undefined;
}

/** As the sandbox lays a call's own scope over what all calls share (S20). */
function over(shared: JsonObject, scope: JsonObject): JsonObject {
  const both = { ...shared, ...scope };
  return isObject(shared.data) && isObject(scope.data) ? { ...both, data: { ...shared.data, ...scope.data } } : both;
}
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
