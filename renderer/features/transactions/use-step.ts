import { useMutation } from '@tanstack/react-query';
import type { TransactionResponse } from '#core/api/contracts/transactions.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { useRefresh } from './queries.ts';
import { type Step, stepPath } from './steps.ts';

interface Taken {
  readonly kind: string;
  readonly locator: string;
  readonly step: Exclude<Step, 'open'>;
}

/** Takes a saved transaction a step further; what the guidelines do not accept ends declined, which the answer says. */
export function useStep() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ kind, locator, step }: Taken) =>
      call<TransactionResponse>('PATCH', stepPath(kind, locator, step), {}),
    onSuccess: async ({ state }, { step }) => {
      await refresh();
      toast(state === 'declined' ? text.transactions.screen.declined : text.transactions.done[step]);
    },
  });
}
