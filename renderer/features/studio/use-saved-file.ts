import { skipToken, useQuery } from '@tanstack/react-query';
import type { FileContent } from '#core/api/contracts/studio.ts';
import { call, Refusal } from '../../app/client.ts';

/** A file of a version as it was saved: versions never change. No data where the version has no such file. */
export function useSavedFile(version: number, path: string | undefined) {
  return useQuery({
    queryKey: ['configuration', version, 'file', path],
    queryFn:
      path === undefined
        ? skipToken
        : ({ signal }): Promise<FileContent | null> =>
            call<FileContent>(
              'GET',
              `/api/configurations/${version}/file?path=${encodeURIComponent(path)}`,
              undefined,
              signal,
            ).catch((error: unknown) => {
              if (error instanceof Refusal && error.problem.code === 'not-found') return null;
              throw error;
            }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
