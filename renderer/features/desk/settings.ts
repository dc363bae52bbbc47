import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { SettingName, Settings } from '#core/api/contracts/desk.ts';
import { call } from '../../app/client.ts';
import { toastFailure } from '../../app/toast.tsx';

/**
 * A setting of the person who works here: shown at once as it was changed, put back when the workbench refuses it.
 * @returns undefined until it is read
 */
export function useSetting<T extends SettingName>(
  name: T,
): readonly [value: Settings[T] | undefined, change: (to: (before: Settings[T]) => Settings[T]) => void] {
  const queries = useQueryClient();
  const key = `/api/settings/${name}`;
  const { data } = useQuery({
    queryKey: [key],
    queryFn: () => call<Settings[T]>('GET', key),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = useCallback(
    (to: (before: Settings[T]) => Settings[T]) => {
      const before = queries.getQueryData<Settings[T]>([key]);
      if (before === undefined) return;
      const after = to(before);
      queries.setQueryData([key], after);
      call('PUT', key, after).catch((error: unknown) => {
        queries.setQueryData([key], before);
        toastFailure(error);
      });
    },
    [queries, key],
  );
  return [data, change];
}
