import { useQuery } from '@tanstack/react-query';
import type { ProductForm } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import type { StoredRisk } from './use-risk.ts';

/** A stored risk with its policyholder. */
export function useStoredRisk(locator: string) {
  return useQuery({
    queryKey: ['policy', locator],
    queryFn: async (): Promise<StoredRisk> => {
      const policy = await call<PolicyResponse>('GET', `/policy/${encodeURIComponent(locator)}`);
      const policyholder = await call<PolicyholderResponse>('GET', `/policyholder/${policy.policyholderLocator}`);
      return { policy, policyholder };
    },
  });
}

/** What forms need of a product, in the newest version or in one. */
export function useProduct(name: string | undefined, version?: number) {
  return useQuery({
    queryKey: ['product', name, version],
    queryFn: () =>
      call<ProductForm>(
        'GET',
        `/api/products/${encodeURIComponent(name ?? '')}${version === undefined ? '' : `?configVersion=${version}`}`,
      ),
    enabled: name !== undefined,
    staleTime: 30_000,
  });
}
