import { useQuery } from '@tanstack/react-query';
import type { ProductForm, StoredRisk } from '#core/api/contract.ts';
import { call } from '../../app/client.ts';

/** A stored risk with its policyholder. */
export function useStoredRisk(locator: string) {
  return useQuery({
    queryKey: ['policy', locator],
    queryFn: () => call<StoredRisk>('GET', `/api/policies/${encodeURIComponent(locator)}/risk`),
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
