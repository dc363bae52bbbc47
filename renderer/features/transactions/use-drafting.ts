import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TransactionResponse } from '#core/api/contracts/transactions.ts';
import { call } from '../../app/client.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import type { PolicyAction } from './allowed.ts';
import { useRefresh } from './queries.ts';
import { KIND_OF, type Step, stepPath } from './steps.ts';

export type DraftingStep = 'save' | Exclude<Step, 'open'>;

interface Drafting {
  readonly policy: string;
  readonly action: PolicyAction;
  /** Of the transaction that is saved; absent: a new one. */
  readonly saved: string | undefined;
  /** Something was changed since it was saved. */
  readonly dirty: boolean;
  /** Saves the draft. @returns its locator */
  readonly save: () => Promise<string>;
  /** What was typed is saved or given up, and the screen shows what is stored. */
  readonly onKept: () => void;
}

interface Taken {
  readonly locator: string;
  readonly state: string;
  /** The draft was made or changed by it. */
  readonly made: boolean;
  /** Nothing is left to do on this screen. */
  readonly ended: boolean;
}

/**
 * What can be done with a transaction on its screen. Every step saves the draft first: when a step fails the draft is there all the
 * same, its screen opens and says why; nothing is half done.
 */
export function useDrafting({ policy, action, saved, dirty, save, onKept }: Drafting) {
  const queries = useQueryClient();
  const refresh = useRefresh();
  const kind = KIND_OF[action];
  const failure = useQuery<Error | null>({
    queryKey: ['failure', saved ?? ''],
    queryFn: skipToken,
    initialData: null,
  });
  const act = (locator: string, step: Exclude<Step, 'open'>) =>
    call<TransactionResponse>('PATCH', stepPath(kind, locator, step), {});
  const undoDraft = (locator: string): void => {
    act(locator, 'discard').then(refresh, toastFailure);
  };
  const step = useMutation({
    mutationFn: async (next: DraftingStep): Promise<Taken> => {
      queries.removeQueries({ queryKey: ['failure'] });
      const leaves = next === 'discard' || next === 'invalidate';
      const made = saved === undefined || (dirty && !leaves);
      const locator = made ? await save() : saved;
      if (next === 'save') return { locator, state: 'saved', made: saved === undefined, ended: false };
      try {
        const { state } = await act(locator, next);
        return { locator, state, made, ended: leaves || state === 'issued' };
      } catch (error) {
        if (!made) throw error;
        queries.setQueryData(['failure', locator], error);
        return { locator, state: 'failed', made, ended: false };
      }
    },
    onSuccess: async ({ locator, state, made, ended }, next) => {
      if (ended) go({ screen: 'policy', locator: policy, tab: 'timeline' });
      else go({ screen: 'transaction', policy, action, transaction: locator });
      await refresh();
      onKept();
      if (state === 'saved') toast(text.transactions.screen.saved, made ? () => undoDraft(locator) : undefined);
      else if (state === 'declined') toast(text.transactions.screen.declined);
      else if (state !== 'failed' && next !== 'save') toast(text.transactions.done[next]);
    },
  });
  // While a step is taken, and after the last one, there is nothing to preview: the policy itself is changing.
  return { step, error: step.error ?? failure.data, paused: step.isPending || step.data?.ended === true };
}
