import type { ReactNode } from 'react';
import { createContext, use, useMemo, useRef, useState } from 'react';

/** Work of many steps that goes on while somebody does something else; each step is a command of its own. */
export interface Job {
  readonly id: string;
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly state: 'running' | 'done' | 'cancelled';
  /** Steps that did not work, with why; the others are not held up. */
  readonly failures: readonly { readonly what: string; readonly why: string }[];
}
export interface Jobs {
  readonly list: readonly Job[];
  /** Runs the steps one after another. @returns the job when it ended, however it ended */
  run<T>(
    title: string,
    items: readonly T[],
    name: (item: T) => string,
    step: (item: T) => Promise<unknown>,
  ): Promise<Job>;
  /** Ends a job after the step that it is at: nothing is half done. */
  cancel(id: string): void;
  /** Takes an ended job out of the tray. */
  forget(id: string): void;
}

const Context = createContext<Jobs | undefined>(undefined);

export function JobsProvider({ children }: { readonly children: ReactNode }) {
  const [list, setList] = useState<readonly Job[]>([]);
  const cancelled = useRef(new Set<string>());
  const actions = useMemo<Omit<Jobs, 'list'>>(
    () => ({
      async run(title, items, name, step) {
        let job: Job = { id: crypto.randomUUID(), title, done: 0, total: items.length, state: 'running', failures: [] };
        setList((before) => [...before, job]);
        const change = (next: Partial<Job>): void => {
          job = { ...job, ...next };
          setList((before) => before.map((other) => (other.id === job.id ? job : other)));
        };
        for (const item of items) {
          if (cancelled.current.has(job.id)) break;
          try {
            await step(item);
          } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            change({ failures: [...job.failures, { what: name(item), why }] });
          }
          change({ done: job.done + 1 });
        }
        change({ state: cancelled.current.delete(job.id) && job.done < job.total ? 'cancelled' : 'done' });
        return job;
      },
      cancel: (id) => void cancelled.current.add(id),
      forget: (id) => setList((before) => before.filter((job) => job.id !== id)),
    }),
    [],
  );
  const jobs = useMemo(() => ({ ...actions, list }), [actions, list]);
  return <Context value={jobs}>{children}</Context>;
}

export function useJobs(): Jobs {
  const jobs = use(Context);
  if (!jobs) throw new Error('useJobs needs a JobsProvider around it');
  return jobs;
}
