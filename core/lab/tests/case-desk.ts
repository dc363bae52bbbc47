import type { Configuration } from '#core/model/product.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';

/** The store in which a workbench runs cases: thrown away, never its own (PT8). */
export interface CaseDesks {
  /** Does work that needs such a store with a configuration in use; one after another, for each sets the store's clock. */
  with<T>(configuration: Configuration, work: (workbench: ThrowawayDesk) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long a store that nobody uses is kept, milliseconds: a run of many cases asks again and again. */
const IDLE = 30_000;

/** @param sandbox the workbench's plugin hosts, which the cases run in too */
export function caseDesks(sandbox: Sandbox): CaseDesks {
  let open: { readonly hash: string; readonly desk: ThrowawayDesk } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const drop = async (): Promise<void> => {
    clearTimeout(timer);
    const dropped = open;
    open = undefined;
    await dropped?.desk.close();
  };
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    with: (configuration, work) =>
      next(async () => {
        clearTimeout(timer);
        if (open?.hash !== configuration.hash) {
          await drop();
          const desk = await openThrowawayDesk(configuration, { documents: 'later', sandbox });
          open = { hash: configuration.hash, desk };
        }
        try {
          return await work(open.desk);
        } finally {
          timer = setTimeout(() => void next(drop), IDLE).unref();
        }
      }),
    close: () => next(drop),
  };
}
