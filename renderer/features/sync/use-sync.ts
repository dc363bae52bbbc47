import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { SyncStatus } from '#core/api/contracts/sync.ts';
import { call } from '../../app/client.ts';
import { useJobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';

export const SYNC = 'sync';
const STATUS = [SYNC, 'status'] as const;
/** The workbench answers as soon as anything changed; a change between two questions is seen at the latest then, milliseconds. */
const WAIT = 2_000;
const BETWEEN = 200;
const AFTER_FAILURE = 5_000;
const CALM = 500;

/** Where replication stands, as it changes. */
export function useSync() {
  return useQuery(useStatusQuery());
}

function useStatusQuery() {
  const queries = useQueryClient();
  return {
    queryKey: STATUS,
    queryFn: ({ signal }: { signal: AbortSignal }) => {
      const known = queries.getQueryState(STATUS)?.status === 'success';
      return call<SyncStatus>('GET', known ? `/api/sync?wait=${WAIT}` : '/api/sync', undefined, signal);
    },
    refetchInterval: (query: { readonly state: { readonly status: string } }) =>
      query.state.status === 'error' ? AFTER_FAILURE : BETWEEN,
  };
}

/** Draws anew what others changed, once it is applied here. Mounted once, in the frame. */
export function useOthersWork(status: SyncStatus | undefined): void {
  const queries = useQueryClient();
  const known = useRef(status?.position);
  const planned = useRef<number>(undefined);
  const position = status?.position;
  useEffect(() => {
    const moved = known.current !== undefined && position !== undefined && position !== known.current;
    known.current = position;
    // A fetch of thousands of entries draws the screens now and then, not thousands of times.
    if (!moved || planned.current !== undefined) return;
    planned.current = window.setTimeout(() => {
      planned.current = undefined;
      void queries.invalidateQueries({ predicate: ({ queryKey }) => !KEPT.has(String(queryKey[0])) });
    }, CALM);
  }, [queries, position]);
  useEffect(() => () => window.clearTimeout(planned.current), []);
}
/** Asked by themselves, or only this screen's own. */
const KEPT: ReadonlySet<string> = new Set([SYNC, 'session', 'failure', 'price']);

/** A command of replication; its answer is the state that the screens show next. */
export function useSyncCommand<Body = void>(method: 'POST' | 'PUT', path: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: Body) => {
      // An older answer that is still under way would be shown after the newer one.
      await queries.cancelQueries({ queryKey: STATUS });
      return call<SyncStatus>(method, path, body ?? {});
    },
    onSuccess: (status) => {
      queries.setQueryData(STATUS, status);
      return queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === SYNC && queryKey[1] !== 'status',
      });
    },
  });
}

/** One round of replication, in the job tray; who closes the screen leaves it running. */
export function useSyncNow() {
  const jobs = useJobs();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const words = text.sync.state;
      const round = async (): Promise<void> => {
        let status = await call<SyncStatus>('POST', '/api/sync/now', {});
        while (!isOver(status)) {
          status = await call<SyncStatus>('GET', `/api/sync?wait=${WAIT}`);
          queries.setQueryData(STATUS, status);
        }
        const failure = status.blocked ?? (isFailed(status) ? status.lastFailure : null);
        if (failure) throw new Error(failure.message);
      };
      const { failures } = await jobs.run(
        words.syncing,
        [round],
        () => words.now,
        (step) => step(),
      );
      const [failed] = failures;
      if (failed) throw new Error(failed.why);
      toast(words.done);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [SYNC] }),
  });
}

function isOver({ activity }: SyncStatus): boolean {
  return activity.phase === 'waiting' || activity.phase === 'off' || activity.phase === 'blocked';
}

/** Whether the last that is known of the cloud is that it could not be reached. */
export function isFailed({ lastFailure, lastSuccess }: SyncStatus): boolean {
  return lastFailure !== null && lastFailure.at > (lastSuccess ?? 0);
}
