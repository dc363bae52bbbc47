import ivm from 'isolated-vm';
import { SPREADSHEET_GLOBAL, spreadsheetCode, usesSpreadsheet } from '#core/liquid/spreadsheet/library.ts';
import type { Limits, RunContext } from '../contract.ts';
import type { BatchWork, ProgramText, Told, Work } from '../messages.ts';
import { withCollector } from './collector.ts';
import { type GuestEntry, type GuestRuntime, loadEntry } from './modules.ts';

/** Asks the pool for an entity or auxiliary data; answers JSON text `{value}` or `{error}`. */
export type Ask = (what: 'entity' | 'auxData', a: string, b: string) => Promise<string>;
export type TrustedWork = Exclude<Work, BatchWork | { kind: 'plugin' }>;

const asReference = { result: { reference: true } } as const;

/**
 * The realm of a program's isolate that runs only our own code: it holds the tables, keeps the record of a plugin call, and
 * runs compiled Liquid and document templates. What it needs for a kind of work is loaded when that work first comes.
 */
export class TrustedRealm {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #program: ProgramText;
  readonly #runtime: GuestRuntime;
  readonly #modules: Map<string, ivm.Module>;
  readonly #service: ivm.Reference;
  readonly #begin: ivm.Reference;
  readonly #collect: ivm.Reference;
  readonly #tell: ivm.Reference;
  readonly #open: ivm.Reference;
  readonly #gc: ivm.Reference;
  /** What a plugin's realm is given to call. */
  readonly services: ivm.Reference;
  #render: ivm.Reference | undefined;
  #calculations: ivm.Reference | undefined;
  #calculate: ivm.Reference | undefined;
  readonly #compiled = new Set<string>();
  #spreadsheet = false;

  private constructor(
    isolate: ivm.Isolate,
    context: ivm.Context,
    program: ProgramText,
    runtime: GuestRuntime,
    modules: Map<string, ivm.Module>,
    service: ivm.Reference,
  ) {
    this.#isolate = isolate;
    this.#context = context;
    this.#program = program;
    this.#runtime = runtime;
    this.#modules = modules;
    this.#service = service;
    this.#begin = service.getSync('begin', { reference: true });
    this.#collect = service.getSync('collect', { reference: true });
    this.#tell = service.getSync('tell', { reference: true });
    this.#open = service.getSync('open', { reference: true });
    this.#gc = context.global.getSync('gc', { reference: true });
    this.services = service.getSync('realm', { reference: true });
  }

  static async open(
    isolate: ivm.Isolate,
    program: ProgramText,
    runtime: GuestRuntime,
    ask: Ask,
  ): Promise<TrustedRealm> {
    // Only this realm may ask for a collection: the name can not be taken away from a realm that was made with it.
    const context = withCollector(() => isolate.createContextSync());
    const modules = new Map<string, ivm.Module>();
    const { namespace } = await loadEntry(runtime, 'service', isolate, context, modules);
    const asking = context.evalClosureSync(
      'return (what, a, b) => $0.applySyncPromise(undefined, [what, a, b]);',
      [new ivm.Reference(ask)],
      asReference,
    );
    const service: ivm.Reference = namespace
      .getSync('createService', { reference: true })
      .applySync(undefined, [program.timeZone, asking.derefInto()], asReference);
    const loadTable = service.getSync('loadTable', { reference: true });
    for (const table of Object.values(program.tables)) loadTable.applySync(undefined, [table]);
    return new TrustedRealm(isolate, context, program, runtime, modules, service);
  }

  /** Starts the record of a plugin call. */
  begin(context: RunContext, limits: Limits, reads: boolean): void {
    this.#begin.applySync(undefined, [context.clock, context.worksheet, limits.output, reads]);
  }

  /** What the coming run is told of the tables that are not here. */
  tell({ answers, guess }: Told): void {
    this.#tell.applySync(undefined, [answers, guess]);
  }

  /** JSON text of what it asked for besides; '' for nothing, undefined when the isolate is gone with it. */
  open(): string | undefined {
    return this.#answered(this.#open);
  }

  /** JSON text of what the running call did so far; '' when the isolate is gone with it. */
  collect(): string {
    return this.#answered(this.#collect) ?? '';
  }

  #answered(method: ivm.Reference): string | undefined {
    if (this.#isolate.isDisposed) return undefined;
    try {
      const text: unknown = method.applySync(undefined, [], { timeout: 200 });
      return typeof text === 'string' ? text : undefined;
    } catch {
      return undefined;
    }
  }

  collectGarbage(): void {
    this.#gc.applySync(undefined, []);
  }

  /** Whether everything that the work needs is loaded. */
  knows(work: Exclude<Work, BatchWork>): boolean {
    if (work.kind === 'plugin') return true;
    if (work.kind === 'template') return this.#render !== undefined;
    return this.#calculate !== undefined && work.files.every((file) => this.#compiled.has(file));
  }

  /** Loads what the work needs: not counted against its time. */
  async learn(work: Exclude<Work, BatchWork>): Promise<void> {
    const { calculations, templates, timeZone, currency } = this.#program;
    if (work.kind === 'template') {
      this.#render = await this.#create('templates', 'createTemplates', { templates, timeZone, currency });
    }
    if (work.kind === 'liquid') {
      this.#calculations ??= await this.#create('calculations', 'createCalculations', {
        calculations,
        timeZone,
        currency,
      });
      this.#calculate ??= this.#calculations.getSync('run', { reference: true });
      if (!this.#spreadsheet && work.files.some((file) => usesSpreadsheet(calculations[file] ?? ''))) {
        const { code, name } = { code: spreadsheetCode(this.#runtime.spreadsheet()), name: SPREADSHEET_GLOBAL };
        this.#isolate
          .compileScriptSync(`globalThis.${name} = ${code};`, { filename: 'workbench/spreadsheet.js' })
          .runSync(this.#context);
        this.#spreadsheet = true;
      }
      const prepare = this.#calculations.getSync('prepare', { reference: true });
      for (const file of work.files) {
        if (!this.#compiled.has(file)) prepare.applySync(undefined, [file]);
        this.#compiled.add(file);
      }
    }
  }

  /** Runs the work and answers its JSON text. @throws what isolated-vm throws when a limit is reached */
  run(work: TrustedWork, context: RunContext, limits: Limits): string {
    const { clock, worksheet } = context;
    const text: unknown =
      work.kind === 'template'
        ? this.#render?.applySync(undefined, [work.template, work.data, clock, limits.output], { timeout: limits.time })
        : this.#calculate?.applySync(
            undefined,
            [work.data, work.evaluator === 'interpreted', clock, worksheet, limits.output],
            { timeout: limits.time },
          );
    if (typeof text !== 'string') throw new Error('nothing was answered');
    return text;
  }

  /** Loads an entry and lets it make its part: `create(service, text)`. */
  async #create(entry: GuestEntry, name: string, shared: object): Promise<ivm.Reference> {
    const { namespace } = await loadEntry(this.#runtime, entry, this.#isolate, this.#context, this.#modules);
    const create = namespace.getSync(name, { reference: true });
    return create.applySync(undefined, [this.#service.derefInto(), JSON.stringify(shared)], asReference);
  }
}
