import type { PerilAmount } from './product.ts';

/** Where in a request a change takes place; without `field` and `amount` it is a cover that is there or not. */
export interface ChangeTarget {
  readonly on: 'policyholder' | 'policy' | 'exposure' | 'peril';
  /** Position among the request's exposures. */
  readonly exposure?: number;
  /** Name of the peril. */
  readonly peril?: string;
  /** One repeat of a group: its position among the repeats of that field. */
  readonly group?: { readonly field: string; readonly index: number };
  readonly field?: string;
  readonly amount?: PerilAmount;
}
/** One change of one input. Values are lists of text, as they are stored; a cover that is there is `['included']`. */
export interface NearChange {
  readonly target: ChangeTarget;
  /** `exposures[0].limit`: names the input. */
  readonly path: string;
  /** In the configuration's words: `Dwelling · Limit on the dwelling`. */
  readonly label: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Something that can be offered, or a fact about the risk that has to be true. */
  readonly kind: 'offer' | 'fact';
}
