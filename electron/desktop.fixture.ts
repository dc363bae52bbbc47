import { vi } from 'vitest';
import type { CoreState } from '#core/api/contracts/desktop.ts';
import type { CoreOptions, CoreProcess } from './core-process.ts';
import * as fake from './electron.fixture.ts';

/** The desktop as main.ts starts it, over the stand-in of Electron and a core that only answers. */
export interface Desktop {
  /** What was asked of core. */
  readonly asked: string[];
  readonly main: fake.BrowserWindow;
  /** What main.ts handed to core's process. */
  readonly options: CoreOptions;
  /** Turns core's state. */
  turn(state: CoreState): void;
  readonly restarts: () => number;
}

export const RECOVERY_KEY = Array.from({ length: 13 }, () => '00000').join('-');

/** Call it once in a file, after `vi.mock('electron', …)`. */
export async function startDesktop(): Promise<Desktop> {
  const asked: string[] = [];
  let options: CoreOptions | undefined;
  let state: CoreState = { state: 'starting' };
  let restarts = 0;
  const startCore = (given: CoreOptions): CoreProcess => {
    options = given;
    return {
      forward: async (request: Request) => {
        asked.push(`${request.method} ${request.url}`);
        return new Response('answered');
      },
      pid: () => undefined,
      state: () => state,
      restart: () => {
        restarts += 1;
      },
      recoveryKey: async () => RECOVERY_KEY,
      close: async () => undefined,
    };
  };
  vi.doMock('./core-process.ts', () => ({ startCore }));
  await import('./main.ts');
  await vi.waitFor(() => {
    if (fake.BrowserWindow.made.length === 0) throw new Error('no window yet');
  });
  const [main] = fake.BrowserWindow.made;
  if (!main || !options) throw new Error('the desktop did not start');
  const started = options;
  return {
    asked,
    main,
    options: started,
    turn(next) {
      state = next;
      started.onState?.(next);
    },
    restarts: () => restarts,
  };
}
