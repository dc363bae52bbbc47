import type { standStill as StandStill } from './clock.ts';
import type { plainWriter as PlainWriter } from './plain.ts';

/**
 * What a plugin's realm asks of the trusted one (guest/service.ts). Only primitives cross: the functions belong to another
 * realm of the same isolate, and an object of that realm in a guest's hands would be a way to state that outlives the call.
 */
export interface RealmServices {
  /** @returns the value, '' when the key is missing, null when the table can not be read (`why` says so). `keys` is a JSON list. */
  lookup(table: string, keys: string, asOf: number | undefined, place: string): string | null;
  why(): string;
  print(level: string, text: string, place: string): void;
  /** Characters of log that may still be written. */
  room(): number;
  /** @returns JSON text `{"value": …}` or `{"error": "…"}`. */
  fetch(entity: string, locator: string): string;
  getAux(locator: string, key: string): string;
  /** @returns false when the limit of the answer is used up. */
  setAux(locator: string, key: string, value: string, uiType: string | undefined): boolean;
}

/** One plugin call; the answer is JSON text, undefined while a promise is pending (then `settle`). */
export interface Realm {
  enter(
    path: string,
    name: string,
    argumentsText: string,
    clock: number,
    seed: string,
    places: boolean,
    outputLimit: number,
  ): string | undefined;
  settle(): string;
}

/** The parts that are functions of their own; they enter the realm as text beside this one. */
export interface RealmParts {
  readonly standStill: typeof StandStill;
  readonly plainWriter: typeof PlainWriter;
}

/**
 * Furnishes a fresh realm for one plugin call: CommonJS over `scripts/`, a fixed clock, seeded randomness, console and
 * `socotraApi`. The host sends the *text* of this function into the isolate and runs it there before any guest code, in strict
 * mode: it must not use anything outside itself, and what it needs of the realm it takes before a guest can change it.
 *
 * `$define(path, kind, value)` is there until the call begins: the host hands over the modules through it.
 */
export function furnishRealm(services: RealmServices, { standStill, plainWriter }: RealmParts): Realm {
  const NativeError = Error;
  const NativeReflect = Reflect;
  const NativeProxy = Proxy;
  const { apply, defineProperty, deleteProperty, ownKeys } = Reflect;
  /**
   * Calls into the trusted realm. An error that is raised there (the stack may end inside it) belongs to that realm: it is
   * replaced before a guest can catch it.
   */
  const guarded =
    <A extends (string | number | boolean | undefined)[], R>(call: (...all: A) => R) =>
    (...all: A): R => {
      try {
        return apply(call, undefined, all) as R;
      } catch {
        throw new NativeError('the call into the workbench failed: the stack is exhausted or the call was ended');
      }
    };
  const lookup = guarded(services.lookup);
  const why = guarded(services.why);
  const print = guarded(services.print);
  const room = guarded(services.room);
  const fetch = guarded(services.fetch);
  const getAux = guarded(services.getAux);
  const setAux = guarded(services.setAux);
  const { parse, stringify } = JSON;
  const { create } = Object;
  const { isArray } = Array;
  const { isFinite: finite } = Number;
  const NativeSyntaxError = SyntaxError;
  const NativePromise = Promise;
  const NativeString = String;
  const promiseResolve = Promise.resolve;
  const promiseThen = Promise.prototype.then;
  const slice = String.prototype.slice;
  const split = String.prototype.split;
  const world = globalThis as unknown as Record<string, unknown>;

  let clock = 0;
  let seed = '';
  let places = false;
  let outputLimit = 0;

  const hide = (target: object, name: PropertyKey, value: unknown): void => {
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  };
  const cut = (text: string, length: number): string => (text.length > length ? apply(slice, text, [0, length]) : text);

  // Nothing that tells of the collector or another thread: a replay must give the same answer.
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']) {
    deleteProperty(world, name);
  }
  hide(world, 'global', world);

  standStill(
    () => clock,
    () => seed,
  );

  // ---- console and places ----------------------------------------------------------------------------------------------------
  /** The author's line that called, e.g. `    at rate (scripts/main/rater.js:12:9)`; '' where nobody asked. */
  const place = (): string => (places ? cut(NativeString(new NativeError('').stack), 4_000) : '');

  const show = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'function') return '[function]';
    if (typeof value !== 'object' || value === null) return NativeString(value);
    try {
      const stack = (value as { stack?: unknown }).stack;
      if (typeof stack === 'string') return stack;
      const text: unknown = stringify(value);
      return typeof text === 'string' ? text : '[object]';
    } catch {
      return '[object that can not be shown]';
    }
  };
  const printer =
    (level: string) =>
    (...values: unknown[]): void => {
      let text = '';
      for (let i = 0; i < values.length; i += 1) {
        text += `${i === 0 ? '' : ' '}${show(values[i])}`;
        if (text.length > room()) break;
      }
      print(level, cut(text, room() + 1), place());
    };
  const nothing = (): void => undefined;
  const log = printer('log');
  const complain = printer('error');
  hide(world, 'console', {
    log,
    info: printer('info'),
    warn: printer('warn'),
    error: complain,
    debug: printer('debug'),
    trace: printer('debug'),
    dir: (value: unknown) => log(value),
    table: (value: unknown) => log(value),
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) complain('Assertion failed', ...values);
    },
    group: nothing,
    groupCollapsed: nothing,
    groupEnd: nothing,
    time: nothing,
    timeEnd: nothing,
    timeLog: nothing,
    count: nothing,
  });

  // ---- socotraApi ----------------------------------------------------------------------------------------------------------
  for (const entity of [
    'Policy',
    'Policyholder',
    'Claim',
    'Invoice',
    'Quote',
    'PolicyQuote',
    'Endorsement',
    'Renewal',
    'Cancellation',
    'Reinstatement',
    'Exposure',
    'Peril',
    'Payment',
    'PolicyModification',
    'PremiumReport',
    'Grace',
    'Product',
  ]) {
    hide(world, entity, entity);
  }
  const answered = (text: string): unknown => {
    const answer = parse(text) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new NativeError(answer.error);
    return answer.value;
  };
  const textual = (value: unknown): string => (typeof value === 'string' ? value : NativeString(value));
  const keysText = (key: unknown): string => {
    if (!isArray(key)) return `[${stringify(textual(key))}]`;
    let text = '';
    for (let i = 0; i < key.length; i += 1) text += `${i === 0 ? '' : ','}${stringify(textual(key[i]))}`;
    return `[${text}]`;
  };
  const api = {
    tableLookup(_configVersion: unknown, table: unknown, key: unknown, asOf?: unknown): string {
      const moment = asOf === undefined || asOf === null || asOf === '' ? undefined : +(asOf as number);
      if (moment !== undefined && !finite(moment)) {
        throw new NativeError(`tableLookup: "${cut(textual(asOf), 100)}" is no timestamp in milliseconds`);
      }
      const value = lookup(textual(table), keysText(key), moment, place());
      if (value === null) throw new NativeError(`tableLookup: ${why()}`);
      return value;
    },
    fetchByLocator(entity: unknown, locator: unknown): unknown {
      return answered(fetch(textual(entity), textual(locator)));
    },
    getAuxData(locator: unknown, key: unknown): unknown {
      return answered(getAux(textual(locator), textual(key)));
    },
    setAuxData(locator: unknown, key: unknown, value: unknown, uiType?: unknown): void {
      const type = uiType === undefined || uiType === null ? undefined : textual(uiType);
      const text = value === undefined || value === null ? '' : textual(value);
      if (!setAux(textual(locator), textual(key), text, type)) {
        throw new NativeError(`setAuxData: more than ${outputLimit} bytes of auxiliary data in one call`);
      }
    },
  };
  hide(world, 'socotraApi', api);

  // ---- CommonJS inside scripts/ ---------------------------------------------------------------------------------------------
  interface Module {
    readonly id: string;
    readonly filename: string;
    exports: unknown;
    loaded: boolean;
  }
  type Definition = { readonly kind: 'script' | 'json' | 'broken' | 'library'; readonly value: unknown };
  const definitions = create(null) as Record<string, Definition>;
  const loaded = create(null) as Record<string, Module>;
  world.$define = (path: string, kind: Definition['kind'], value: unknown) => {
    definitions[path] = { kind, value };
  };

  const directoryOf = (path: string): string[] => {
    const parts: string[] = apply(split, path, ['/']);
    parts.length -= 1;
    return parts;
  };
  /** @returns undefined for a package or a module of Node: a name that is no relative path */
  const resolve = (specifier: unknown, from: string): string | undefined => {
    if (typeof specifier !== 'string') throw new NativeError('require needs the path of a script as text');
    const parts: string[] = apply(split, specifier, ['/']);
    if (parts[0] !== '.' && parts[0] !== '..')
      return definitions[specifier]?.kind === 'library' ? specifier : undefined;
    const path = directoryOf(from);
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      if (part === '..') {
        if (path.length === 0) throw new NativeError(`require("${specifier}") leads outside scripts/`);
        path.length -= 1;
      } else if (part !== '.' && part !== '' && part !== undefined) path[path.length] = part;
    }
    let base = '';
    for (let i = 0; i < path.length; i += 1) base += `${i === 0 ? '' : '/'}${path[i]}`;
    for (const candidate of [base, `${base}.js`, `${base}.json`, `${base}/index.js`]) {
      if (definitions[candidate]) return candidate;
    }
    throw new NativeError(`require("${specifier}"): there is no script ${base} below scripts/`);
  };
  /**
   * What stands for a package. Scripts in use require packages that they never use and run all the same: requiring one is a
   * warning in the log, using it fails.
   */
  const absentPackage = (name: unknown): unknown => {
    const what = `require("${cut(textual(name), 200)}")`;
    print('warn', `${what}: packages are not there for plugins. It fails as soon as the script uses it.`, place());
    const refuse = (): never => {
      throw new NativeError(
        `${what}: only scripts of this configuration can be used, by a relative path such as "./lib/tools.js". Bundle the package into the script.`,
      );
    };
    const traps: ProxyHandler<() => void> = {};
    for (const trap of ownKeys(NativeReflect)) if (typeof trap === 'string') hide(traps, trap, refuse);
    return new NativeProxy(nothing, traps);
  };
  const load = (path: string): Module => {
    const known = loaded[path];
    if (known) return known;
    const definition = definitions[path];
    if (!definition) throw new NativeError(`there is no script scripts/${path}`);
    if (definition.kind === 'broken') {
      const broken = parse(definition.value as string) as { message: string; stack: string };
      const error = new NativeSyntaxError(broken.message);
      error.stack = broken.stack;
      throw error;
    }
    const module: Module = { id: path, filename: `scripts/${path}`, exports: {}, loaded: false };
    loaded[path] = module;
    try {
      if (definition.kind === 'library') module.exports = apply(definition.value as () => unknown, undefined, []);
      else if (definition.kind === 'json') module.exports = parse(definition.value as string);
      else {
        const require = (specifier: unknown): unknown => {
          const found = resolve(specifier, path);
          return found === undefined ? absentPackage(specifier) : load(found).exports;
        };
        const directory = `scripts/${cut(path, path.length - 1 - baseName(path).length)}`;
        apply(definition.value as (...all: unknown[]) => unknown, module.exports, [
          module.exports,
          require,
          module,
          module.filename,
          directory,
        ]);
      }
      module.loaded = true;
      return module;
    } catch (error) {
      deleteProperty(loaded, path);
      throw error;
    }
  };
  const baseName = (path: string): string => {
    const parts: string[] = apply(split, path, ['/']);
    return parts[parts.length - 1] ?? path;
  };

  const plain = plainWriter((text) => print('warn', text, ''));
  const failure = (thrown: unknown): string => {
    let message = '';
    let stack = '';
    try {
      if (typeof thrown === 'object' && thrown !== null) {
        const error = thrown as { name?: unknown; message?: unknown; stack?: unknown };
        if (typeof error.stack === 'string') stack = error.stack;
        if (typeof error.message === 'string') {
          const name = typeof error.name === 'string' && error.name !== 'Error' ? error.name : '';
          message = name === '' ? error.message : `${name}: ${error.message}`;
        } else message = show(thrown);
      } else message = typeof thrown === 'string' ? thrown : `${show(thrown)} was thrown`;
    } catch {
      message ||= 'something was thrown that can not be shown';
    }
    return `{"error":{"message":${stringify(cut(message, 4_000))},"stack":${stringify(cut(stack, 8_000))}}}`;
  };

  const answerOf = (value: unknown): string => {
    try {
      return plain(value, outputLimit);
    } catch (error) {
      return failure(error);
    }
  };

  let later: string | undefined;
  return {
    enter(path, name, argumentsText, now, seedText, withPlaces, limit) {
      deleteProperty(world, '$define');
      clock = now;
      seed = seedText;
      places = withPlaces;
      outputLimit = limit;
      try {
        const { exports } = load(path);
        const found =
          exports === null || exports === undefined ? undefined : (exports as Record<string, unknown>)[name];
        if (typeof found !== 'function') {
          throw new NativeError(`scripts/${path} exports no function "${name}"`);
        }
        const value: unknown = apply(found as () => unknown, exports, parse(argumentsText) as unknown[]);
        const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
        if (!isObject || typeof (value as { then?: unknown }).then !== 'function') return answerOf(value);
        apply(promiseThen, apply(promiseResolve, NativePromise, [value]), [
          (settled: unknown) => {
            later = answerOf(settled);
          },
          (thrown: unknown) => {
            later = failure(thrown);
          },
        ]);
        return undefined;
      } catch (error) {
        return failure(error);
      }
    },
    settle() {
      return (
        later ??
        failure(
          new NativeError(
            'the function returned a promise that never settles: there are no timers and no network to wait for',
          ),
        )
      );
    },
  };
}
