import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProductForm } from '#core/api/contract.ts';
import type { ProductLifecycle } from '#core/api/contracts/transactions.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { call } from '../../app/client.ts';

export type Transaction = TimelineResponse['transactions'][number];

export function useTimeline(policyLocator: string) {
  return useQuery({
    queryKey: ['timeline', policyLocator],
    queryFn: () => call<TimelineResponse>('GET', `/api/policies/${encodeURIComponent(policyLocator)}/timeline`),
  });
}

/** What the configuration lets happen to a policy of this product version. */
export function useLifecycle({ name, configVersion }: ProductForm) {
  return useQuery({
    queryKey: ['lifecycle', name, configVersion],
    queryFn: () =>
      call<ProductLifecycle>(
        'GET',
        `/api/products/${encodeURIComponent(name)}/lifecycle?configVersion=${configVersion}`,
      ),
    staleTime: 300_000,
  });
}

/** After something was done to a policy everything that shows it is asked anew; what failed stays in sight. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return () =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] !== 'failure' && queryKey[0] !== 'transaction-preview',
    });
}
