import { useCallback, useEffect, useRef, useState } from 'react';
import type { ImpactBook, ImpactRun, ImpactSide, StartImpact } from '#core/api/contracts/lab-impact.ts';
import { call } from '../../../app/client.ts';

export interface ImpactSettings {
  readonly product: string;
  readonly before: ImpactSide;
  readonly after: ImpactSide;
  readonly book: Exclude<ImpactBook, { kind: 'loaded' }>;
}
export interface ImpactWork {
  /** The one that was started last. */
  readonly run: ImpactRun | undefined;
  /** The last one that came to its end: its result stays on the screen while a newer one runs. */
  readonly done: ImpactRun | undefined;
  readonly failure: Error | undefined;
  start(settings: ImpactSettings): void;
  cancel(): void;
}

const WAIT = 400;
const isOver = ({ state }: ImpactRun): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

/** Impacts one after another: the newest wins, whatever was running for an older one is ended, and a book is loaded once. */
export function useImpact(): ImpactWork {
  const [run, setRun] = useState<ImpactRun>();
  const [done, setDone] = useState<ImpactRun>();
  const [failure, setFailure] = useState<Error>();
  const newest = useRef(0);
  const running = useRef<string>(undefined);
  const loaded = useRef<{ readonly product: string; readonly of: ImpactSettings['book']; readonly book: string }>(
    undefined,
  );

  const start = useCallback((settings: ImpactSettings): void => {
    newest.current += 1;
    const mine = newest.current;
    const isNewest = (): boolean => mine === newest.current;
    const follow = async (): Promise<void> => {
      const { current: known } = loaded;
      const again = known?.of === settings.book && known.product === settings.product;
      const body: StartImpact = {
        ...settings,
        book: again ? { kind: 'loaded', book: known.book } : settings.book,
        ...(running.current === undefined ? {} : { replaces: running.current }),
      };
      let state = await call<ImpactRun>('POST', '/api/lab/impact/runs', body);
      if (!isNewest()) {
        await call('DELETE', `/api/lab/impact/runs/${state.id}`);
        return;
      }
      running.current = state.id;
      setRun(state);
      while (!isOver(state)) {
        state = await call<ImpactRun>('GET', `/api/lab/impact/runs/${state.id}?wait=${WAIT}`);
        if (state.book !== undefined)
          loaded.current = { product: settings.product, of: settings.book, book: state.book };
        if (!isNewest()) return;
        setRun(state);
      }
      if (state.state === 'done') setDone(state);
      // The book may have been let go of: the next run loads it again.
      else if (state.state === 'failed') loaded.current = undefined;
      setFailure(state.problem === undefined ? undefined : new Error(state.problem));
    };
    follow().catch((error: unknown) => {
      if (isNewest()) setFailure(error instanceof Error ? error : new Error(String(error)));
    });
  }, []);

  const cancel = useCallback((): void => {
    if (running.current !== undefined)
      call('DELETE', `/api/lab/impact/runs/${running.current}`).catch((error: Error) => setFailure(error));
  }, []);

  // Who leaves the screen waits for nothing any more.
  useEffect(
    () => () => {
      newest.current += 1;
      if (running.current !== undefined)
        void call('DELETE', `/api/lab/impact/runs/${running.current}`).catch(() => undefined);
    },
    [],
  );
  return { run, done, failure, start, cancel };
}
