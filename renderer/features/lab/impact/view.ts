import type { ImpactBand } from '#core/api/contracts/lab-impact.ts';
import { number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';

/** How the reader wants the result cut up. */
export interface ImpactView {
  readonly taxes: boolean;
  readonly fees: boolean;
  readonly movers: 'amount' | 'percent';
  readonly by: string;
  readonly and: string;
  readonly cap: string;
  readonly floor: string;
}
export const FIRST_VIEW: ImpactView = {
  taxes: false,
  fees: false,
  movers: 'amount',
  by: '',
  and: '',
  cap: '',
  floor: '',
};

/** The view as the query of a request; what is empty is left out. */
export function viewQuery(view: ImpactView, more: Readonly<Record<string, string>> = {}): string {
  const members = Object.entries({ ...view, ...more }).map(([name, value]) => [name, String(value)] as const);
  return new URLSearchParams(
    members.filter(([, value]) => value !== '' && value !== 'false').map((pair) => [...pair]),
  ).toString();
}

/** A percentage with its sign in the reader's notation, at most two decimals. */
export function percent(value: string | number | null): string {
  if (value === null) return '–';
  const rounded = (Math.round(Number(value) * 100) / 100).toString();
  return `${Number(rounded) > 0 ? '+' : ''}${number(rounded)} %`;
}

export function bandName({ kind, from, to }: ImpactBand): string {
  const names = text.labImpact;
  if (kind === 'same') return names.unchanged;
  if (kind === 'new') return names.fresh;
  if (from === null) return to === null ? names.unchanged : names.below(percent(to));
  return to === null ? names.above(percent(from)) : names.between(percent(from), percent(to));
}
