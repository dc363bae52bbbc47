import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type ivm from 'isolated-vm';

/** The trusted code of an isolate by entry: `guest/<entry>.ts`, or in a bundle `guest-<entry>.js` beside the host's file. */
export type GuestEntry = 'service' | 'calculations' | 'templates' | 'rating';
/** Entries that stand elsewhere: what rates a book is made of floors above this one, and enters by its place (SPEC.md, S40). */
const ELSEWHERE: Partial<Record<GuestEntry, string>> = { rating: '../../lab/rating/guest/rating.ts' };

/** ES modules for an isolate: where an entry lies, what an import means there, and the JavaScript of a module. */
export interface GuestRuntime {
  entry(name: GuestEntry): string;
  resolve(specifier: string, from: string): string;
  code(id: string): string;
  /** The library of spreadsheet functions as one classic script. */
  spreadsheet(): string;
}

/** What may enter an isolate: the pure floors, and the libraries that they are allowed. */
const ALLOWED = [
  /\/core\/(model|liquid|pricing|sandbox\/guest|lab\/rating)\/[^?#]*\.ts$/,
  /\/core\/underwriting\/verdict\.ts$/,
  /\/core\/policy\/(risk|policyholder-fields|written-dates)\.ts$/,
  /\/node_modules\/(decimal\.js|temporal-polyfill|temporal-utils|liquidjs)\/[^?#]*\.m?js$/,
];

/** The isolate-side code: prebuilt files where the build laid them beside the host, the sources with stripped types elsewhere. */
export function guestRuntimeSource(host: string = import.meta.url): GuestRuntime {
  const prebuilt = new URL('./guest-service.js', host);
  if (existsSync(prebuilt)) {
    return {
      entry: (name) => new URL(`./guest-${name}.js`, host).href,
      resolve: (specifier, from) => new URL(specifier, from).href,
      code: (id) => readFileSync(fileURLToPath(id), 'utf8'),
      spreadsheet: () => readFileSync(fileURLToPath(new URL('./guest-spreadsheet.js', host)), 'utf8'),
    };
  }
  const codes = new Map<string, string>();
  return {
    entry: (name) => new URL(ELSEWHERE[name] ?? `../guest/${name}.ts`, host).href,
    resolve: resolveSource,
    code(id) {
      const known = codes.get(id);
      if (known !== undefined) return known;
      const text = readFileSync(fileURLToPath(id), 'utf8');
      const code = id.endsWith('.ts') ? stripTypeScriptTypes(text, { mode: 'strip' }) : text;
      codes.set(id, code);
      return code;
    },
    spreadsheet: () => readFileSync(fileURLToPath(spreadsheetFile()), 'utf8'),
  };
}

/** The library's form for browsers: one file that needs nothing but the language. */
export function spreadsheetFile(): string {
  return new URL('../browser/formula.min.js', import.meta.resolve('@formulajs/formulajs')).href;
}

function resolveSource(specifier: string, from: string): string {
  const url = specifier.startsWith('.')
    ? new URL(specifier, from).href
    : import.meta.resolve(specifier).replace('liquidjs/dist/liquid.node.js', 'liquidjs/dist/liquid.browser.mjs');
  if (!ALLOWED.some((pattern) => pattern.test(url))) {
    throw new Error(`${specifier} (from ${from}) may not be loaded into an isolate`);
  }
  return url;
}

/** Loads an entry with everything it imports into a context; modules already there are shared. */
export async function loadEntry(
  runtime: GuestRuntime,
  entry: GuestEntry,
  isolate: ivm.Isolate,
  context: ivm.Context,
  loaded: Map<string, ivm.Module>,
): Promise<ivm.Module> {
  const add = (id: string): ivm.Module => {
    const known = loaded.get(id);
    if (known) return known;
    const module = isolate.compileModuleSync(runtime.code(id), { filename: id });
    loaded.set(id, module);
    for (const specifier of module.dependencySpecifiers) add(runtime.resolve(specifier, id));
    return module;
  };
  const module = add(runtime.entry(entry));
  const ids = new Map([...loaded].map(([id, of]) => [of, id]));
  await module.instantiate(context, (specifier, referrer) => {
    const target = loaded.get(runtime.resolve(specifier, ids.get(referrer) ?? ''));
    if (!target) throw new Error(`${specifier} is not loaded`);
    return target;
  });
  await module.evaluate();
  return module;
}
