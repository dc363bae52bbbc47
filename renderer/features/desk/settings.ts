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
): readonly [value: Settings[T] | undefined, change: (to: (before: Settings[T]) => Settings[T]) => Promise<void>] {
  const queries = useQueryClient();
  const key = `/api/settings/${name}`;
  const { data } = useQuery(settingQuery<T>(key));
  const change = useCallback(
    async (to: (before: Settings[T]) => Settings[T]) => {
      try {
        // What is changed before it was read is read first.
        const before = await queries.ensureQueryData(settingQuery<T>(key));
        const after = to(queries.getQueryData<Settings[T]>([key]) ?? before);
        queries.setQueryData([key], after);
        try {
          await call('PUT', key, after);
        } catch (error) {
          queries.setQueryData([key], before);
          throw error;
        }
      } catch (error) {
        toastFailure(error);
      }
    },
    [queries, key],
  );
  return [data, change];
}

function settingQuery<T extends SettingName>(key: string) {
  return {
    queryKey: [key],
    queryFn: () => call<Settings[T]>('GET', key),
    staleTime: Number.POSITIVE_INFINITY,
  };
}
