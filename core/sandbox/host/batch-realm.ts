import ivm from 'isolated-vm';
import type { Limits } from '../contract.ts';
import type { Answer, BatchWork } from '../messages.ts';
import { hostCollector, withCollector } from './collector.ts';
import { type GuestRuntime, loadEntry } from './modules.ts';
import { prepareStrict } from './scripts.ts';

const asReference = { result: { reference: true } } as const;
/** A text that came as bytes, and the memory in which they lie until the next one. */
export interface GivenText {
  readonly text: string;
  readonly bytes: number;
  readonly memory: SharedArrayBuffer;
}
/** Calls that hand over a script: path and source, compiled here. */
const SCRIPT_CALLS: ReadonlySet<string> = new Set(['script', 'ruleScript']);
/** The call whose texts only pass through; a book that stays is a large heap, which nobody shall wait for. */
const PASSING = 'rate';
/** Characters that cross between two collections: some 15,000 risks of a book, which take far longer than the collection. */
const MOST_CROSSED = 64 * 1024 * 1024;
const COLLECTION_TIME = 10_000;

/**
 * An isolate with one realm that rates many risks in one crossing: our own pure code, a program's tables and its scripts in the same
 * realm, whose every reachable object is frozen before the first script runs (SPEC.md, S40 to S42).
 */
export class BatchRealm {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #opened: ivm.Reference;
  readonly #functions = new Map<string, ivm.Reference>();
  readonly #collectors: { readonly own: ivm.Reference; readonly host: () => void };
  #crossed = 0;
  #lent: SharedArrayBuffer | undefined;

  private constructor(
    isolate: ivm.Isolate,
    context: ivm.Context,
    opened: ivm.Reference,
    collectors: { readonly own: ivm.Reference; readonly host: () => void },
  ) {
    this.#isolate = isolate;
    this.#context = context;
    this.#opened = opened;
    this.#collectors = collectors;
  }

  /** @param memory megabytes that tables, book and scripts may take together */
  static async open(memory: number, runtime: GuestRuntime): Promise<BatchRealm> {
    const isolate = new ivm.Isolate({ memoryLimit: memory });
    try {
      // In a context of its own: the name can not be taken away from a realm that was made with it.
      const aside = withCollector(() => isolate.createContextSync());
      const own: ivm.Reference = aside.global.getSync('gc', { reference: true });
      const context = isolate.createContextSync();
      const { namespace } = await loadEntry(runtime, 'rating', isolate, context, new Map());
      const create = namespace.getSync('createRating', { reference: true });
      const opened: ivm.Reference = create.applySync(undefined, [], asReference);
      return new BatchRealm(isolate, context, opened, { own, host: hostCollector() });
    } catch (error) {
      if (!isolate.isDisposed) isolate.dispose();
      throw error;
    }
  }

  get gone(): boolean {
    return this.#isolate.isDisposed;
  }

  /**
   * Calls a function of the realm. A call that its limits ended leaves the realm unfit: the answer says which risk was being rated
   * (`at <place>`, -1 where nobody knows), and the realm is gone.
   * @param given its last argument; whether the bytes that were lent are its characters, one by one, follows
   */
  run(work: BatchWork, limits: Limits, given?: GivenText): Answer {
    const started = performance.now();
    try {
      const [first, second] = work.arguments;
      const values = SCRIPT_CALLS.has(work.call)
        ? this.#script(String(first), String(second))
        : given
          ? [...work.arguments, given.text, this.#lend(given)]
          : work.arguments;
      const value: unknown = this.#function(work.call).applySync(undefined, [...values], { timeout: limits.time });
      const duration = performance.now() - started;
      if (work.call === PASSING) this.#crossed += lengthOf(value) + lengthOf(given?.text);
      if (value instanceof ArrayBuffer) return { ok: true, text: '', bytes: value, record: '', duration };
      return { ok: true, text: typeof value === 'string' ? value : '', record: '', duration };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const timedOut = said.includes('timed out');
      const at = this.#current();
      this.dispose();
      const code = timedOut ? 'plugin-timeout' : /memory|disposed/.test(said) ? 'plugin-memory' : 'plugin-failed';
      return { ok: false, code, message: `at ${at}: ${said}`, record: '' };
    }
  }

  /**
   * Between two calls. Text that crossed lies outside the heaps and is freed with a full collection only, which heaps as small as these
   * hardly ever need by themselves: without this a long run would take more memory than a short one (S43).
   */
  rest(): void {
    if (this.#crossed < MOST_CROSSED || this.gone) return;
    this.#crossed = 0;
    this.#collectors.own.applySync(undefined, [], { timeout: COLLECTION_TIME });
    this.#collectors.host();
  }

  /** Bytes of a text that is ASCII are its characters: they are read where they are. */
  #lend({ text, bytes, memory }: GivenText): boolean {
    if (text.length !== bytes) return false;
    if (this.#lent !== memory) this.#function('lend').applySync(undefined, [new ivm.ExternalCopy(memory).copyInto()]);
    this.#lent = memory;
    return true;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #function(name: string): ivm.Reference {
    const known = this.#functions.get(name);
    if (known) return known;
    const found = this.#opened.getSync(name, { reference: true });
    this.#functions.set(name, found);
    return found;
  }

  #script(path: string, source: string): readonly [string, ivm.Dereference<unknown>] {
    const { code, columnOffset } = prepareStrict(source);
    const script = this.#isolate.compileScriptSync(code, { filename: `scripts/${path}`, columnOffset });
    const made: ivm.Reference = script.runSync(this.#context, { reference: true });
    return [path, made.derefInto()];
  }

  #current(): number {
    if (this.#isolate.isDisposed) return -1;
    try {
      const at: unknown = this.#function('current').applySync(undefined, [], { timeout: 200 });
      return typeof at === 'number' ? at : -1;
    } catch {
      return -1;
    }
  }
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0);
