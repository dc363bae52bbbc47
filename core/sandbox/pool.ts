import { availableParallelism } from 'node:os';
import type { LiquidCallOutcome } from '#core/liquid/contract.ts';
import type { RenderOutcome } from '#core/liquid/document/render.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { ProblemCode } from '#core/model/problem.ts';
import type { LogStep, WorksheetStep } from '#core/model/worksheet.ts';
import type {
  Failure,
  GuestReader,
  Limits,
  LiquidOutcome,
  PluginOutcome,
  Program,
  RunContext,
  Sandbox,
  TemplateOutcome,
} from './contract.ts';
import type { CallRecord } from './guest/service.ts';
import { type HostEnd, HostProcess, type Job } from './host-process.ts';
import { KeptTables, LARGE_TABLE } from './kept-tables.ts';
import type { Answer, ProgramText, Told, Work } from './messages.ts';

const DEFAULT_LIMITS: Limits = { time: 700, memory: 128, output: 4 * 1024 * 1024 };

export interface SandboxOptions {
  /** Host processes at most; default one per CPU. They start when they are needed. */
  readonly hosts?: number;
  /** Limits of runs that bring none of their own. */
  readonly limits?: Partial<Limits>;
  /** Hears of hosts that ended by themselves or were killed. */
  readonly log?: (event: { readonly message: string; readonly [detail: string]: unknown }) => void;
  /** The file that a host process runs; default `host/main.ts`, in a bundle `host.js` beside it. */
  readonly hostEntry?: URL;
  /** Tables with more rows stay in this process (SPEC.md, S50); default 20,000. */
  readonly largeTable?: number;
}

/** What all runs have. */
interface Run {
  readonly program: Program;
  readonly limits?: Partial<Limits>;
  readonly context: RunContext;
}
/** A program as hosts know it, and what a run is told of the tables that are not in it. */
interface Crossing {
  readonly hash: string;
  text(): ProgramText;
  readonly told?: Told;
}
/** Guesses that may end in a limit before a run gets its tables whole (SPEC.md, S51). */
const MOST_ENDED = 3;
const LIMITED: ReadonlySet<ProblemCode> = new Set(['plugin-timeout', 'plugin-memory']);

/** The file that a host process runs: a source, or in a bundle a file beside ours. */
export function hostEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './host/main.ts' : './host.js', import.meta.url);
}

/**
 * Opens the plugin hosts: processes of their own that run guest code within limits of time, memory and output (SPEC.md).
 * Nothing is started before the first run. Close it to end them.
 */
export function openSandbox(options: SandboxOptions = {}): Sandbox {
  const most = Math.max(1, options.hosts ?? availableParallelism());
  const entry = options.hostEntry ?? hostEntry();
  const hosts = new Set<HostProcess>();
  const queue: Job[] = [];
  const kept = new WeakMap<Program, KeptTables>();
  let closed = false;
  /** Hosts in a row that ended before they were ready: with the third the waiting runs fail instead of trying for ever. */
  let stillborn = 0;

  const dispatch = (): void => {
    while (queue.length > 0) {
      const idle = [...hosts].filter((host) => host.idle);
      const hash = queue[0]?.order.hash ?? '';
      const host = idle.find((one) => one.programs.has(hash)) ?? idle[0];
      if (!host) break;
      const job = queue.shift();
      if (job) host.start(job);
    }
    const starting = [...hosts].filter((host) => !host.started).length;
    for (let missing = queue.length - starting; missing > 0 && hosts.size < most; missing -= 1) {
      hosts.add(new HostProcess(entry, onReady, onEnd));
    }
  };
  const onReady = (): void => {
    stillborn = 0;
    dispatch();
  };
  const onEnd = (host: HostProcess): void => {
    hosts.delete(host);
    if (closed) return;
    options.log?.({ message: 'A plugin host ended', complaint: host.complaint });
    if (host.started) {
      // Ready for whoever comes next: a hostile guest must not cost the next call a process's start.
      if (hosts.size < most) hosts.add(new HostProcess(entry, onReady, onEnd));
    } else {
      stillborn += 1;
      if (stillborn >= 3) {
        const end: HostEnd = { reason: 'not-started', text: host.complaint };
        stillborn = 0;
        for (const job of queue.splice(0)) job.lost(end);
      }
    }
    dispatch();
  };

  const keptOf = (program: Program): KeptTables => {
    const known = kept.get(program) ?? new KeptTables(program, options.largeTable ?? LARGE_TABLE);
    kept.set(program, known);
    return known;
  };

  /** Runs the work until nothing is open that it looked up in a large table. */
  const submit = async (run: Run, work: Work, what: string, reader?: GuestReader): Promise<Answer> => {
    const tables = keptOf(run.program);
    if (tables.none) return once(run, { hash: run.program.hash, text: () => tables.text(true) }, work, what, reader);
    const asked = tables.run();
    let [guess, ended] = [true, 0];
    for (;;) {
      const program = {
        hash: run.program.hash,
        text: () => tables.text(false),
        told: { answers: asked.text(), guess },
      };
      const answer = await once(run, program, work, what, reader);
      if (answer.open) {
        if (!asked.learn(answer.open)) break;
        // One question at a time would be a run for each: what it knows now may lead it elsewhere.
        guess = true;
        continue;
      }
      // What it guessed may have led it there, and with its isolate what it asked for is gone.
      if (answer.ok || !guess || answer.open === '' || !LIMITED.has(answer.code)) return answer;
      ended += 1;
      if (ended > MOST_ENDED) break;
      guess = false;
    }
    return once(run, { hash: `${run.program.hash} whole`, text: () => tables.text(true) }, work, what, reader);
  };

  const once = (run: Run, program: Crossing, work: Work, what: string, reader?: GuestReader): Promise<Answer> =>
    new Promise((resolve) => {
      const failed = (code: ProblemCode, message: string): void => resolve({ ok: false, code, message, record: '' });
      if (closed) {
        failed('internal', `${what} was not run: the sandbox is closed.`);
        return;
      }
      const limit = (name: keyof Limits): number =>
        run.limits?.[name] ?? options.limits?.[name] ?? DEFAULT_LIMITS[name];
      const limits: Limits = { time: limit('time'), memory: limit('memory'), output: limit('output') };
      let attempts = 0;
      const job: Job = {
        order: {
          type: 'run',
          hash: program.hash,
          work,
          context: run.context,
          limits,
          ...(program.told ? { told: program.told } : {}),
        },
        program: program.text,
        ask: (asked, a, b) => askReader(reader, asked, a, b),
        answer: resolve,
        lost(end) {
          attempts += 1;
          switch (end.reason) {
            case 'too-slow':
              return failed(
                'plugin-timeout',
                `${what} was stopped: it did not end within ${limits.time} ms. Look for a loop that does not end or data that grow without end.`,
              );
            case 'crashed':
              return failed(
                'plugin-memory',
                `${what} ended its host process (${end.text.split('\n', 1)[0]}), most likely by asking for more memory than there is.`,
              );
            case 'not-loaded':
              return failed(
                'plugin-failed',
                `${what} was not run: its program could not be loaded (${end.text.split('\n', 1)[0]}).`,
              );
            case 'closed':
              return failed('internal', `${what} was not run: the sandbox was closed.`);
            case 'killed':
              // Somebody outside ended the host: not the guest's doing, so it has a second try.
              if (attempts < 2 && !closed) {
                queue.unshift(job);
                return;
              }
              return failed('internal', `${what} was not run: its host process was ended from outside (${end.text}).`);
            case 'not-started':
              return failed('internal', `${what} was not run: no plugin host could be started (${end.text}).`);
          }
        },
      };
      queue.push(job);
      dispatch();
    });

  return {
    async runPlugin(run): Promise<PluginOutcome> {
      const work: Work = {
        kind: 'plugin',
        path: run.path,
        function: run.function,
        arguments: JSON.stringify(run.arguments),
        reads: run.reader !== undefined,
      };
      const answer = await submit(run, work, `${run.function} in scripts/${run.path}`, run.reader);
      const record = recordOf(answer.record);
      if (!answer.ok) return failureOf(answer, record);
      const { value } = JSON.parse(answer.text) as { value: JsonValue };
      return { ok: true, value, ...record, duration: answer.duration };
    },
    async runLiquid(run): Promise<LiquidOutcome> {
      const { shared, calls, evaluator = 'compiled' } = run;
      const files = [...new Set(calls.map(({ file }) => file))];
      const work: Work = { kind: 'liquid', files, data: JSON.stringify({ shared, calls }), evaluator };
      const answer = await submit(run, work, files.length === 1 ? (files[0] ?? '') : 'The calculation');
      if (!answer.ok) return failureOf(answer, { log: [], steps: [] });
      return { ok: true, calls: JSON.parse(answer.text) as LiquidCallOutcome[], duration: answer.duration };
    },
    async renderTemplate(run): Promise<TemplateOutcome> {
      const work: Work = { kind: 'template', template: run.template, data: JSON.stringify(run.data) };
      const answer = await submit(run, work, run.template);
      const nothing = { log: [], steps: [] };
      if (!answer.ok) return failureOf(answer, nothing);
      const outcome = JSON.parse(answer.text) as RenderOutcome;
      if (outcome.ok) return { ...outcome, duration: answer.duration };
      const { message, place } = outcome;
      return { ok: false, code: 'document-failed', message, ...(place ? { place } : {}), ...nothing };
    },
    start() {
      if (!closed && hosts.size === 0) hosts.add(new HostProcess(entry, onReady, onEnd));
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.lost({ reason: 'closed', text: 'the sandbox was closed' });
      await Promise.all([...hosts].map((host) => host.close()));
    },
  };
}

function recordOf(text: string): CallRecord {
  return text === '' ? { log: [], steps: [], auxData: [] } : (JSON.parse(text) as CallRecord);
}

function failureOf(
  answer: Extract<Answer, { ok: false }>,
  record: { readonly log: readonly LogStep[]; readonly steps: readonly WorksheetStep[] },
): Failure {
  const { code, message, place } = answer;
  return { ok: false, code, message, ...(place ? { place } : {}), log: record.log, steps: record.steps };
}

/** Asks the caller's reader; what it throws becomes an error that the guest can catch. */
async function askReader(
  reader: GuestReader | undefined,
  asked: 'entity' | 'auxData',
  a: string,
  b: string,
): Promise<string> {
  try {
    if (!reader) throw new Error('there is nothing to read here');
    const value = asked === 'entity' ? await reader.fetchByLocator(a, b) : await reader.getAuxData(a, b);
    return JSON.stringify({ value });
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  }
}
