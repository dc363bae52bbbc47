import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LabLogicRun, LabRisk, LabWords } from '#core/api/contracts/lab-logic.ts';
import type { StoredRisk } from '#core/api/contracts/studio.ts';
import { call } from '../../../app/client.ts';
import type { SettledCopy } from '../../studio/use-checked.ts';

/** What the logic as it was typed makes of a risk, and the same of the saved version to compare with. */
export function useLogicRun(product: string, copy: SettledCopy, risk: LabRisk | undefined) {
  const { base, commit, changes, revision } = copy;
  const ask = (with_: SettledCopy['changes']) => (context: { readonly signal: AbortSignal }) =>
    call<LabLogicRun>('POST', '/api/lab/logic/run', { base, changes: with_, product, risk }, context.signal);
  const now = useQuery({
    queryKey: ['lab', 'logic', commit, revision, product, risk],
    queryFn: ask(changes),
    enabled: risk !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    retry: false,
  });
  const saved = useQuery({
    queryKey: ['lab', 'logic', commit, 'saved', product, risk],
    queryFn: ask({}),
    enabled: risk !== undefined && Object.keys(changes).length > 0,
    gcTime: 60_000,
    retry: false,
  });
  return { now, saved };
}

export function useWords(product: string, { base, commit, changes, revision }: SettledCopy) {
  return useQuery({
    queryKey: ['lab', 'words', commit, revision, product],
    queryFn: ({ signal }) => call<LabWords>('POST', '/api/lab/logic/words', { base, changes, product }, signal),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    retry: false,
  });
}

export function useStoredRisks(product: string) {
  return useQuery({
    queryKey: ['studio', 'risks', product],
    queryFn: () => call<StoredRisk[]>('GET', `/api/studio/products/${encodeURIComponent(product)}/risks?limit=50`),
  });
}
