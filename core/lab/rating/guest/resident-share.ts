import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { Problem } from '#core/model/problem.ts';
import { otherCurrency } from '../book-columns.ts';
import type { LookupRecorder, Lookups } from './lookups.ts';
import type { Prepared, Priced, Pricer } from './pricer.ts';

/** Amounts of a stretch of a share in units, three for each risk: premium, taxes, fees; null where there is no price. */
export interface ShareAnswer {
  /** The place after the last one that was rated. */
  readonly next: number;
  readonly amounts: readonly (number | null)[];
  readonly failures: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  /** Places of those that only the slow way can answer for. */
  readonly elsewhere: readonly number[];
}
export interface Held {
  readonly text: string;
  skip?: true;
  /** Made when it is first rated; undefined again when what it was checked against changed. */
  prepared: Prepared | { readonly failed: Problem } | undefined;
  /** What it cost, while nothing that it was made of changed (BR35). */
  price: Price | undefined;
  /** What it looked up when it was last priced. */
  lookups: Lookups | undefined;
  /** What rules are shown of it, with that price (UB4). */
  shown?: { readonly by: string; readonly to: JsonObject } | undefined;
}
interface Price {
  readonly units: Units;
  /** How many changes of tables it knows of. */
  change: number;
}
type Units = readonly [number, number, number];
/** With what a realm works on a share. */
export interface ShareWork {
  /** Hears which risk is next. @returns whether time is up */
  at(index: number): boolean;
  attempt<T, F>(work: () => T, failed: (problem: Problem) => F): T | F | undefined;
}

/** The part of a resident book that one worker holds (BR20). */
export class ResidentShare {
  readonly #risks: Held[] = [];
  readonly #lookups: LookupRecorder;
  /** What the risks are prepared for: another clock is another risk. */
  #for: Pricer | undefined;

  constructor(lookups: LookupRecorder) {
    this.#lookups = lookups;
  }

  keep(text: string): void {
    for (const line of text.split('\n'))
      if (line.trim() !== '')
        this.#risks.push({ text: line, prepared: undefined, price: undefined, lookups: undefined });
  }

  /** Leaves a risk to the slow way: rating it here was stopped before. */
  skip(index: number): void {
    const held = this.#risks[index];
    if (held) held.skip = true;
  }

  textAt(index: number): string {
    return this.#risks[index]?.text ?? '';
  }

  /** What risks were checked against changed. */
  forget(): void {
    for (const risk of this.#risks) risk.prepared = undefined;
    this.stale();
  }

  /** The code changed, or the shape of a table: nothing costs surely what it did. */
  stale(): void {
    this.#lookups.forget();
    for (const risk of this.#risks) {
      risk.price = undefined;
      risk.lookups = undefined;
      risk.shown = undefined;
    }
  }

  rate(pricer: Pricer, from: number, work: ShareWork): ShareAnswer {
    const amounts: (number | null)[] = [];
    const failures: ShareAnswer['failures'][number][] = [];
    const elsewhere: number[] = [];
    const next = this.each(pricer, from, work, (held, index) => {
      const fail = (problem: Problem): readonly [null, null, null] => {
        failures.push({ index, code: problem.code, message: problem.message });
        return NOTHING;
      };
      const units = held.skip
        ? undefined
        : work.attempt(() => {
            const prepared = this.prepared(held, pricer, work);
            if ('failed' in prepared) return fail(prepared.failed);
            const { currency } = prepared;
            const book = pricer.currency;
            if (currency !== book) {
              failures.push({ index, code: 'other-currency', message: otherCurrency(currency, book) });
              return NOTHING;
            }
            return this.#price(held, prepared, pricer);
          }, fail);
      if (units === undefined) elsewhere.push(index);
      amounts.push(...(units ?? NOTHING));
    });
    return { next, amounts, failures, elsewhere };
  }

  /** Goes through the risks from a place on until time is up. @returns the place after the last one */
  each(pricer: Pricer, from: number, work: ShareWork, one: (held: Held, index: number) => void): number {
    if (this.#for !== pricer) this.forget();
    this.#for = pricer;
    let next = from;
    for (; next < this.#risks.length; next += 1) {
      if (work.at(next)) break;
      one(this.#risks[next] as Held, next);
    }
    return next;
  }

  #price(held: Held, prepared: Prepared, pricer: Pricer): Units {
    if (this.stands(held)) return held.price.units;
    return this.#anew(held, () => {
      const units = unitsOf(pricer.price(prepared, true), prepared.currency);
      return { units, made: units };
    });
  }

  /** Whether a price stands: nothing that it was made of changed (BR35). */
  stands(held: Held): held is Held & { price: Price } {
    const { price, lookups } = held;
    if (!price || !lookups || !this.#lookups.unchanged(lookups, price.change)) return false;
    price.change = this.#lookups.changes;
    return true;
  }

  /** The risk with its whole price, made anew. */
  whole(held: Held, prepared: Prepared, pricer: Pricer): ReturnType<Pricer['whole']> {
    return this.#anew(held, () => {
      const made = pricer.whole(prepared, true);
      return { units: unitsOf({ units: false, price: made.price }, prepared.currency), made };
    });
  }

  #anew<T>(held: Held, price: () => { readonly units: Units; readonly made: T }): T {
    const lookups = this.#lookups;
    lookups.begin(held.lookups);
    held.price = undefined;
    held.lookups = undefined;
    held.shown = undefined;
    try {
      const { units, made } = price();
      held.lookups = lookups.end();
      if (held.lookups) held.price = { units, change: lookups.changes };
      return made;
    } finally {
      lookups.end();
    }
  }

  prepared(held: Held, pricer: Pricer, work: ShareWork): NonNullable<Held['prepared']> {
    if (held.prepared) return held.prepared;
    const prepared = work.attempt(
      () => pricer.prepare(held.text, () => undefined),
      (failed) => ({ failed }),
    );
    if (!prepared) throw new Error('it can not be read here');
    held.prepared = prepared;
    return prepared;
  }
}

const NOTHING = [null, null, null] as const;

function unitsOf(priced: Priced, currency: string): Units {
  if (priced.units) return [sum(priced.premiums), sum(priced.taxes), priced.fees];
  const unit = new Decimal(10).pow(currencyDecimals(currency));
  const units = (text: string): number => new Decimal(text).times(unit).toNumber();
  const { grossPremium, grossTaxes, grossFees } = priced.price;
  return [units(grossPremium), units(grossTaxes), units(grossFees)];
}

function sum(units: readonly number[]): number {
  let total = 0;
  for (const one of units) total += one;
  return total;
}
