import type { Order, ProgramText, Report } from '../messages.ts';
import { QuickEngine } from './quick-engine.ts';
import { QuickProgram } from './quick-program.ts';

// A host of the second engine: runs plugins in QuickJS, one at a time, for the pool that started it (SPEC.md, S40). It speaks the
// same words as the first engine's host, so that the same pool limits and kills it.

const PROGRAMS_KEPT = 2;

async function serve(): Promise<void> {
  const engine = await QuickEngine.load();
  const kept = new Map<string, QuickProgram>();
  let programArrived: (program: ProgramText) => void = () => undefined;
  const report = (message: Report): void => {
    process.send?.(message);
  };

  const programOf = async (hash: string): Promise<QuickProgram> => {
    const known = kept.get(hash);
    if (known) return known;
    report({ type: 'loading' });
    const arrival = new Promise<ProgramText>((resolve) => {
      programArrived = resolve;
    });
    report({ type: 'need-program' });
    const made = new QuickProgram(engine, await arrival);
    kept.set(hash, made);
    const [oldest] = kept.keys();
    if (kept.size > PROGRAMS_KEPT && oldest !== undefined) kept.delete(oldest);
    report({ type: 'loaded' });
    return made;
  };

  const run = async (order: Extract<Order, { type: 'run' }>): Promise<void> => {
    const { work, context, limits, hash, told } = order;
    try {
      if (work.kind !== 'plugin') throw new Error('it runs plugins only');
      report({ type: 'answer', answer: (await programOf(hash)).run(work, context, limits, told) });
    } catch (error) {
      const message = `The second engine could not run this: ${error instanceof Error ? error.message : String(error)}`;
      report({ type: 'answer', answer: { ok: false, code: 'plugin-failed', message, record: '' } });
    }
    report({ type: 'ready' });
  };

  process.on('message', (order: Order) => {
    if (order.type === 'run') void run(order);
    else if (order.type === 'program') programArrived(order.program);
  });
  process.on('disconnect', () => process.exit(0));
  report({ type: 'ready' });
}

void serve();
