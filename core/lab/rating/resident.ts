import type { Desk } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { RatedBook, RiskFailure } from '../contract.ts';
import { ColumnCollector } from './columns.ts';
import type { BookLines, BookSource, Rated, RatingControl, RatingProgram, ResidentBook } from './contract.ts';
import { oneByOne, ratingCase } from './slow.ts';

/** Loads a book to be rated again and again (BR20). Close it to let go of its memory. */
export async function openResidentBook(
  desk: Desk,
  source: BookSource,
  control: RatingControl = {},
): Promise<ResidentBook> {
  const batches: BookLines[] = [];
  const collector = new ColumnCollector();
  const keys: string[] = [];
  for await (const batch of source()) {
    control.signal?.throwIfAborted();
    batches.push(batch);
    batch.text.split('\n').forEach((text, i) => {
      if (text.trim() === '') return;
      collector.add(text);
      keys.push(keyOf(text) ?? String(batch.first + i));
    });
    control.onProgress?.({ done: keys.length, total: 0 });
  }
  return {
    size: keys.length,
    keys,
    columns: async () => collector.columns(),
    async rate(program: RatingProgram, { signal, onProgress }: RatingControl = {}): Promise<RatedBook> {
      const rater = oneByOne(desk, ratingCase(program), 4);
      const columns = new BookColumns(program.configuration.currency, keys);
      for (const batch of batches) {
        signal?.throwIfAborted();
        for (const rated of await rater(batch, signal)) columns.add(rated);
        onProgress?.({ done: columns.size, total: keys.length });
      }
      return columns.book();
    },
    async close() {
      batches.length = 0;
    },
  };
}

/** Rated risks as columns, in their order. */
export class BookColumns {
  readonly #currency: string;
  readonly #keys: readonly string[];
  readonly #premium: Float64Array;
  readonly #taxes: Float64Array;
  readonly #fees: Float64Array;
  readonly #failures: RiskFailure[] = [];
  size = 0;

  constructor(currency: string, keys: readonly string[]) {
    this.#currency = currency;
    this.#keys = keys;
    const column = (): Float64Array => new Float64Array(keys.length).fill(Number.NaN);
    [this.#premium, this.#taxes, this.#fees] = [column(), column(), column()];
  }

  add(rated: Rated): void {
    const index = this.size;
    this.size += 1;
    if (!rated.ok) {
      this.#failures.push({ index, code: rated.error.code, message: rated.error.message });
      return;
    }
    if (rated.currency !== this.#currency) {
      const message = `It is in ${rated.currency}, the book in ${this.#currency}: amounts of two currencies are not added up.`;
      this.#failures.push({ index, code: 'other-currency', message });
      return;
    }
    const unit = new Decimal(10).pow(currencyDecimals(rated.currency));
    const units = (amount: string): number => new Decimal(amount).times(unit).toNumber();
    this.#premium[index] = units(rated.premium);
    this.#taxes[index] = units(rated.taxes);
    this.#fees[index] = units(rated.fees);
  }

  book(): RatedBook {
    return {
      currency: this.#currency,
      keys: this.#keys,
      premium: this.#premium,
      taxes: this.#taxes,
      fees: this.#fees,
      failures: this.#failures,
    };
  }
}

function keyOf(text: string): string | undefined {
  try {
    const { key } = JSON.parse(text) as { readonly key?: unknown };
    return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
  } catch {
    return undefined;
  }
}
