import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { RatedBook, RiskFailure } from '../contract.ts';
import type { Rated } from './contract.ts';

/** Rated risks as columns, each at its place. */
export class BookColumns {
  readonly #currency: string;
  readonly #keys: readonly string[];
  readonly #premium: Float64Array;
  readonly #taxes: Float64Array;
  readonly #fees: Float64Array;
  readonly #failures: RiskFailure[] = [];

  constructor(currency: string, keys: readonly string[]) {
    this.#currency = currency;
    this.#keys = keys;
    const column = (): Float64Array => new Float64Array(keys.length).fill(Number.NaN);
    [this.#premium, this.#taxes, this.#fees] = [column(), column(), column()];
  }

  set(index: number, rated: Rated): void {
    if (!rated.ok) {
      this.fail(index, rated.error.code, rated.error.message);
      return;
    }
    if (rated.currency !== this.#currency) {
      this.fail(index, 'other-currency', otherCurrency(rated.currency, this.#currency));
      return;
    }
    const unit = new Decimal(10).pow(currencyDecimals(rated.currency));
    const units = (amount: string): number => new Decimal(amount).times(unit).toNumber();
    this.units(index, units(rated.premium), units(rated.taxes), units(rated.fees));
  }

  /** Amounts in whole units of the currency. */
  units(index: number, premium: number, taxes: number, fees: number): void {
    this.#premium[index] = premium;
    this.#taxes[index] = taxes;
    this.#fees[index] = fees;
  }

  fail(index: number, code: string, message: string): void {
    this.#failures.push({ index, code, message });
  }

  book(): RatedBook {
    return {
      currency: this.#currency,
      keys: this.#keys,
      premium: this.#premium,
      taxes: this.#taxes,
      fees: this.#fees,
      failures: this.#failures.sort((a, b) => a.index - b.index),
    };
  }
}

export function otherCurrency(currency: string, book: string): string {
  return `It is in ${currency}, the book in ${book}: amounts of two currencies are not added up.`;
}
