import * as z from 'zod';
import { sumOf } from '#core/billing/amounts.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { QuoteAnswer } from './quote-run.ts';

const amount = z.union([z.string(), z.number()]);
const amounts = z.record(z.string(), amount);
/** What a case expects (formats §10, examples/README.md). A member that is not known fails the case: a misspelt one must not pass. */
export const Expectation = z.strictObject({
  decision: z.enum(['accept', 'reject', 'none']).nullable().optional(),
  notes: z.array(z.string()).optional(),
  premiums: amounts.optional(),
  technicalPremiums: amounts.optional(),
  commissions: amounts.optional(),
  taxes: amounts.optional(),
  fees: amounts.optional(),
  grossPremium: amount.optional(),
  grossTaxes: amount.optional(),
  grossFees: amount.optional(),
  problem: z.string().optional(),
});
export type Expectation = z.infer<typeof Expectation>;

/** One expectation that was not met, with the row of the worksheet that explains what came out instead. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  /** Locator of the peril row whose section of the worksheet shows how it came about. */
  readonly row?: string;
}

/** What of an expectation an answer does not meet, in a fixed order. What is not named is not looked at. */
export function differencesOf(expect: Expectation, answer: QuoteAnswer): readonly Difference[] {
  const { policy, underwriting } = answer;
  const row = policy.characteristics.at(-1);
  const rows = perilRows(policy);
  const taxes = group(rows.flatMap(({ taxes }) => taxes.map(({ name, amount: tax }) => ({ name, amount: tax }))));
  const commissions = group(
    rows.flatMap(({ commissions: list }) =>
      list.map(({ recipient, amount: share }) => ({ name: recipient, amount: share })),
    ),
  );
  return [
    ...texts('decision', expect.decision, underwriting?.decision ?? null),
    ...texts('notes', expect.notes?.join('\n'), (underwriting?.notes ?? []).join('\n')),
    ...perilAmounts('premium', expect.premiums, rows),
    ...perilAmounts('technicalPremium', expect.technicalPremiums, rows),
    ...wholeList('tax', expect.taxes, taxes),
    ...wholeList('fee', expect.fees, group(policy.fees)),
    ...named('commission', expect.commissions, commissions),
    ...money('grossPremium', expect.grossPremium, row?.grossPremium),
    ...money('grossTaxes', expect.grossTaxes, row?.grossTaxes),
    ...money('grossFees', expect.grossFees, policy.grossFees),
  ];
}

interface PerilRow {
  readonly keys: readonly string[];
  readonly locator: string;
  readonly premium: string | undefined;
  readonly technicalPremium: string | undefined;
  readonly taxes: readonly { readonly name: string; readonly amount: string }[];
  readonly commissions: readonly { readonly recipient: string; readonly amount: string }[];
}

/** Perils by all the keys that may name them: `collision`, `0/collision`, `vehicle/collision`. */
function perilRows(policy: PolicyResponse): readonly PerilRow[] {
  return policy.exposures.flatMap((exposure, index) =>
    exposure.perils.map((peril): PerilRow => {
      const row = peril.characteristics.at(-1);
      return {
        keys: [peril.name, `${index}/${peril.name}`, `${exposure.name}/${peril.name}`],
        locator: row?.locator ?? '',
        premium: row?.premium,
        technicalPremium: row?.technicalPremium,
        taxes: row?.taxes ?? [],
        commissions: row?.commissions ?? [],
      };
    }),
  );
}

function perilAmounts(
  what: 'premium' | 'technicalPremium',
  expected: Readonly<Record<string, string | number>> | undefined,
  rows: readonly PerilRow[],
): readonly Difference[] {
  return Object.entries(expected ?? {}).flatMap(([key, wanted]): readonly Difference[] => {
    const meant = rows.filter(({ keys }) => keys.includes(key));
    const [row] = meant;
    if (!row || meant.length > 1) {
      const actual = row
        ? `${meant.length} perils have this key: say which with ${meant.map(({ keys }) => keys[1]).join(' or ')}`
        : 'no peril has this key';
      return [{ what: `${what} of ${key}`, expected: String(wanted), actual }];
    }
    return money(`${what} of ${key}`, wanted, row[what]).map((difference) => ({ ...difference, row: row.locator }));
  });
}

/** Named amounts of which every one must be expected: one that is charged and not named is a difference too. */
function wholeList(
  what: string,
  expected: Readonly<Record<string, string | number>> | undefined,
  actual: ReadonlyMap<string, string>,
): readonly Difference[] {
  if (!expected) return [];
  const surplus = [...actual].filter(([name]) => !Object.hasOwn(expected, name));
  return [
    ...named(what, expected, actual),
    ...surplus.map(([name, value]) => ({ what: `${what} ${name}`, expected: 'none', actual: value })),
  ];
}

function named(
  what: string,
  expected: Readonly<Record<string, string | number>> | undefined,
  actual: ReadonlyMap<string, string>,
): readonly Difference[] {
  return Object.entries(expected ?? {}).flatMap(([name, wanted]) => money(`${what} ${name}`, wanted, actual.get(name)));
}

function group(items: readonly { readonly name: string; readonly amount: string }[]): ReadonlyMap<string, string> {
  const names = new Set(items.map(({ name }) => name));
  return new Map([...names].map((name) => [name, sumOf(items.filter((item) => item.name === name)).toFixed()]));
}

/** Amounts are compared as decimals: `10` and `10.00` are the same. */
function money(what: string, expected: string | number | undefined, actual: string | undefined): readonly Difference[] {
  if (expected === undefined) return [];
  const [a, b] = [parseDecimal(expected), actual === undefined ? undefined : parseDecimal(actual)];
  return a && b?.equals(a) ? [] : [{ what, expected: String(expected), actual: actual ?? 'none' }];
}

function texts(what: string, expected: string | null | undefined, actual: string | null): readonly Difference[] {
  return expected === undefined || expected === actual
    ? []
    : [{ what, expected: expected ?? 'none', actual: actual ?? 'none' }];
}
