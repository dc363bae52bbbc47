import type { ReactNode } from 'react';
import { createContext, use, useEffect, useMemo, useState } from 'react';
import type { RiskForm } from './form.ts';

/** What was typed into a risk and not saved yet. */
export interface WorkingCopy {
  readonly form: RiskForm;
  /** The saved version that it was made from (`updatedTimestamp`); empty for a new quote. */
  readonly base: string;
  readonly address: string;
}
export interface WorkingCopies {
  get(key: string): WorkingCopy | undefined;
  keep(key: string, copy: WorkingCopy): void;
  drop(key: string): void;
}

const Context = createContext<WorkingCopies | undefined>(undefined);

/**
 * Keeps what is not saved when somebody opens another screen, and asks before the window closes over it. In memory only: what was
 * not saved holds personal data and must not lie unencrypted on the disk.
 */
export function WorkingCopiesProvider({ children }: { readonly children: ReactNode }) {
  const [kept] = useState(() => new Map<string, WorkingCopy>());
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if (kept.size > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [kept]);
  const copies = useMemo<WorkingCopies>(
    () => ({
      get: (key) => kept.get(key),
      keep: (key, copy) => void kept.set(key, copy),
      drop: (key) => void kept.delete(key),
    }),
    [kept],
  );
  return <Context value={copies}>{children}</Context>;
}

export function useWorkingCopies(): WorkingCopies {
  const copies = use(Context);
  if (!copies) throw new Error('useWorkingCopies needs a WorkingCopiesProvider around it');
  return copies;
}
