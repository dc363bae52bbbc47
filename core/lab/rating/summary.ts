import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { RatedLines } from './contract.ts';

/** Sums of a run in one currency, as text with its decimals. */
export interface Sums {
  readonly currency: string;
  readonly risks: number;
  readonly premium: string;
  readonly taxes: string;
  readonly fees: string;
  readonly total: string;
}
/** A run at its end. */
export interface RunSummary {
  /** Rated or failed. */
  readonly risks: number;
  readonly failed: number;
  /** By currency. */
  readonly sums: readonly Sums[];
  /** The other version's sums over the risks that both can price, and how far the total moved from them, per cent. */
  readonly against?: readonly (Sums & { readonly change: string })[];
  readonly seconds: number;
}

interface Amounts {
  readonly premium: string;
  readonly taxes: string;
  readonly fees: string;
}
class Sum {
  risks = 0;
  premium = new Decimal(0);
  taxes = new Decimal(0);
  fees = new Decimal(0);

  add({ premium, taxes, fees }: Amounts, risks = 1): void {
    this.risks += risks;
    this.premium = this.premium.plus(premium);
    this.taxes = this.taxes.plus(taxes);
    this.fees = this.fees.plus(fees);
  }

  get total(): Decimal {
    return this.premium.plus(this.taxes).plus(this.fees);
  }

  sums(currency: string): Sums {
    const { risks, premium, taxes, fees, total } = this;
    const text = (amount: Decimal): string =>
      moneyText(amount, Math.max(currencyDecimals(currency), amount.decimalPlaces()));
    return { currency, risks, premium: text(premium), taxes: text(taxes), fees: text(fees), total: text(total) };
  }
}

/** A line as a run wrote it. */
export interface WrittenLine extends Partial<Amounts> {
  readonly currency?: string;
  readonly error?: object;
  readonly against?: Partial<Amounts> & { readonly currency?: string };
}

/** What a run adds up. */
export class Totals {
  risks = 0;
  failed = 0;
  readonly #currency: string;
  readonly #sums = new Map<string, Sum>();
  /** By currency: both versions over the risks that both can price in it. */
  readonly #both = new Map<string, { readonly mine: Sum; readonly other: Sum }>();

  /** @param currency the book's */
  constructor(currency: string) {
    this.#currency = currency;
  }

  /** A whole batch of a run that compares nothing. */
  addBatch({ rated, failed, sums }: RatedLines): void {
    this.risks += rated;
    this.failed += failed;
    for (const { currency, risks, premium, taxes, fees } of sums) {
      const sum = this.#sums.get(currency) ?? new Sum();
      this.#sums.set(currency, sum);
      sum.add({ premium, taxes, fees }, risks);
    }
  }

  addWritten(line: WrittenLine): void {
    this.risks += 1;
    const { currency = this.#currency, premium, taxes, fees, against } = line;
    if (premium === undefined || taxes === undefined || fees === undefined) {
      this.failed += 1;
      return;
    }
    const mine = { premium, taxes, fees };
    const sum = this.#sums.get(currency) ?? new Sum();
    this.#sums.set(currency, sum);
    sum.add(mine);
    if (against?.premium === undefined || (against.currency ?? this.#currency) !== currency) return;
    const both = this.#both.get(currency) ?? { mine: new Sum(), other: new Sum() };
    this.#both.set(currency, both);
    both.mine.add(mine);
    both.other.add({ premium: against.premium, taxes: against.taxes ?? '0', fees: against.fees ?? '0' });
  }

  summary(seconds: number): RunSummary {
    const against = [...this.#both].map(([currency, { mine, other }]) => ({
      ...other.sums(currency),
      change: other.total.isZero() ? '0' : mine.total.div(other.total).minus(1).times(100).toFixed(4),
    }));
    return {
      risks: this.risks,
      failed: this.failed,
      sums: [...this.#sums].map(([currency, sum]) => sum.sums(currency)),
      ...(against.length > 0 ? { against } : {}),
      seconds: Math.round(seconds * 1_000) / 1_000,
    };
  }
}
