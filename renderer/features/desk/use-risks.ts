import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { DeskInfo, RiskList, RiskSummary } from '#core/api/contracts/desk.ts';
import { call } from '../../app/client.ts';
import { PAGE } from './query.ts';

/** Everything that shows risks asks under this key, so that one word makes all of it fresh. */
export const RISKS = 'risks';

export interface RiskWindow {
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  /** The risk at a place of the list; undefined while its page is on its way. */
  at(index: number): RiskSummary | undefined;
  readonly error: Error | null;
}

/** The part of the list between two places, a page at a time; pages that were seen stay. @param query see `listQuery` */
export function useRiskWindow(query: string, first: number, last: number): RiskWindow {
  const from = Math.floor(first / PAGE);
  const to = Math.floor(Math.max(first, last) / PAGE);
  const numbers = useMemo(() => Array.from({ length: to - from + 1 }, (_, i) => from + i), [from, to]);
  // The first page says how many there are, also while another part is in sight.
  const head = useQuery({ ...pageQuery(query, 0), placeholderData: keepPreviousData });
  const pages = useQueries({ queries: numbers.map((page) => pageQuery(query, page)) });
  const queries = useQueryClient();
  const fresh = head.isPlaceholderData ? undefined : head.data;
  const at = useCallback(
    (index: number): RiskSummary | undefined => {
      const page = Math.floor(index / PAGE);
      const known = queries.getQueryData<RiskList>([RISKS, query, page]);
      // While another question is on its way, the answer to the last one stays in sight.
      return (known ?? (page === 0 ? head.data : undefined))?.rows[index - page * PAGE];
    },
    [queries, query, head.data],
  );
  const error = head.error ?? pages.find((page) => page.error)?.error ?? null;
  return { total: (fresh ?? head.data)?.total, at, error };
}

function pageQuery(query: string, page: number) {
  return {
    queryKey: [RISKS, query, page],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchRisks(query, page * PAGE, PAGE, signal),
    staleTime: 10_000,
  };
}

export function fetchRisks(query: string, offset: number, limit: number, signal?: AbortSignal): Promise<RiskList> {
  return call<RiskList>('GET', `/api/risks?${query}&offset=${offset}&limit=${limit}`, undefined, signal);
}

/** Some risks by their locators, in that order; those that are gone are left out. */
export function useRisksNamed(locators: readonly string[]): readonly RiskSummary[] {
  const query = `locator=${locators.map(encodeURIComponent).join(',')}`;
  const { data } = useQuery({
    queryKey: [RISKS, query],
    queryFn: ({ signal }) => fetchRisks(query, 0, 100, signal),
    enabled: locators.length > 0,
    placeholderData: keepPreviousData,
  });
  return useMemo(
    () => locators.flatMap((locator) => data?.rows.find((risk) => risk.locator === locator) ?? []),
    [locators, data],
  );
}

export function useProducts() {
  return useQuery({ queryKey: ['products'], queryFn: () => call<ProductSummary[]>('GET', '/api/products') });
}

/** Names of products as people read them. */
export function useProductNames(): ReadonlyMap<string, string> {
  const { data } = useProducts();
  return useMemo(() => new Map((data ?? []).map(({ name, displayName }) => [name, displayName])), [data]);
}

export function useTimeZone(): string {
  const { data } = useQuery({
    queryKey: ['desk'],
    queryFn: () => call<DeskInfo>('GET', '/api/desk'),
    staleTime: 60_000,
  });
  return data?.timeZone ?? 'UTC';
}
