import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TransactionPreview } from '#core/api/contracts/transactions.ts';
import type { FieldError } from '#core/model/problem.ts';
import { call, Refusal } from '../../app/client.ts';

/** Milliseconds without a key until the price is asked for. */
const PAUSE = 150;

/** What a transaction that nobody has made would do, while it is typed. @param body of the preview; undefined: nothing to ask yet @param paused what is shown stays, and nothing is asked */
export function usePreview(policy: string, body: object | undefined, paused: boolean) {
  const wanted = body === undefined ? '' : JSON.stringify(body);
  const [settled] = useDebouncedValue(wanted, PAUSE);
  const query = useQuery({
    queryKey: ['transaction-preview', policy, settled],
    queryFn: ({ signal }) =>
      call<TransactionPreview>('POST', `/api/policies/${policy}/preview`, JSON.parse(settled), signal),
    placeholderData: keepPreviousData,
    enabled: settled !== '' && wanted !== '' && !paused,
    gcTime: 60_000,
  });
  const shown = wanted === '' ? undefined : query.data;
  const problem = query.error instanceof Refusal ? query.error.problem : undefined;
  const faults: readonly FieldError[] = wanted === '' ? [] : (problem?.fieldErrors ?? []);
  return {
    preview: shown,
    /** What is shown is not what is typed any more. */
    pending: wanted !== settled || query.isFetching,
    faults,
    /** What is wrong beside single fields. */
    error: wanted === '' || faults.length > 0 ? null : query.error,
  };
}
