import type { ListFilters } from '#core/api/contracts/desk.ts';

/** Rows that are asked for at once. */
export const PAGE = 100;

/** What the list shows and in which order. */
export interface ListState {
  readonly filters: ListFilters;
  /** A column, `-` before it for descending. */
  readonly sort: string;
}
export const NO_FILTERS: ListFilters = {};
export const NEWEST = '-updated';

/** The query of `GET /api/risks`, always in the same order, so that it names what was asked. */
export function listQuery({ filters, sort }: ListState): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') query.set(name, value);
  };
  set('q', filters.q?.trim());
  set('stage', filters.stage?.join(','));
  set('state', filters.state?.join(','));
  set('product', filters.product?.join(','));
  set('decision', filters.decision?.join(','));
  set('from', filters.from);
  set('to', filters.to);
  set('sort', sort);
  return query.toString();
}

/** Whether anything narrows the list. */
export function isFiltered({ q, stage, state, product, decision, from, to }: ListFilters): boolean {
  const text = [q?.trim(), from, to].some((value) => value !== undefined && value !== '');
  return text || [stage, state, product, decision].some((list) => list !== undefined && list.length > 0);
}
