import { isWatched, WIRES } from '../watched-names.ts';
import type { LookupRecorder } from './lookups.ts';
import type { FastTable } from './tables.ts';

/** A script of the program as the host hands it over: a function of CommonJS, or JSON text. */
export type Definition =
  | { readonly kind: 'script'; readonly run: ScriptBody }
  /** `value` is frozen. */
  | { readonly kind: 'json'; readonly text: string; readonly value: unknown };
export type ScriptBody = (
  exports: unknown,
  require: (specifier: unknown) => unknown,
  module: object,
  filename: string,
  directory: string,
) => void;

/** A call of a script did something that only a realm of its own can answer for: the risk is rated there. */
export class NotHere extends Error {}

interface Module {
  readonly id: string;
  readonly filename: string;
  exports: unknown;
  loaded: boolean;
}

/** So many calls may touch a wire before modules are no longer shared: it costs them a second run. */
const MOST_TRIPS = 100;

/**
 * The scripts of a program in a frozen realm. Each call gets modules of its own, whose state ends with it (BR3); scripts that are wired
 * share theirs for as long as no wire is touched: then a call has changed nothing that outlives it (BR36).
 */
export class Scripts {
  readonly #definitions = new Map<string, Definition>();
  readonly #absent: () => void;
  readonly #package: unknown;
  #loaded = new Map<string, Module>();
  /** Modules of all calls. */
  #shared: Map<string, Module> | undefined;
  #sharing = false;
  #catches = false;
  /** `late`: a call of shared modules is over, but what it answered may run while it is read. */
  #mode: 'own' | 'loading' | 'shared' | 'late' = 'own';
  #tripped = false;
  /** Names that are not in what scripts are handed, though they may be in the request (BR38). */
  #leftOut: ReadonlySet<string> = new Set();
  #askedMore = false;
  #trips = 0;

  /** @param absent hears of what can not be answered here, whatever the script makes of the error */
  constructor(absent: () => void) {
    this.#absent = absent;
    // Scripts in use require packages that they never use; using one is answered for by the realm of one call (sandbox, S5).
    const refuse = (): never => this.#notHere('a package');
    const traps = Object.fromEntries(Reflect.ownKeys(Reflect).map((trap) => [trap, refuse]));
    this.#package = new Proxy(() => undefined, traps);
  }

  clear(): void {
    this.#definitions.clear();
    this.#shared = undefined;
  }
  /** @param wired whether the scripts that are defined next are @param catches whether they catch errors, that of a frozen object too */
  wire(wired: boolean, catches: boolean): void {
    this.#catches = catches;
    this.#shared = undefined;
    this.#sharing = wired;
    this.#trips = 0;
  }
  /** @param names of fields that scripts may be handed requests without */
  leaveOut(names: ReadonlySet<string>): void {
    this.#leftOut = names;
  }
  define(path: string, definition: Definition): void {
    this.#definitions.set(path, definition);
  }

  /** `exports[name](argument)` of a script, as if nothing had ever run in its modules. */
  call(path: string, name: string, argument: unknown): unknown {
    this.#tripped = false;
    this.#askedMore = false;
    if (this.#sharing && this.#evaluated(path)) {
      try {
        const answer = this.#callIn(path, name, argument);
        if (!this.#tripped) return answer;
      } catch (error) {
        if (!this.#tripped) throw error;
      } finally {
        this.#mode = 'late';
      }
      this.#trips += 1;
      if (this.#trips > MOST_TRIPS) this.#sharing = false;
    }
    this.#mode = 'own';
    this.#tripped = true;
    this.#loaded = new Map();
    return this.#callIn(path, name, argument);
  }

  /** Whether the last call surely left what it was given as it was. */
  get leftAlone(): boolean {
    return !this.#tripped;
  }

  /** Whether the last call asked for something by a name that was left out. */
  get askedMore(): boolean {
    return this.#askedMore;
  }

  /** Hears of a change that may outlive its call, before it is made. */
  readonly trip = (): void => {
    if (this.#mode === 'late') this.#notHere('a change while the answer is read');
    if (this.#mode !== 'shared') return;
    this.#tripped = true;
    throw new NotHere('a change that may outlive the call');
  };

  /** Hears of a name that was worked out. @returns it */
  readonly watch = (name: unknown): unknown => {
    if (typeof name === 'number' || typeof name === 'symbol') return name;
    const text = typeof name === 'string' ? name : String(name);
    const watched = isWatched(text);
    if (watched || this.#leftOut.has(text)) this.#askedMore = true;
    if (this.#mode === 'late' && watched) this.#notHere('a method by a name that was worked out');
    if (this.#mode !== 'own' && watched) {
      this.#sharing = false;
      this.#tripped = true;
      throw new NotHere('a method by a name that was worked out');
    }
    return text;
  };

  /** Hears of what may answer otherwise another time: modules that ask for it when they are evaluated are nobody else's. */
  readonly askedOutside = (): void => {
    if (this.#mode === 'loading') this.#sharing = false;
  };

  /** @returns whether there are modules that calls may share */
  #evaluated(path: string): boolean {
    if (!this.#shared) {
      this.#loaded = new Map();
      this.#mode = 'loading';
      try {
        this.#load(path);
      } catch {
        // What is wrong with it is said by a call.
        this.#sharing = false;
      } finally {
        this.#mode = 'own';
      }
      if (!this.#sharing) return false;
      this.#shared = this.#loaded;
    }
    this.#loaded = this.#shared;
    this.#mode = 'shared';
    return true;
  }

  #callIn(path: string, name: string, argument: unknown): unknown {
    const { exports } = this.#load(path);
    const found = exports === null || exports === undefined ? undefined : (exports as Record<string, unknown>)[name];
    if (typeof found !== 'function') return this.#notHere(`${path} exports no function ${name}`);
    return Reflect.apply(found, exports, [argument]);
  }

  #load(path: string): Module {
    const known = this.#loaded.get(path);
    if (known) return known;
    const definition = this.#definitions.get(path);
    if (!definition) return this.#notHere(`there is no script ${path}`);
    const module: Module = { id: path, filename: `scripts/${path}`, exports: {}, loaded: false };
    this.#loaded.set(path, module);
    if (definition.kind === 'json') module.exports = this.#catches ? JSON.parse(definition.text) : definition.value;
    else {
      const require = (specifier: unknown): unknown => {
        const found = this.#resolve(specifier, path);
        return found === undefined ? this.#package : this.#load(found).exports;
      };
      const directory = `scripts/${path.slice(0, Math.max(0, path.lastIndexOf('/')))}`;
      Reflect.apply(definition.run, module.exports, [module.exports, require, module, module.filename, directory]);
    }
    module.loaded = true;
    return module;
  }

  /** As the realm of one call resolves (sandbox, S5). */
  #resolve(specifier: unknown, from: string): string | undefined {
    if (typeof specifier !== 'string') return this.#notHere('require needs text');
    const parts = specifier.split('/');
    if (parts[0] !== '.' && parts[0] !== '..') return undefined;
    const path = from.split('/').slice(0, -1);
    for (const part of parts) {
      if (part === '..') {
        if (path.length === 0) return this.#notHere('outside scripts/');
        path.pop();
      } else if (part !== '.' && part !== '') path.push(part);
    }
    const base = path.join('/');
    const found = [base, `${base}.js`, `${base}.json`, `${base}/index.js`].find((one) => this.#definitions.has(one));
    return found ?? this.#notHere(`there is no script ${base}`);
  }

  #notHere(why: string): never {
    this.#absent();
    throw new NotHere(why);
  }
}

const ENTITIES = [
  ...['Policy', 'Policyholder', 'Claim', 'Invoice', 'Quote', 'PolicyQuote', 'Endorsement', 'Renewal', 'Cancellation'],
  ...['Reinstatement', 'Exposure', 'Peril', 'Payment', 'PolicyModification', 'PremiumReport', 'Grace', 'Product'],
];

/**
 * What scripts find in the realm (sandbox, S10 to S14): tables, a console that says nothing, and what has to be asked outside, which is
 * not here: `absent` hears of it, whatever the script makes of the error.
 */
export function furnishScripts(
  tables: ReadonlyMap<string, FastTable>,
  clock: () => number,
  absent: () => void,
  lookups: LookupRecorder,
  scripts: Pick<Scripts, 'trip' | 'watch' | 'askedOutside'>,
): void {
  const hide = (target: object, name: PropertyKey, value: unknown): void => {
    Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  };
  const textual = (value: unknown): string => (typeof value === 'string' ? value : String(value));
  const missing = (): never => {
    absent();
    throw new NotHere('nothing can be asked here');
  };
  const api = {
    tableLookup(_configVersion: unknown, name: unknown, key: unknown, asOf?: unknown): string {
      if (typeof name !== 'string') return missing();
      if (asOf === undefined) {
        const known = lookups.expected(name, key);
        if (known !== undefined) return known;
      }
      scripts.askedOutside();
      const table = tables.get(name);
      if (!table) return missing();
      const moment = asOf === undefined || asOf === null || asOf === '' ? clock() : +(asOf as number);
      if (asOf !== undefined && !Number.isFinite(moment)) return missing();
      const keys: string | readonly string[] =
        typeof key === 'string'
          ? key
          : Array.isArray(key)
            ? allText(key)
              ? (key as string[])
              : key.map(textual)
            : textual(key);
      const value = typeof keys === 'string' ? table.one(keys, moment) : table.of(keys, moment);
      if (lookups.isOpen)
        lookups.note(name, typeof keys === 'string' ? keys : [...keys], moment, asOf !== undefined, value);
      return value;
    },
    fetchByLocator: missing,
    getAuxData: missing,
    setAuxData(): void {},
  };
  const nothing = (): void => {};
  const names =
    'log info warn error debug trace dir table assert group groupCollapsed groupEnd time timeEnd timeLog count';
  hide(globalThis, 'global', globalThis);
  hide(globalThis, 'console', Object.fromEntries(names.split(' ').map((name) => [name, nothing])));
  hide(globalThis, 'socotraApi', api);
  hide(globalThis, WIRES.trip, scripts.trip);
  hide(globalThis, WIRES.key, scripts.watch);
  // Wires stand in the text of a function.
  hide(Function.prototype, 'toString', missing);
  for (const entity of ENTITIES) hide(globalThis, entity, entity);
}

function allText(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i += 1) if (typeof values[i] !== 'string') return false;
  return true;
}
