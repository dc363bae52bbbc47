import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, roundHalfUp } from '#core/model/money.ts';
import type { BookColumn, RatedBook } from '../contract.ts';
import { groupedColumn } from './by-field.ts';
import { amountText, ExactSum } from './exact.ts';

/** Claims of a book as columns, a place for each risk in its order. */
export interface BookClaims {
  readonly count: Uint32Array;
  /** Cents; what was recovered counts against. */
  readonly amount: Float64Array;
}

/** What a value of a field cost, beside what the plan asks for it (IM30). Amounts are decimal text. */
export interface ExperienceLevel {
  readonly label: string;
  readonly policies: number;
  readonly claims: number;
  readonly amount: string;
  readonly premium: string;
  /** Claims a policy, four decimals. */
  readonly frequency: string;
  /** Cost of claims a policy. */
  readonly burningCost: string;
  readonly averagePremium: string;
  /** Burning cost and average premium against those of the book, 1 for as much; four decimals, null where the book has none. */
  readonly actual: string | null;
  readonly plan: string | null;
}
export interface Experience {
  readonly field: string;
  readonly levels: readonly ExperienceLevel[];
  readonly whole: ExperienceLevel;
}

const MOST_LEVELS = 24;

/**
 * Claims of a book by one field, beside the plan's premiums of the same policies: both one-way, so that what else goes with the field
 * is in both. Policies without a price are left out on both sides.
 */
export function experienceBy(column: BookColumn, rated: RatedBook, claims: BookClaims): Experience {
  const { labels, codes } = groupedColumn(column, MOST_LEVELS);
  const sums = labels.map(() => new LevelSums());
  const whole = new LevelSums();
  for (let index = 0; index < codes.length; index += 1) {
    const premium = rated.premium[index] ?? Number.NaN;
    if (Number.isNaN(premium)) continue;
    for (const level of [sums[codes[index] ?? 0], whole])
      level?.add(premium, claims.count[index] ?? 0, claims.amount[index] ?? 0);
  }
  const decimals = currencyDecimals(rated.currency);
  return {
    field: column.name,
    levels: labels.flatMap((label, at) => {
      const level = sums[at];
      return level && level.policies > 0 ? [level.as(label, whole, decimals)] : [];
    }),
    whole: whole.as('', whole, decimals),
  };
}

class LevelSums {
  policies = 0;
  claims = 0;
  readonly #premium = new ExactSum();
  readonly #amount = new ExactSum();

  add(premium: number, claims: number, amount: number): void {
    this.policies += 1;
    this.claims += claims;
    this.#premium.add(premium);
    this.#amount.add(amount);
  }

  as(label: string, whole: LevelSums, decimals: number): ExperienceLevel {
    const [premium, amount] = [this.#premium.value, this.#amount.value];
    return {
      label,
      policies: this.policies,
      claims: this.claims,
      amount: amountText(amount, decimals),
      premium: amountText(premium, decimals),
      frequency: ratio(BigInt(this.claims), this.policies, 4) ?? '0',
      burningCost: average(amount, this.policies, decimals),
      averagePremium: average(premium, this.policies, decimals),
      actual: relative(amount, this.policies, whole.#amount.value, whole.policies),
      plan: relative(premium, this.policies, whole.#premium.value, whole.policies),
    };
  }
}

function average(cents: bigint, policies: number, decimals: number): string {
  if (policies === 0) return amountText(0n, decimals);
  return amountText(BigInt(roundHalfUp(new Decimal(cents.toString()).div(policies), 0).toFixed(0)), decimals);
}

function relative(part: bigint, policies: number, whole: bigint, all: number): string | null {
  if (whole === 0n || policies === 0) return null;
  const level = new Decimal(part.toString()).div(policies);
  return roundHalfUp(level.div(new Decimal(whole.toString()).div(all)), 4).toFixed();
}

function ratio(part: bigint, whole: number, decimals: number): string | null {
  return whole === 0 ? null : roundHalfUp(new Decimal(part.toString()).div(whole), decimals).toFixed();
}
