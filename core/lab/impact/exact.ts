import { Decimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';

/** Adds whole numbers of cents without a limit: in doubles while they are exact, beyond that in big integers (IM2). */
export class ExactSum {
  #big = 0n;
  #small = 0;

  add(cents: number): void {
    const next = this.#small + cents;
    if (Number.isSafeInteger(next)) {
      this.#small = next;
      return;
    }
    this.#big += BigInt(this.#small) + BigInt(cents);
    this.#small = 0;
  }

  get value(): bigint {
    return this.#big + BigInt(this.#small);
  }
}

/** A whole number of cents as an amount of text, `-1234n` → `-12.34`. */
export function amountText(cents: bigint | number, decimals: number): string {
  const digits = String(cents < 0 ? -cents : cents).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return cents < 0 ? `-${text}` : text;
}

/** Decimals of a percentage in an answer: a ten-thousandth of a percent of a hundred million is a hundred. */
const PERCENT_DECIMALS = 4;

/** (after − before) ÷ before in percent with four decimals; null where nothing was paid before (IM4). */
export function percentChange(before: bigint, after: bigint): string | null {
  if (before === 0n) return null;
  return percentOf(after - before, before < 0n ? -before : before);
}

/** part ÷ whole in percent with four decimals. */
export function percentOf(part: bigint, whole: bigint): string {
  const ratio = new Decimal(part.toString()).times(100).div(whole.toString());
  return roundHalfUp(ratio, PERCENT_DECIMALS).toFixed();
}
