import type { Order, ProgramText, Report } from '../messages.ts';
import { guestRuntimeSource } from './modules.ts';
import { ProgramIsolate } from './program-isolate.ts';

// A plugin host: runs guest code in isolates, one piece of work at a time, for the pool that started it (SPEC.md).

const PROGRAMS_KEPT = 3;

type RunOrder = Extract<Order, { type: 'run' }>;
interface Kept {
  readonly program: ProgramText;
  isolate: ProgramIsolate;
}

function serve(): void {
  const runtime = guestRuntimeSource();
  /** By program and memory limit, least recently used first. */
  const kept = new Map<string, Kept>();
  const told = new Map<number, (text: string) => void>();
  let lastTicket = 0;
  let programArrived: (program: ProgramText) => void = () => undefined;

  const report = (message: Report): void => {
    process.send?.(message);
  };
  const ask = (what: 'entity' | 'auxData', a: string, b: string): Promise<string> =>
    new Promise((resolve) => {
      lastTicket += 1;
      told.set(lastTicket, resolve);
      report({ type: 'ask', ticket: lastTicket, what, a, b });
    });
  const keyOf = ({ hash, limits }: RunOrder): string => `${hash} ${limits.memory}`;

  /** The isolate of an order's program with all that its work needs, loaded where it is not there yet. */
  const isolateFor = async (order: RunOrder): Promise<ProgramIsolate> => {
    const key = keyOf(order);
    let found = kept.get(key);
    if (found?.isolate.knows(order.work)) {
      kept.delete(key);
      kept.set(key, found);
      return found.isolate;
    }
    report({ type: 'loading' });
    if (!found) {
      const arrival = new Promise<ProgramText>((resolve) => {
        programArrived = resolve;
      });
      report({ type: 'need-program' });
      const program = await arrival;
      found = { program, isolate: await ProgramIsolate.load(program, order.limits.memory, runtime, ask) };
      kept.set(key, found);
      for (const [oldest, { isolate }] of kept) {
        if (kept.size <= PROGRAMS_KEPT) break;
        kept.delete(oldest);
        isolate.dispose();
      }
    }
    await found.isolate.learn(order.work);
    report({ type: 'loaded' });
    return found.isolate;
  };

  /** After an answer: makes ready for the next work, with a new isolate where the last guest spoilt its own. */
  const rest = async (order: RunOrder): Promise<void> => {
    told.clear();
    const key = keyOf(order);
    const used = kept.get(key);
    try {
      if (!used || used.isolate.rest()) return;
      used.isolate.dispose();
      used.isolate = await ProgramIsolate.load(used.program, order.limits.memory, runtime, ask);
    } catch {
      // The next run loads the program anew, and reports why that fails.
      kept.delete(key);
    }
  };

  const run = async (order: RunOrder): Promise<void> => {
    try {
      const isolate = await isolateFor(order);
      const answer = await isolate.run(order.work, order.context, order.limits);
      report({ type: 'answer', answer });
    } catch (error) {
      kept.get(keyOf(order))?.isolate.dispose();
      kept.delete(keyOf(order));
      const message = `The program could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
      report({ type: 'answer', answer: { ok: false, code: 'plugin-failed', message, record: '' } });
    }
    await rest(order);
    report({ type: 'ready' });
  };

  process.on('message', (order: Order) => {
    if (order.type === 'run') void run(order);
    else if (order.type === 'program') programArrived(order.program);
    else told.get(order.ticket)?.(order.text);
  });
  process.on('disconnect', () => process.exit(0));
  report({ type: 'ready' });
}

serve();
