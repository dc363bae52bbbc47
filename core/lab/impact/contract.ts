/** What an impact says of a book (SPEC.md): amounts as decimal text, percentages as text, null where there is nothing to relate to. */

export interface ImpactSums {
  readonly count: number;
  readonly before: string;
  readonly after: string;
  /** Premium-weighted change. */
  readonly percent: string | null;
}
export interface ImpactBand extends ImpactSums {
  readonly kind: 'range' | 'same' | 'new';
  readonly from: number | null;
  readonly to: number | null;
}
export interface ImpactMover {
  readonly index: number;
  readonly key: string;
  readonly before: string;
  readonly after: string;
  readonly percent: string | null;
}
export interface ImpactFailure {
  readonly index: number;
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}
