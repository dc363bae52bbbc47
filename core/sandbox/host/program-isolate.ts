import ivm from 'isolated-vm';
import type { Place } from '#core/model/problem.ts';
import type { Limits, RunContext } from '../contract.ts';
import { standStill } from '../guest/clock.ts';
import { plainWriter } from '../guest/plain.ts';
import { furnishRealm } from '../guest/realm.ts';
import type { Answer, BatchWork, ProgramText, Told, Work } from '../messages.ts';
import { failureOf, placeIn } from './failure.ts';
import type { GuestRuntime } from './modules.ts';
import { prepareScript, requiresSpreadsheet, spreadsheetScript } from './scripts.ts';
import { type Ask, TrustedRealm, type TrustedWork } from './trusted-realm.ts';

type PluginWork = Extract<Work, { kind: 'plugin' }>;
type ProgramWork = Exclude<Work, BatchWork>;
/** A realm that waits for its one call. */
interface ReadyRealm {
  readonly context: ivm.Context;
  readonly enter: ivm.Reference;
  readonly settle: ivm.Reference;
}

const MEGABYTE = 1024 * 1024;
const asReference = { result: { reference: true } } as const;
/** Our functions as text: they are made in the realm, of the realm (guest/realm.ts). */
const REALM_SOURCE = `"use strict";
(services) => (${furnishRealm})(services, { standStill: ${standStill}, plainWriter: ${plainWriter} });`;

/**
 * A program in its isolate: the tables indexed in a trusted realm, the scripts compiled, and one furnished realm ready for the
 * next plugin call. Every plugin call has a realm of its own, so nothing that a call leaves behind reaches the next one.
 */
export class ProgramIsolate {
  readonly #isolate: ivm.Isolate;
  readonly #program: ProgramText;
  readonly #trusted: TrustedRealm;
  readonly #furnish: ivm.Script;
  readonly #scripts: readonly ivm.Script[];
  readonly #memory: number;
  /** Bytes in use when nothing had run yet. */
  #atRest: number;
  #ready: ReadyRealm | undefined;
  /** Our own code was stopped in the middle: what it keeps can not be relied on. */
  #spoiled = false;

  private constructor(
    isolate: ivm.Isolate,
    program: ProgramText,
    trusted: TrustedRealm,
    scripts: readonly ivm.Script[],
    memory: number,
  ) {
    this.#isolate = isolate;
    this.#program = program;
    this.#trusted = trusted;
    this.#scripts = scripts;
    this.#memory = memory;
    this.#furnish = isolate.compileScriptSync(REALM_SOURCE, { filename: 'workbench/realm.js' });
    if (scripts.length > 0) this.#prepare();
    this.#atRest = this.#used();
  }

  /**
   * Loads a program: not counted against its guests' time. The isolate may hold `memory` megabytes beyond what the tables take.
   * @throws what loading throws
   */
  static async load(program: ProgramText, memory: number, runtime: GuestRuntime, ask: Ask): Promise<ProgramIsolate> {
    const text = Object.values(program.tables).reduce((sum, table) => sum + table.length, 0);
    const isolate = new ivm.Isolate({ memoryLimit: memory + 32 + Math.ceil((text * 16) / MEGABYTE) });
    try {
      const trusted = await TrustedRealm.open(isolate, program, runtime, ask);
      const scripts = Object.entries(program.scripts).map(([path, source]) => {
        const { code, columnOffset } = prepareScript(path, source);
        return isolate.compileScriptSync(code, { filename: `scripts/${path}`, columnOffset });
      });
      // Only programs that ask for it carry the library: nobody else's realm has it.
      if (Object.values(program.scripts).some(requiresSpreadsheet))
        scripts.push(
          isolate.compileScriptSync(spreadsheetScript(runtime.spreadsheet()), { filename: 'workbench/spreadsheet.js' }),
        );
      return new ProgramIsolate(isolate, program, trusted, scripts, memory);
    } catch (error) {
      if (!isolate.isDisposed) isolate.dispose();
      throw error;
    }
  }

  /** Whether everything that the work needs is loaded; else `learn` it first. */
  knows(work: ProgramWork): boolean {
    return this.#trusted.knows(work);
  }
  async learn(work: ProgramWork): Promise<void> {
    await this.#trusted.learn(work);
    this.#atRest = this.#used();
  }

  async run(work: ProgramWork, context: RunContext, limits: Limits, told?: Told): Promise<Answer> {
    if (told) this.#trusted.tell(told);
    const answer = await (work.kind === 'plugin'
      ? this.#runPlugin(work, context, limits)
      : this.#runTrusted(work, context, limits));
    const open = told ? this.#trusted.open() : undefined;
    return open === undefined ? answer : { ...answer, open };
  }

  #runTrusted(work: TrustedWork, context: RunContext, limits: Limits): Answer {
    const started = performance.now();
    try {
      const text = this.#trusted.run(work, context, limits);
      return { ok: true, text, record: '', duration: performance.now() - started };
    } catch (error) {
      this.#spoiled = true;
      const what = work.kind === 'template' ? work.template : 'The calculation';
      return { ok: false, record: '', ...this.#ended(what, error, limits) };
    }
  }

  /** Runs one plugin call in the realm that was made ready for it. */
  async #runPlugin(work: PluginWork, context: RunContext, limits: Limits): Promise<Answer> {
    const what = `${work.function} in scripts/${work.path}`;
    let started = performance.now();
    try {
      const realm = this.#prepare();
      this.#ready = undefined;
      this.#trusted.begin(context, limits, work.reads);
      const call = [
        work.path,
        work.function,
        work.arguments,
        context.clock,
        context.seed,
        context.worksheet,
        limits.output,
      ];
      started = performance.now();
      // Waiting for what a reader answers needs a thread of its own; without one the call stays on this thread and is quicker.
      const answered: unknown = work.reads
        ? await realm.enter.apply(undefined, call, { timeout: limits.time })
        : realm.enter.applySync(undefined, call, { timeout: limits.time });
      const left = Math.max(1, Math.ceil(limits.time - (performance.now() - started)));
      const text: unknown = answered ?? realm.settle.applySync(undefined, [], { timeout: left });
      const duration = performance.now() - started;
      const record = this.#trusted.collect();
      realm.context.release();
      if (typeof text !== 'string') throw new Error('the realm answered nothing');
      if (text.startsWith('{"value":')) return { ok: true, text, record, duration };
      // A thrown text has no stack: its place is the plugin's script.
      return {
        ok: false,
        record,
        ...failureOf(what, text, (stack) => this.#place(stack) ?? { file: `scripts/${work.path}` }),
      };
    } catch (error) {
      const record = this.#trusted.collect();
      return { ok: false, record, ...this.#ended(what, error, limits) };
    }
  }

  /**
   * Tidies up and makes the next call's realm ready, while nobody waits.
   * @returns false when this isolate should be replaced: it is gone, or a call left too much in it
   */
  rest(): boolean {
    if (this.#isolate.isDisposed || this.#spoiled) return false;
    const grown = (): number => this.#used() - this.#atRest;
    const enough = (this.#memory * MEGABYTE) / 2;
    if (this.#scripts.length > 0) this.#prepare();
    if (grown() > enough) this.#trusted.collectGarbage();
    return grown() < enough;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #prepare(): ReadyRealm {
    if (this.#ready) return this.#ready;
    const context = this.#isolate.createContextSync();
    const furnish: ivm.Reference = this.#furnish.runSync(context, { reference: true });
    const realm: ivm.Reference = furnish.applySync(undefined, [this.#trusted.services.derefInto()], asReference);
    for (const script of this.#scripts) script.runSync(context);
    this.#ready = {
      context,
      enter: realm.getSync('enter', { reference: true }),
      settle: realm.getSync('settle', { reference: true }),
    };
    return this.#ready;
  }

  #used(): number {
    const { used_heap_size, externally_allocated_size } = this.#isolate.getHeapStatisticsSync();
    return used_heap_size + externally_allocated_size;
  }

  #place(stack: string): Place | undefined {
    return placeIn(stack, (path) => Object.hasOwn(this.#program.scripts, path));
  }

  #ended(what: string, error: unknown, limits: Limits): Omit<Extract<Answer, { ok: false }>, 'ok' | 'record'> {
    const message = error instanceof Error ? error.message : String(error);
    const place = this.#place(error instanceof Error ? (error.stack ?? '') : '');
    const at = place ? { place } : {};
    const full = !this.#isolate.isDisposed && this.#used() - this.#atRest > this.#memory * MEGABYTE;
    if (message.includes('timed out') && !full) {
      return {
        code: 'plugin-timeout',
        message: `${what} was stopped: it ran longer than ${limits.time} ms. Look for a loop that does not end.`,
        ...at,
      };
    }
    if (full || this.#isolate.isDisposed || message.includes('memory')) {
      return {
        code: 'plugin-memory',
        message: `${what} was stopped: it needed more than ${limits.memory} MB of memory.`,
        ...at,
      };
    }
    return { code: 'plugin-failed', message: `${what} failed: ${message}`, ...at };
  }
}
