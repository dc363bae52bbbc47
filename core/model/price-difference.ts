import { Decimal } from './decimal.ts';

/** A price by its parts. Where what made it is asked too, see worksheet-difference.ts. */
interface Price {
  readonly grossTaxes: string;
  readonly total: string;
  readonly perils: readonly {
    readonly exposureIndex: number;
    readonly exposureName: string;
    readonly perilName: string;
    readonly premium: string;
  }[];
  readonly fees: readonly { readonly name: string; readonly description: string; readonly amount: string }[];
  readonly taxGroups: readonly { readonly name: string; readonly amount: string }[];
}

/** One part of a price in two versions of a risk; amounts are decimal text in the currency of the price. */
export interface PriceStep {
  readonly key: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** after − before */
  readonly difference: string;
}
/** A price with, for each exposure of its form, what identifies it in both versions and what it is called. */
export interface PricedForm {
  readonly price: Price;
  readonly exposures: readonly { readonly key: string; readonly title: string }[];
}

/**
 * What moved between two prices, part by part: the premium of every peril, every tax, every fee. The differences sum to the
 * difference of the totals to the cent; what the parts do not explain would be a step named by `rest`.
 */
export function priceSteps(
  before: PricedForm,
  after: PricedForm,
  name: { readonly peril: (exposure: string, peril: string) => string; readonly rest: string },
): readonly PriceStep[] {
  const earlier = partsOf(before, name.peril);
  const later = partsOf(after, name.peril);
  const keys = [...new Set([...later.keys(), ...earlier.keys()])];
  const steps = keys.map((key): PriceStep => {
    const [was, is] = [earlier.get(key)?.amount ?? new Decimal(0), later.get(key)?.amount ?? new Decimal(0)];
    return {
      key,
      label: later.get(key)?.label ?? earlier.get(key)?.label ?? key,
      before: was.toFixed(),
      after: is.toFixed(),
      difference: is.minus(was).toFixed(),
    };
  });
  const explained = (side: 'before' | 'after') => steps.reduce((sum, step) => sum.plus(step[side]), new Decimal(0));
  const [restBefore, restAfter] = [
    new Decimal(before.price.total).minus(explained('before')),
    new Decimal(after.price.total).minus(explained('after')),
  ];
  if (restBefore.isZero() && restAfter.isZero()) return steps;
  return [
    ...steps,
    {
      key: 'rest',
      label: name.rest,
      before: restBefore.toFixed(),
      after: restAfter.toFixed(),
      difference: restAfter.minus(restBefore).toFixed(),
    },
  ];
}

interface Part {
  readonly label: string;
  readonly amount: InstanceType<typeof Decimal>;
}

function partsOf(
  { price, exposures }: PricedForm,
  nameOf: (exposure: string, peril: string) => string,
): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const add = (key: string, label: string, amount: string): void => {
    parts.set(key, { label, amount: (parts.get(key)?.amount ?? new Decimal(0)).plus(amount) });
  };
  for (const { exposureIndex, exposureName, perilName, premium } of price.perils) {
    const exposure = exposures[exposureIndex];
    add(`peril ${exposure?.key} ${perilName}`, nameOf(exposure?.title ?? exposureName, perilName), premium);
  }
  for (const { name, amount } of price.taxGroups) add(`tax ${name}`, name, amount);
  // Without groups the taxes are one part.
  if (price.taxGroups.length === 0) add('taxes', 'taxes', price.grossTaxes);
  for (const { name, description, amount } of price.fees) add(`fee ${name}`, description || name, amount);
  return parts;
}
