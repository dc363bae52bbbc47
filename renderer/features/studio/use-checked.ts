import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Changes, CheckAnswer, StudioForm } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import type { WorkingCopy } from './use-working-copy.ts';

/** A working copy as it stood when nobody had typed for a moment: what checks and previews are asked about. */
export interface SettledCopy {
  readonly base: number;
  readonly commit: string;
  readonly changes: Changes;
  readonly revision: number;
}

const MOMENT = 300;

/** What the workbench says of a working copy, a moment after the last key; an answer that is overtaken is dropped. */
export function useChecked(
  of: { readonly base: number; readonly commit: string; readonly product: string },
  copy: WorkingCopy,
) {
  const { base, commit, product } = of;
  // The same object until something changes: a new one would start the wait again.
  const current = useMemo(() => ({ changes: copy.changes, revision: copy.revision }), [copy.changes, copy.revision]);
  const [settled] = useDebouncedValue(current, MOMENT);
  const { changes, revision } = settled;
  const shared = { placeholderData: keepPreviousData, gcTime: 10_000 } as const;
  const check = useQuery({
    queryKey: ['studio', 'check', commit, revision],
    queryFn: ({ signal }) => call<CheckAnswer>('POST', '/api/studio/check', { base, changes }, signal),
    ...shared,
  });
  const form = useQuery({
    queryKey: ['studio', 'form', commit, revision, product],
    queryFn: ({ signal }) => call<StudioForm>('POST', '/api/studio/form', { base, changes, product }, signal),
    gcTime: 10_000,
  });
  return {
    settled: { base, commit, changes, revision } satisfies SettledCopy,
    diagnostics: check.data?.diagnostics ?? NONE,
    /** Something was typed that the findings do not know yet. */
    checking: check.isFetching || revision !== copy.revision,
    checkFailed: check.error,
    form,
  };
}

const NONE: CheckAnswer['diagnostics'] = [];
