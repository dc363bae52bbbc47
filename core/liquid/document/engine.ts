import {
  defaultOperators,
  Liquid,
  type Operators,
  filters as standardFilters,
  tags as standardTags,
  type Template,
} from 'liquidjs';
import { pageBlock } from './blocks.ts';
import { documentFilters, STANDARD_FILTERS } from './filters.ts';
import type { Run } from './run.ts';
import { DocumentNumber, order, print, same } from './values.ts';

/** Tags of liquidjs that a document may use; layouts and blocks do not exist in the original. */
const STANDARD_TAGS = [
  ...['assign', 'capture', 'increment', 'decrement', 'if', 'unless', 'case', 'for', 'tablerow', 'cycle', 'break'],
  ...['continue', 'comment', 'raw', 'echo', 'liquid', 'include', 'render', '#'],
] as const;

/** Reads the templates that a rendering may include; there is no other file system. */
export interface Partials {
  /** The path of a template that is named in `include` or `render`; undefined when there is none. */
  find(name: string): string | undefined;
  /** Its text, read leniently. */
  read(path: string): string;
  /** Called for every use after the first, when it is not read again. */
  again(name: string): void;
}

/**
 * The one place where a liquidjs engine is made: allow-listed tags and filters, own properties only, no file system, limits on
 * memory and time. `run` answers with the rendering that is going on.
 */
export function createEngine(partials: Partials, run: () => Run): Liquid {
  const engine = new Liquid({
    fs: {
      exists: async () => false,
      existsSync: (path) => partials.find(path) === path,
      readFile: async () => '',
      readFileSync: (path) => partials.read(path),
      resolve: (_directory, name) => partials.find(name) ?? name,
      contains: async () => false,
      containsSync: () => true,
    },
    relativeReference: false,
    cache: partialCache(partials),
    ownPropertyOnly: true,
    strictFilters: false,
    strictVariables: false,
    groupedExpressions: true,
    operators: OPERATORS,
    outputEscape: (value: unknown) => run().printed(print(value)),
    parseLimit: 5_000_000,
    memoryLimit: 50_000_000,
  });
  const allowedTags = new Set<string>(STANDARD_TAGS);
  for (const name of Object.keys(standardTags)) if (!allowedTags.has(name)) delete engine.tags[name];
  for (const name of ['header', 'footer'] as const) engine.registerTag(name, pageBlock(name, run));
  const allowedFilters = new Set(STANDARD_FILTERS);
  for (const name of Object.keys(standardFilters)) if (!allowedFilters.has(name)) engine.unregisterFilter(name);
  for (const [name, filter] of Object.entries(documentFilters(run)))
    engine.registerFilter(name, function (value: unknown, ...args: unknown[]) {
      run().at = this.token;
      return filter(value, ...args);
    });
  return engine;
}

/** Parsed partials by name. */
function partialCache(partials: Partials) {
  const parsed = new Map<string, Template[] | Promise<Template[]>>();
  return {
    read: (key: string) => {
      const known = parsed.get(key);
      if (known) partials.again(key.slice(key.indexOf(':') + 1));
      return known;
    },
    write: (key: string, templates: Template[] | Promise<Template[]>) => void parsed.set(key, templates),
    remove: (key: string) => void parsed.delete(key),
  };
}

/** nil, empty and blank are objects of liquidjs that know themselves how to compare. */
const special = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'equals' in value && !(value instanceof DocumentNumber);

const compare =
  (operator: string, holds: (order: number) => boolean) =>
  (left: unknown, right: unknown, context: unknown): unknown => {
    if (special(left) || special(right)) return standard(operator, left, right, context);
    const result = order(left, right);
    return result !== undefined && holds(result);
  };

const OPERATORS = {
  ...defaultOperators,
  '==': (left: unknown, right: unknown, context: unknown) =>
    special(left) || special(right) ? standard('==', left, right, context) : same(left, right),
  '!=': (left: unknown, right: unknown, context: unknown) =>
    special(left) || special(right) ? standard('!=', left, right, context) : !same(left, right),
  '<': compare('<', (result) => result < 0),
  '>': compare('>', (result) => result > 0),
  '<=': compare('<=', (result) => result <= 0),
  '>=': compare('>=', (result) => result >= 0),
  contains: (left: unknown, right: unknown) => {
    if (Array.isArray(left)) return left.some((item) => same(item, right));
    return typeof left === 'string' && print(right) !== '' && left.includes(print(right));
  },
} as unknown as Operators;

function standard(operator: string, left: unknown, right: unknown, context: unknown): unknown {
  return (defaultOperators[operator] as (...operands: unknown[]) => unknown)(left, right, context);
}
