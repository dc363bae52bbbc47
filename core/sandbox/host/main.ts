import type { Order, ProgramText, Report } from '../messages.ts';
import { guestRuntimeSource } from './modules.ts';
import { ProgramIsolate } from './program-isolate.ts';

// A plugin host: runs guest code in isolates, one piece of work at a time, for the pool that started it (SPEC.md).

const PROGRAMS_KEPT = 3;

type RunOrder = Extract<Order, { type: 'run' }>;

function serve(): void {
  const runtime = guestRuntimeSource();
  /** Least recently used first, by program and memory limit. */
  const isolates = new Map<string, { readonly program: ProgramText; isolate: Promise<ProgramIsolate> }>();
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
  const load = (program: ProgramText, memory: number): Promise<ProgramIsolate> =>
    ProgramIsolate.load(program, memory, runtime, ask);

  const isolateFor = async (order: RunOrder): Promise<ProgramIsolate> => {
    const key = `${order.hash} ${order.limits.memory}`;
    const known = isolates.get(key);
    if (known) {
      isolates.delete(key);
      isolates.set(key, known);
      return known.isolate;
    }
    const program = await new Promise<ProgramText>((resolve) => {
      programArrived = resolve;
      report({ type: 'need-program' });
    });
    const isolate = await load(program, order.limits.memory);
    isolates.set(key, { program, isolate: Promise.resolve(isolate) });
    for (const [oldest, entry] of isolates) {
      if (isolates.size <= PROGRAMS_KEPT) break;
      isolates.delete(oldest);
      (await entry.isolate).dispose();
    }
    return isolate;
  };

  const run = async (order: RunOrder): Promise<void> => {
    const key = `${order.hash} ${order.limits.memory}`;
    try {
      const isNew = !isolates.has(key);
      const isolate = await isolateFor(order);
      const learns = !isolate.knows(order.work);
      if (learns) {
        report({ type: 'loading' });
        await isolate.learn(order.work);
      }
      if (isNew || learns) report({ type: 'loaded' });
      const answer = await isolate.run(order.work, order.context, order.limits);
      report({ type: 'answer', answer });
      told.clear();
      const kept = isolates.get(key);
      if (kept && !isolate.rest()) {
        isolate.dispose();
        kept.isolate = load(kept.program, order.limits.memory);
        await kept.isolate;
      }
    } catch (error) {
      isolates.delete(key);
      const message = `The program could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
      report({ type: 'answer', answer: { ok: false, code: 'plugin-failed', message, record: '' } });
    }
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
