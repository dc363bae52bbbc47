import type { ReactNode } from 'react';
import { createContext, use, useMemo, useRef, useState } from 'react';
import type { LabJob } from '#core/api/contracts/lab-jobs.ts';
import { call } from './client.ts';

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
  /**
   * Follows work that the workbench does by itself. It stands in the list when it takes longer than a moment.
   * @param begin asks for it. @returns its answer, undefined when it was cancelled. Throws what it failed with
   */
  follow<T>(title: string, begin: () => Promise<LabJob>): Promise<T | undefined>;
  /** Ends a job after the step that it is at: nothing is half done. */
  cancel(id: string): void;
  /** Takes an ended job out of the tray. */
  forget(id: string): void;
}

/** Milliseconds between two looks at what the workbench does by itself. */
const MOMENT = 400;

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
      async follow<T>(title: string, begin: () => Promise<LabJob>): Promise<T | undefined> {
        let status = await begin();
        const { id } = status;
        const address = `/api/lab/jobs/${id}`;
        let job: Job = { id, title, done: 0, total: 0, state: 'running', failures: [] };
        const show = (next: Partial<Job>): void => {
          job = { ...job, ...next };
          setList((before) =>
            before.some((other) => other.id === id)
              ? before.map((other) => (other.id === id ? job : other))
              : [...before, job],
          );
        };
        if (status.state === 'running') status = await call<LabJob>('GET', `${address}?wait=${MOMENT}`);
        while (status.state === 'running') {
          show({ done: status.done, total: status.total });
          status = cancelled.current.delete(id)
            ? await call<LabJob>('DELETE', address)
            : await call<LabJob>('GET', `${address}?wait=${MOMENT}`);
        }
        cancelled.current.delete(id);
        const { problem = '' } = status;
        if (status.state === 'cancelled') show({ state: 'cancelled' });
        // What was over in a moment needs no line: its answer is there.
        else if (job.total > 0 || status.state === 'failed')
          show({
            done: status.done,
            total: status.total,
            state: 'done',
            failures: status.state === 'failed' ? [{ what: title, why: problem }] : [],
          });
        else setList((before) => before.filter((other) => other.id !== id));
        return status.state === 'cancelled' ? undefined : call<T>('GET', `${address}/result`);
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
