/** What the logic editor asks of a working copy: `base`, `changes`, `product`. */
import type { Worksheet } from '#core/model/worksheet.ts';
import type { PricePreview, ProblemDocument } from '../contract.ts';

/** `POST /api/lab/logic/run` with a working copy and `risk`: what its logic makes of one risk; nothing is stored. */
export interface LabLogicRun {
  readonly label: string;
  readonly price?: NonNullable<PricePreview['price']>;
  readonly decision?: 'accept' | 'reject' | 'none';
  readonly notes: readonly string[];
  /** Of the price, then of the decision, as far as they came. */
  readonly worksheets: readonly Worksheet[];
  readonly problem?: ProblemDocument;
}
export type LabRisk =
  | { readonly kind: 'sampled'; readonly seed: string; readonly index: number }
  | { readonly kind: 'stored'; readonly locator: string };

/** `POST /api/lab/logic/words` with a working copy: what its author may write. */
export interface LabWords {
  readonly fields: readonly { readonly name: string; readonly of: string; readonly title: string }[];
  readonly tables: readonly { readonly name: string; readonly keys: readonly string[] }[];
  readonly filters: readonly { readonly name: string; readonly kind: string; readonly arguments: string }[];
  readonly functions: readonly string[];
}
