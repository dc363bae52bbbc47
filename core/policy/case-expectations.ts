import * as z from 'zod';
import { sumOf } from '#core/billing/amounts.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import type { AutomatedUnderwritingResultResponse, PerilCharacteristics, PolicyResponse } from '#core/model/policy.ts';
import type { PriceChange } from './transactions/price.ts';

const amount = z.union([z.string(), z.number()]);
const amounts = z.record(z.string(), amount);
/** By peril: one amount, or the amounts of its pieces in the order of time. */
const pieces = z.record(z.string(), z.union([amount, z.array(amount)]));
const expected = {
  decision: z.enum(['accept', 'reject', 'none']).nullable().optional(),
  notes: z.array(z.string()).optional(),
  premiums: pieces.optional(),
  technicalPremiums: pieces.optional(),
  commissions: amounts.optional(),
  taxes: amounts.optional(),
  fees: amounts.optional(),
  grossPremium: amount.optional(),
  grossTaxes: amount.optional(),
  grossFees: amount.optional(),
  problem: z.string().optional(),
};
/** What a case expects (formats §10, examples/README.md). A member that is not known fails the case: a misspelt one must not pass. */
export const Expectation = z.strictObject(expected);
export type Expectation = z.infer<typeof Expectation>;

/** What a case expects after one of its transactions: the policy as it then stands, and what changed. */
export const TransactionExpectation = z.strictObject({
  ...expected,
  state: z.enum(['issued', 'declined']).optional(),
  holdbacks: amount.optional(),
  premiumChange: amount.optional(),
  taxChange: amount.optional(),
  feeChange: amount.optional(),
  holdbackChange: amount.optional(),
  totalChange: amount.optional(),
});
export type TransactionExpectation = z.infer<typeof TransactionExpectation>;

/** One expectation that was not met, with the row of the worksheet that explains what came out instead. */
export interface Difference {
  /** `premium of collision`; in a transaction with its place in front: `transactions[0] (endorsement): premium of collision`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  /** Locator of the peril row whose section of the worksheet shows how it came about. */
  readonly row?: string;
}

/** What an expectation is held against. */
export interface Outcome {
  readonly policy: PolicyResponse;
  readonly underwriting: AutomatedUnderwritingResultResponse | null;
  /** Over everything that is current, every term. */
  readonly gross: { readonly premium?: string; readonly taxes?: string; readonly fees?: string };
  /** After a transaction. */
  readonly change?: { readonly state: string; readonly price: PriceChange | null; readonly holdbacks: string };
}

/** What of an expectation an outcome does not meet, in a fixed order. What is not named is not looked at. */
export function differencesOf(expect: TransactionExpectation, outcome: Outcome): readonly Difference[] {
  const { policy, underwriting, gross, change } = outcome;
  const perils = perilsOf(policy);
  const rows = perils.flatMap((peril) => peril.rows);
  const taxes = group(rows.flatMap(({ taxes: list = [] }) => list));
  const commissions = group(
    rows.flatMap(({ commissions: list = [] }) =>
      list.map(({ recipient, amount: share }) => ({ name: recipient, amount: share })),
    ),
  );
  return [
    ...texts('state', expect.state, change?.state ?? null),
    ...texts('decision', expect.decision, underwriting?.decision ?? null),
    ...texts('notes', expect.notes?.join('\n'), (underwriting?.notes ?? []).join('\n')),
    ...perilAmounts('premium', expect.premiums, perils),
    ...perilAmounts('technicalPremium', expect.technicalPremiums, perils),
    ...wholeList('tax', expect.taxes, taxes),
    ...wholeList('fee', expect.fees, group(policy.fees.filter(({ reversed }) => !reversed))),
    ...named('commission', expect.commissions, commissions),
    ...money('grossPremium', expect.grossPremium, gross.premium),
    ...money('grossTaxes', expect.grossTaxes, gross.taxes),
    ...money('grossFees', expect.grossFees, gross.fees),
    ...money('holdbacks', expect.holdbacks, change?.holdbacks),
    ...CHANGES.flatMap((what) => money(what, expect[what], change?.price?.[what])),
  ];
}

const CHANGES = ['premiumChange', 'taxChange', 'feeChange', 'holdbackChange', 'totalChange'] as const;

interface Peril {
  readonly keys: readonly string[];
  /** Current ones in the order of time, over all terms. */
  readonly rows: readonly PerilCharacteristics[];
}

/**
 * Perils by all the keys that may name them: `collision`, `0/collision`, `vehicle/collision`. A renewal copies a peril: the copies
 * count as one.
 */
function perilsOf(policy: PolicyResponse): readonly Peril[] {
  return policy.exposures.flatMap((exposure, index) => {
    const names = [...new Set(exposure.perils.map(({ name }) => name))];
    return names.map(
      (name): Peril => ({
        keys: [name, `${index}/${name}`, `${exposure.name}/${name}`],
        rows: exposure.perils
          .filter((peril) => peril.name === name)
          .flatMap(({ characteristics }) => characteristics)
          .filter(({ replacedTimestamp }) => replacedTimestamp === undefined)
          .sort((a, b) => Number(a.coverageStartTimestamp) - Number(b.coverageStartTimestamp)),
      }),
    );
  });
}

function perilAmounts(
  what: 'premium' | 'technicalPremium',
  wanted: Expectation['premiums'],
  perils: readonly Peril[],
): readonly Difference[] {
  return Object.entries(wanted ?? {}).flatMap(([key, value]): readonly Difference[] => {
    const meant = perils.filter(({ keys }) => keys.includes(key));
    const [peril] = meant;
    const list = typeof value === 'object' ? value : [value];
    if (!peril || meant.length > 1) {
      const actual = peril
        ? `${meant.length} perils have this key: say which with ${meant.map(({ keys }) => keys[1]).join(' or ')}`
        : 'no peril has this key';
      return [{ what: `${what} of ${key}`, expected: list.join(', '), actual }];
    }
    const actual = peril.rows.map((row) => row[what]);
    const wrong = actual.findIndex((one, i) => !sameAmount(list[i], one));
    if (wrong < 0 && actual.length === list.length) return [];
    const row = peril.rows[wrong]?.locator;
    return [
      {
        what: `${what} of ${key}`,
        expected: list.join(', ') || 'none',
        actual: actual.map((one) => one ?? 'none').join(', ') || 'none',
        ...(row === undefined ? {} : { row }),
      },
    ];
  });
}

/** Named amounts of which every one must be expected: one that is charged and not named is a difference too. */
function wholeList(
  what: string,
  wanted: Readonly<Record<string, string | number>> | undefined,
  actual: ReadonlyMap<string, string>,
): readonly Difference[] {
  if (!wanted) return [];
  const surplus = [...actual].filter(([name]) => !Object.hasOwn(wanted, name));
  return [
    ...named(what, wanted, actual),
    ...surplus.map(([name, value]) => ({ what: `${what} ${name}`, expected: 'none', actual: value })),
  ];
}

function named(
  what: string,
  wanted: Readonly<Record<string, string | number>> | undefined,
  actual: ReadonlyMap<string, string>,
): readonly Difference[] {
  return Object.entries(wanted ?? {}).flatMap(([name, value]) => money(`${what} ${name}`, value, actual.get(name)));
}

function group(items: readonly { readonly name: string; readonly amount: string }[]): ReadonlyMap<string, string> {
  const names = new Set(items.map(({ name }) => name));
  return new Map([...names].map((name) => [name, sumOf(items.filter((item) => item.name === name)).toFixed()]));
}

function money(what: string, wanted: string | number | undefined, actual: string | undefined): readonly Difference[] {
  if (wanted === undefined || sameAmount(wanted, actual)) return [];
  return [{ what, expected: String(wanted), actual: actual ?? 'none' }];
}

/** Amounts are compared as decimals: `10` and `10.00` are the same. */
function sameAmount(a: string | number | undefined, b: string | undefined): boolean {
  const [one, other] = [a === undefined ? undefined : parseDecimal(a), b === undefined ? undefined : parseDecimal(b)];
  return one !== undefined && other !== undefined && one.equals(other);
}

function texts(what: string, wanted: string | null | undefined, actual: string | null): readonly Difference[] {
  return wanted === undefined || wanted === actual
    ? []
    : [{ what, expected: wanted ?? 'none', actual: actual ?? 'none' }];
}
