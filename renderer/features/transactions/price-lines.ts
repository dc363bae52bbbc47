import type { Charge } from '#core/model/charge.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { PolicyResponse } from '#core/model/policy.ts';

/** What a transaction charges or gives back for one thing; amounts as text. */
export interface PriceLine {
  readonly type: 'premium' | 'tax' | 'fee' | 'holdback';
  readonly key: string;
  readonly exposureLocator?: string;
  readonly exposureName?: string;
  readonly perilName?: string;
  /** Of a tax or fee. */
  readonly name?: string;
  readonly amount: string;
}

const ORDER = ['premium', 'tax', 'fee', 'holdback'] as const;

/**
 * The charges of a transaction by what they are for. What is taken back and charged again for the same thing is one line with the
 * difference; together the lines are the change in all. A commission is no part of what is owed.
 */
export function priceLines(charges: readonly Charge[]): readonly PriceLine[] {
  const sums = new Map<string, { readonly line: Omit<PriceLine, 'amount'>; amount: Decimal }>();
  for (const charge of charges) {
    const { type } = charge;
    if (type === 'commission') continue;
    const name = type === 'tax' ? charge.taxName : type === 'fee' ? charge.description || charge.feeName : undefined;
    const of = { premium: [charge.exposureLocator, charge.perilName], tax: [charge.taxName], fee: [charge.feeName] };
    const key = [type, ...(type === 'holdback' ? [] : of[type])].join(' ');
    const known = sums.get(key);
    if (known) known.amount = known.amount.plus(charge.amount);
    else
      sums.set(key, {
        amount: new Decimal(charge.amount),
        line: {
          type,
          key,
          ...(type === 'premium' && charge.exposureLocator ? { exposureLocator: charge.exposureLocator } : {}),
          ...(type === 'premium' && charge.exposureName ? { exposureName: charge.exposureName } : {}),
          ...(type === 'premium' && charge.perilName ? { perilName: charge.perilName } : {}),
          ...(name === undefined ? {} : { name }),
        },
      });
  }
  const lines = [...sums.values()].map(({ line, amount }) => ({ ...line, amount: amount.toString() }));
  return ORDER.flatMap((type) => lines.filter((line) => line.type === type));
}

/** What the last term of a policy costs as it stands, in the lines of `priceLines`. @param start of that term, milliseconds */
export function termLines(policy: PolicyResponse, start: number): readonly PriceLine[] {
  const add = (sums: Map<string, Decimal>, key: string, amount: string) =>
    sums.set(key, (sums.get(key) ?? new Decimal(0)).plus(amount));
  const taxes = new Map<string, Decimal>();
  const fees = new Map<string, Decimal>();
  const premiums = policy.exposures.flatMap((exposure) => {
    const sums = new Map<string, Decimal>();
    for (const peril of exposure.perils)
      for (const row of peril.characteristics) {
        if (row.replacedTimestamp !== undefined || Number(row.coverageStartTimestamp) < start) continue;
        add(sums, peril.name, row.premium ?? '0');
        for (const tax of row.taxes ?? []) add(taxes, tax.name, tax.amount);
      }
    return [...sums].map(
      ([perilName, amount]): PriceLine => ({
        type: 'premium',
        key: `premium ${exposure.locator} ${perilName}`,
        exposureLocator: exposure.locator,
        exposureName: exposure.name,
        perilName,
        amount: amount.toString(),
      }),
    );
  });
  const charged = policy.fees.filter((fee) => !fee.reversed && Number(fee.startTimestamp) >= start);
  for (const fee of charged) add(fees, fee.name, fee.amount);
  const described = new Map(charged.map(({ name, description }) => [name, description]));
  return [
    ...premiums,
    ...[...taxes].map(
      ([name, amount]) => ({ type: 'tax', key: `tax ${name}`, name, amount: amount.toString() }) as const,
    ),
    ...[...fees].map(
      ([name, amount]) =>
        ({ type: 'fee', key: `fee ${name}`, name: described.get(name) || name, amount: amount.toString() }) as const,
    ),
  ];
}

export interface ComparedLine extends Omit<PriceLine, 'amount'> {
  readonly before: string;
  readonly after: string;
  readonly difference: string;
}

/** Two terms side by side, a line for everything that either has. */
export function comparedLines(before: readonly PriceLine[], after: readonly PriceLine[]): readonly ComparedLine[] {
  const was = new Map(before.map((line) => [line.key, line]));
  const is = new Map(after.map((line) => [line.key, line]));
  const all = [...after, ...before.filter(({ key }) => !is.has(key))];
  return ORDER.flatMap((type) =>
    all
      .filter((line) => line.type === type)
      .map(({ amount: _, ...line }) => {
        // The charge of a fee that nobody has made yet has no description.
        const name = was.get(line.key)?.name ?? line.name;
        const [old, now] = [was.get(line.key)?.amount ?? '0', is.get(line.key)?.amount ?? '0'];
        return {
          ...line,
          ...(name === undefined ? {} : { name }),
          before: old,
          after: now,
          difference: new Decimal(now).minus(old).toString(),
        };
      }),
  );
}

/** The sum of amounts, as text. */
export function sumOf(amounts: readonly string[]): string {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toString();
}
