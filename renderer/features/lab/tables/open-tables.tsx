import type { ReactNode } from 'react';
import { createContext, use, useEffect, useState } from 'react';
import type { Changes } from '#core/api/contracts/studio.ts';
import type { TableSession } from './session.ts';

/** The tables that are open, by product and path: edits that nobody saved live as long as the window. */
export type OpenTables = Map<string, TableSession>;

const Context = createContext<OpenTables | undefined>(undefined);

/** Keeps open tables when another screen is looked at, and asks before the window closes over edits. */
export function OpenTablesProvider({ children }: { readonly children: ReactNode }) {
  const [open] = useState<OpenTables>(() => new Map());
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if ([...open.values()].some(({ isEdited }) => isEdited)) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [open]);
  return <Context value={open}>{children}</Context>;
}

export function useOpenTables(): OpenTables {
  const open = use(Context);
  if (!open) throw new Error('useOpenTables needs an OpenTablesProvider around it');
  return open;
}

/** What the open tables of a product say that nobody saved, by path: of those that are edits of this version. */
export function unsavedTables(open: OpenTables, product: string, version: number): Changes {
  const edited = [...open].filter(
    ([key, { isEdited, base }]) => isEdited && base === version && key.startsWith(`${product} `),
  );
  return Object.fromEntries(edited.map(([, { info, table }]) => [info.path, table.toText()]));
}
