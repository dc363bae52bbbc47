import { readSync } from 'node:fs';
import type { Limits } from '../contract.ts';
import {
  type Answer,
  type BatchWork,
  DATA_CHANNEL,
  type Order,
  type ProgramText,
  type Report,
  type Work,
} from '../messages.ts';
import { BatchRealm, type GivenText } from './batch-realm.ts';
import { guestRuntimeSource } from './modules.ts';
import { ProgramIsolate } from './program-isolate.ts';

// A plugin host: runs guest code in isolates, one piece of work at a time, for the pool that started it (SPEC.md).

const PROGRAMS_KEPT = 3;
/** Bytes behind a text in its memory, for who reads it. */
const ROOM_BEHIND = 64;

type AnyRun = Extract<Order, { type: 'run' }>;
type RunOrder = AnyRun & { readonly work: Exclude<Work, BatchWork> };
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

  /** By name; they stay until they are closed or ended by a limit. */
  const realms = new Map<string, BatchRealm>();
  const data = dataReader();
  const runBatch = async (name: string, work: BatchWork, limits: Limits): Promise<Answer> => {
    // Taken in any case: what comes after it is the next one's.
    const given = work.bytes === undefined ? undefined : data(work.bytes);
    const known = realms.get(name);
    if (work.call === 'close' || work.call === 'open') known?.dispose();
    if (work.call === 'close' || known?.gone) realms.delete(name);
    if (work.call === 'open') realms.set(name, await BatchRealm.open(limits.memory, runtime));
    if (work.call === 'open' || work.call === 'close') return { ok: true, text: '', record: '', duration: 0 };
    const realm = realms.get(name);
    if (!realm) return { ok: false, code: 'internal', message: 'at -1: the realm is gone', record: '' };
    const answer = realm.run(work, limits, given);
    if (realm.gone) realms.delete(name);
    return answer;
  };

  const batch = async (name: string, work: BatchWork, limits: Limits): Promise<void> => {
    let answer: Answer;
    try {
      answer = await runBatch(name, work, limits);
    } catch (error) {
      const message = `at -1: ${error instanceof Error ? error.message : String(error)}`;
      answer = { ok: false, code: 'plugin-failed', message, record: '' };
    }
    report({ type: 'answer', answer });
    // While the one who asked reads it.
    realms.get(name)?.rest();
    report({ type: 'ready' });
  };

  const run = async (order: RunOrder): Promise<void> => {
    try {
      const isolate = await isolateFor(order);
      const answer = await isolate.run(order.work, order.context, order.limits, order.told);
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
    if (order.type === 'run' && order.work.kind === 'batch') void batch(order.hash, order.work, order.limits);
    else if (order.type === 'run') void run(order as RunOrder);
    else if (order.type === 'program') programArrived(order.program);
    else told.get(order.ticket)?.(order.text);
  });
  process.on('disconnect', () => process.exit(0));
  report({ type: 'ready' });
}

/** Reads texts from the data channel, waiting for them; without who sends them there is nothing more to do. */
function dataReader(): (bytes: number) => GivenText {
  let memory = new SharedArrayBuffer(0);
  return (bytes) => {
    if (memory.byteLength < bytes + ROOM_BEHIND) memory = new SharedArrayBuffer(Math.ceil(bytes * 1.25) + ROOM_BEHIND);
    const room = Buffer.from(memory);
    for (let at = 0; at < bytes; ) {
      const read = readSync(DATA_CHANNEL, room, at, bytes - at, null);
      if (read === 0) process.exit(0);
      at += read;
    }
    return { text: room.toString('utf8', 0, bytes), bytes, memory };
  };
}

serve();
