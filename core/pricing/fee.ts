import type { Effect } from '#core/liquid/contract.ts';
import type { FeeDefinition } from '#core/model/product.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PricedFee } from './contract.ts';
import { effectAmount } from './effects.ts';
import { type Money, roundedCharge } from './premium.ts';

/** The fees that `policy.calculations.liquid` added, one for each call (P42). */
export function feesFromEffects(
  definitions: readonly FeeDefinition[],
  effects: readonly Effect[],
  file: string,
  money: Money,
  trace?: Trace,
): readonly PricedFee[] {
  return effects
    .filter((effect) => effect.filter === 'add_fee')
    .map((effect) => {
      const amount = effectAmount(effect, file, trace);
      const name = typeof effect.arguments[0] === 'string' ? effect.arguments[0] : '';
      const definition = definitions.find((fee) => fee.name === name);
      if (!definition) trace?.warn(`fees.json does not know the fee "${name}".`, { file, line: effect.line });
      const rounded = roundedCharge(`fee ${name}`, amount, money, trace);
      const description = effect.arguments[1];
      return {
        name,
        description: typeof description === 'string' ? description : (definition?.displayName ?? name),
        amount: rounded,
      };
    });
}
