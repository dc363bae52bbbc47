import type { CoreState } from '#core/api/contracts/desktop.ts';
import { afterEnd } from './back-off.ts';
import { type ChildOptions, type CoreChild, type CoreEnd, type Met, startChild } from './core-child.ts';
import { forwardTo } from './forward.ts';
import { answerLocked } from './recovery-page.ts';

export interface CoreProcess {
  /** Forwards a request of the window to core and brings its answer back, streamed. Starts core where it never ran. */
  readonly forward: (request: Request) => Promise<Response>;
  /** The process that runs now. */
  readonly pid: () => number | undefined;
  readonly state: () => CoreState;
  /** Starts core again that was given up. */
  readonly restart: () => void;
  /** The recovery key, for printing. Rejects while the data is not open. */
  readonly recoveryKey: () => Promise<string>;
  /** Lets core end what it does and close its store. */
  readonly close: () => Promise<void>;
}
export interface CoreOptions extends ChildOptions {
  /** What has to hold before core first runs. Rejects with a sentence for the user. */
  readonly prepare?: () => Promise<void>;
  readonly onState?: (state: CoreState) => void;
  readonly onEnd: (end: CoreEnd) => void;
  /** Milliseconds; default the machine's. */
  readonly now?: () => number;
}

/**
 * Keeps core running: a core that ends is started again at once, and requests wait for it. One that keeps ending is given up with its
 * reason (back-off.ts), as is one that says itself why it can not open: the next start would say the same.
 */
export function startCore(options: CoreOptions): CoreProcess {
  const now = options.now ?? Date.now;
  let state: CoreState = { state: 'starting' };
  let current: Promise<CoreChild> | undefined;
  let child: CoreChild | undefined;
  let quickEnds = 0;
  let closing = false;
  let everReady = false;

  const turn = (next: CoreState): void => {
    state = next;
    options.onState?.(next);
  };
  const launch = (): CoreChild => {
    const started = now();
    child = startChild(options, {
      onMet(met) {
        if ('address' in met) everReady = true;
        turn('address' in met ? { state: 'ready', key: met.key } : { state: 'locked', reason: met.locked });
      },
      onEnd(end) {
        child = undefined;
        current = undefined;
        if (closing) return;
        const after = end.explained || !everReady ? 'stop' : afterEnd(quickEnds, now() - started);
        if (after === 'stop') turn({ state: 'stopped', reason: end.reason });
        else {
          quickEnds = after.quickEnds;
          turn({ state: 'restarting', reason: end.reason });
          current = pause(after.wait).then(launchUnlessClosing);
          current.catch(() => undefined); // told to the requests that wait for it
        }
        options.onEnd(end);
      },
    });
    return child;
  };
  const begin = async (): Promise<CoreChild> => {
    try {
      await options.prepare?.();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      turn({ state: 'stopped', reason });
      options.onEnd({ wasReady: false, reason, explained: true });
      throw error;
    }
    return launchUnlessClosing();
  };
  const launchUnlessClosing = (): CoreChild => {
    if (closing) throw new Error(CLOSING);
    return launch();
  };

  const meet = async (): Promise<{ running: CoreChild; met: Met }> => {
    if (closing) throw new Error(CLOSING);
    if (state.state === 'stopped') throw new Error(state.reason);
    current ??= begin();
    const running = await current;
    return { running, met: await running.meet() };
  };

  return {
    async forward(request) {
      const { running, met } = await meet();
      if ('locked' in met) return answerLocked(request, met.locked, running.recover);
      try {
        return await forwardTo(met.address, request);
      } catch (error) {
        const ended = await Promise.race([running.ended.then(() => true), pause(PATIENCE)]);
        if (!ended || closing || request.signal.aborted) throw error;
        if (state.state === 'stopped') throw new Error(state.reason);
        // Whether a change was made nobody can tell from here; what only reads is asked again.
        if (request.method !== 'GET' && request.method !== 'HEAD') throw new Error(INTERRUPTED);
        const again = await meet();
        return 'locked' in again.met
          ? answerLocked(request, again.met.locked, again.running.recover)
          : forwardTo(again.met.address, request);
      }
    },
    pid: () => child?.pid,
    state: () => state,
    restart() {
      if (closing || state.state !== 'stopped') return;
      quickEnds = 0;
      turn({ state: 'restarting', reason: state.reason });
      current = begin();
      current.catch(() => undefined); // told to the requests that wait for it
    },
    async recoveryKey() {
      if (!child) throw new Error('The data is not open.');
      return child.recoveryKey();
    },
    async close() {
      closing = true;
      await child?.close();
    },
  };
}

const CLOSING = 'Fieldwriter is closing';
const INTERRUPTED =
  'The workbench was interrupted and starts again. Look whether this step was done before you repeat it.';
/** How long a lost connection may stand for an end that was not heard of yet, milliseconds. */
const PATIENCE = 2_000;

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
