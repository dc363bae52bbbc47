import type { ProblemCode } from '#core/model/problem.ts';
import { type HostEnd, HostProcess, type Job } from './host-process.ts';
import type { Answer, BatchWork } from './messages.ts';
import { hostEntry } from './pool.ts';

/** What a batch realm answered; `at` is the place of the risk that its limits ended it in, -1 where nobody knows. */
export type BatchOutcome =
  | { readonly ok: true; readonly text: string; readonly bytes: ArrayBuffer | undefined }
  | {
      readonly ok: false;
      readonly code: ProblemCode;
      readonly at: number;
      readonly message: string;
      /** The realm was gone before it began: it is to be called again. */
      readonly gone?: true;
    };

/** A host process of one's own with a batch realm in it; calls are made one after the other (SPEC.md, S40). */
export interface BatchHost {
  /** Counts realms: another number than before says that what was loaded is gone. */
  readonly generation: number;
  /** Makes a new realm. @param memory megabytes for all that is loaded into it */
  open(memory: number): Promise<BatchOutcome>;
  /**
   * @param time wall time, milliseconds
   * @param ahead with a text in UTF-8 as its last argument, which is sent while another call like it is at work
   */
  call(name: string, args: readonly (string | number)[], time: number, ahead?: Uint8Array): Promise<BatchOutcome>;
  close(): Promise<void>;
}

/** Loading is not counted against a guest. */
const LOAD_TIME = 60_000;
const REALM = 'batch';

/** @param entry the file that a host process runs; default as the pool's */
export function openBatchHost(entry: URL = hostEntry()): BatchHost {
  let host: HostProcess | undefined;
  let generation = 0;
  let memory = 128;
  let closed = false;
  const queue: Job[] = [];

  const dispatch = (): void => {
    if (!host && queue.length > 0) {
      // The rest of its memory is the host's own.
      host = new HostProcess(entry, dispatch, (ended) => {
        if (host === ended) host = undefined;
        if (!ended.started)
          for (const job of queue.splice(0)) job.lost({ reason: 'not-started', text: ended.complaint });
        dispatch();
      });
    }
    for (let [job] = queue; job && (host?.idle || host?.takesBehind(job)); [job] = queue) {
      queue.shift();
      host.start(job);
    }
  };

  const submit = (work: BatchWork, time: number, data?: Uint8Array): Promise<BatchOutcome> =>
    new Promise((resolve) => {
      const lost = (why: HostEnd): void => {
        const code =
          why.reason === 'too-slow' ? 'plugin-timeout' : why.reason === 'crashed' ? 'plugin-memory' : 'internal';
        resolve({ ok: false, code, at: -1, message: `the host process ended: ${why.text}` });
      };
      if (closed) {
        lost({ reason: 'closed', text: 'it was closed' });
        return;
      }
      queue.push({
        order: {
          type: 'run',
          hash: REALM,
          work,
          context: { clock: 0, seed: '', worksheet: false },
          limits: { time, memory, output: 0 },
        },
        ...(data ? { data, ahead: true as const } : {}),
        program: () => {
          throw new Error('a batch realm asks for no program');
        },
        ask: async () => '{"error":"nothing can be asked here"}',
        answer: (answer) => resolve(outcomeOf(answer)),
        lost,
      });
      dispatch();
    });

  return {
    get generation() {
      return generation;
    },
    open(megabytes) {
      memory = megabytes;
      generation += 1;
      return submit({ kind: 'batch', call: 'open', arguments: [] }, LOAD_TIME);
    },
    async call(name, args, time, ahead) {
      const before = generation;
      const bytes = ahead ? { bytes: ahead.length } : {};
      const outcome = await submit({ kind: 'batch', call: name, arguments: args, ...bytes }, time, ahead);
      if (outcome.ok) return outcome;
      if (generation !== before) return { ...outcome, gone: true };
      generation += 1;
      return outcome;
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.lost({ reason: 'closed', text: 'it was closed' });
      await host?.close();
    },
  };
}

function outcomeOf(answer: Answer): BatchOutcome {
  if (answer.ok) return { ok: true, text: answer.text, bytes: answer.bytes };
  const [, at = '-1', message = answer.message] = /^at (-?\d+): ([\s\S]*)$/.exec(answer.message) ?? [];
  return { ok: false, code: answer.code, at: Number(at), message };
}
