import type { Effect } from '#core/liquid/contract.ts';
import type { TaxDefinition } from '#core/model/product.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PricedPeril } from './contract.ts';
import { effectAmount } from './effects.ts';
import { type Money, roundedCharge } from './premium.ts';

type Tax = PricedPeril['taxes'][number];

/** The tax of one file on one row from its calls (P40): the last `set_peril_tax` wins; none set, none levied. */
export function taxFromEffects(
  tax: TaxDefinition,
  effects: readonly Effect[],
  file: string,
  money: Money,
  trace?: Trace,
): Tax | undefined {
  const last = effects.findLast((effect) => effect.filter === 'set_peril_tax');
  if (!last) return undefined;
  const amount = effectAmount(last, file, trace);
  const rounded = roundedCharge(`tax ${tax.name}`, amount, money, trace);
  const description = last.arguments[0];
  return { name: tax.name, amount: rounded, ...(typeof description === 'string' ? { description } : {}) };
}
