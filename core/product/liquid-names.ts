import type { Expression, FilterCall, PathExpression, Template } from '#core/liquid/ast.ts';
import { walk } from '#core/liquid/walk.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Exposure, Peril, Product } from '#core/model/product.ts';
import type { KeyPart } from './check-lookups.ts';

/** Whose calculation a file is: a premium file has its exposure and peril, other files see all of the product. */
export interface FileOwner {
  readonly product: Product;
  readonly exposure?: Exposure;
  readonly peril?: Peril;
}
/** What a path leads to, as far as the source shows. */
export type Meaning =
  /** A canonical path below `data`; `*` stands for any index. */
  | { readonly kind: 'data'; readonly path: readonly string[] }
  /** The field values of a host, and the name that is read from them. */
  | {
      readonly kind: 'field';
      readonly host: string;
      readonly fields: readonly FieldDefinition[];
      readonly name: string;
    }
  | { readonly kind: 'unknown' };

const UNKNOWN: Meaning = { kind: 'unknown' };
/** More assignments than this are not followed. */
const DEEPEST = 12;

/** The names of one calculation file: what is assigned, what loops run over, and what paths mean. */
export class LiquidNames {
  readonly owner: FileOwner;
  readonly #assigned = new Map<string, Expression[]>();
  readonly #loops = new Map<string, Expression[]>();
  readonly #defined = new Set<string>();

  constructor(template: Template, owner: FileOwner) {
    this.owner = owner;
    const add = (map: Map<string, Expression[]>, name: string, expression: Expression): void => {
      map.set(name, [...(map.get(name) ?? []), expression]);
    };
    walk(template.body, {
      assign: (name, expression) => add(this.#assigned, name, expression),
      loop: ({ variable, collection }) => add(this.#loops, variable, collection),
      capture: (name) => this.#defined.add(name),
      counter: (name) => this.#defined.add(name),
    });
  }

  /** Every name that something in the file gives a value. */
  get defined(): ReadonlySet<string> {
    return new Set([...this.#assigned.keys(), ...this.#loops.keys(), ...this.#defined]);
  }

  /** What an expression means when it is a path; variables that are assigned once are followed. */
  meaningOf(expression: Expression, depth = 0): Meaning {
    const path = pathOf(expression);
    if (!path || depth > DEEPEST) return UNKNOWN;
    const keys = path.keys.map(keyText);
    if (path.root === 'data') return this.#read(keys);
    const assigned = this.#assigned.get(path.root) ?? [];
    const loops = this.#loops.get(path.root) ?? [];
    const [source] = [...assigned, ...loops];
    if (!source) return this.#defined.has(path.root) ? UNKNOWN : this.#bareField(path.root, keys);
    if (assigned.length + loops.length !== 1 || this.#defined.has(path.root)) return UNKNOWN;
    const base = this.meaningOf(source, depth + 1);
    if (base.kind !== 'data') return keys.length === 0 ? base : UNKNOWN;
    return this.#read([...base.path, ...(loops.length > 0 ? ['*'] : []), ...keys]);
  }

  /** The parts of which a text is joined: literals, options of a field, alternatives that a variable is assigned. */
  partsOf(expression: Expression, depth = 0): readonly KeyPart[] {
    if (depth > DEEPEST) return [ANY];
    if (expression.kind === 'literal') return literalParts(expression);
    if (expression.kind === 'filtered') return this.#filtered(expression.input, expression.filters, depth);
    const meaning = this.meaningOf(expression);
    if (meaning.kind === 'field') return fieldParts(meaning);
    const path = pathOf(expression);
    if (!path || path.keys.length > 0 || this.#loops.has(path.root) || this.#defined.has(path.root)) return [ANY];
    const sources = this.#assigned.get(path.root) ?? [];
    if (sources.length === 1 && sources[0] && !mentions(sources[0], path.root))
      return this.partsOf(sources[0], depth + 1);
    const texts = sources.map((source) =>
      source.kind === 'literal' && source.value.type === 'string' ? source.value.value : undefined,
    );
    if (texts.length === 0 || texts.some((text) => text === undefined)) return [ANY];
    return [{ kind: 'options', field: path.root, values: [...new Set(texts.filter((text) => text !== undefined))] }];
  }

  /** The input of a filter behind the filters before it. */
  inputParts(input: Expression, before: readonly FilterCall[]): readonly KeyPart[] {
    return this.#filtered(input, before, 0);
  }

  #filtered(input: Expression, filters: readonly FilterCall[], depth: number): readonly KeyPart[] {
    let parts = this.partsOf(input, depth + 1);
    for (const {
      name,
      arguments: [argument],
    } of filters) {
      const added = argument ? this.partsOf(argument, depth + 1) : [];
      if (name === 'append') parts = [...asText(parts), ...asText(added)];
      else if (name === 'prepend') parts = [...asText(added), ...asText(parts)];
      else if (name === 'downcase') parts = mapTexts(asText(parts), (text) => text.toLowerCase());
      else if (name === 'upcase') parts = mapTexts(asText(parts), (text) => text.toUpperCase());
      else if (name === 'strip') parts = mapTexts(asText(parts), (text) => text.trim());
      else return [ANY];
    }
    return parts;
  }

  /** A canonical path below `data`: field values end in the field that is read. */
  #read(path: readonly string[]): Meaning {
    const at = path.indexOf('field_values');
    const name = at < 0 ? undefined : path[at + 1];
    if (at < 0 || name === undefined) return { kind: 'data', path };
    if (name === '*' || path.length > at + 2) return UNKNOWN;
    const host = this.#hostOf(path.slice(0, at));
    return host ? { kind: 'field', name, ...host } : UNKNOWN;
  }

  #hostOf(path: readonly string[]): { readonly host: string; readonly fields: readonly FieldDefinition[] } | undefined {
    const { product, exposure, peril } = this.owner;
    const exposures = exposure ? [exposure] : product.exposures;
    const perils = product.exposures.flatMap((one) => one.perils);
    const all = { host: 'no exposure', fields: product.exposures.flatMap(({ fields }) => fields) };
    const text = path.map((key) => (/^\d+$/.test(key) || key === 'last' || key === 'first' ? '*' : key)).join('.');
    switch (text) {
      case 'policy_characteristics':
      case 'policy.characteristics.*':
        return { host: 'the policy', fields: product.fields };
      case 'exposure_characteristics':
        return exposure
          ? { host: `the exposure "${exposure.name}"`, fields: exposure.fields }
          : { ...all, fields: exposures.flatMap(({ fields }) => fields) };
      case 'policy.exposures.*.characteristics.*':
        return all;
      case 'peril_characteristics':
        return peril
          ? { host: `the peril "${peril.name}"`, fields: peril.fields }
          : { host: 'no peril', fields: perils.flatMap(({ fields }) => fields) };
      case 'policy.exposures.*.perils.*.characteristics.*':
        return { host: 'no peril', fields: perils.flatMap(({ fields }) => fields) };
      default:
        return undefined;
    }
  }

  /** A bare name resolves to a field of the policy or of an exposure (settled questions, 9). */
  #bareField(name: string, keys: readonly string[]): Meaning {
    const fields = [this.owner.product.fields, ...this.owner.product.exposures.map((one) => one.fields)].flat();
    if (keys.length > 0 || !fields.some((field) => field.name === name)) return UNKNOWN;
    return { kind: 'field', host: 'the policy', fields, name };
  }
}

const ANY: KeyPart = { kind: 'any' };

/** The path of an expression that is one, also in parentheses of a filter chain without filters. */
function pathOf(expression: Expression): PathExpression | undefined {
  if (expression.kind === 'path') return expression;
  return expression.kind === 'filtered' && expression.filters.length === 0 ? pathOf(expression.input) : undefined;
}

function keyText(key: string | Expression): string {
  if (typeof key === 'string') return key;
  if (key.kind === 'literal' && key.value.type === 'string') return key.value.value;
  return key.kind === 'literal' && key.value.type === 'number' ? key.value.value : '*';
}

function literalParts(expression: Expression & { kind: 'literal' }): readonly KeyPart[] {
  const { value } = expression;
  if (value.type === 'string') return [{ kind: 'text', value: value.value }];
  return value.type === 'number' ? [{ kind: 'number', value: value.value }] : [ANY];
}

function fieldParts(meaning: Meaning & { kind: 'field' }): readonly KeyPart[] {
  const definitions = meaning.fields.filter(({ name }) => name === meaning.name);
  const [first] = definitions;
  if (!first || definitions.some((other) => other.type !== first.type)) return [ANY];
  if (first.type === 'number' && !first.repeatable) return [{ kind: 'number', value: `field "${first.name}"` }];
  if (first.type !== 'select' || first.repeatable || !first.values?.length) return [ANY];
  return [
    { kind: 'options', field: first.name, values: [...new Set(definitions.flatMap(({ values = [] }) => values))] },
  ];
}

/** As text a number field can be anything; a literal number is its text. */
const asText = (parts: readonly KeyPart[]): readonly KeyPart[] =>
  parts.map((part) =>
    part.kind === 'number' ? (part.value.startsWith('field ') ? ANY : { kind: 'text', value: part.value }) : part,
  );

const mapTexts = (parts: readonly KeyPart[], change: (text: string) => string): readonly KeyPart[] =>
  parts.map((part) => {
    if (part.kind === 'text') return { ...part, value: change(part.value) };
    return part.kind === 'options' ? { ...part, values: part.values.map(change) } : part;
  });

function mentions(expression: Expression, name: string): boolean {
  if (expression.kind === 'path') return expression.root === name;
  if (expression.kind !== 'filtered') return false;
  const { input, filters } = expression;
  return (
    mentions(input, name) || filters.some((filter) => filter.arguments.some((argument) => mentions(argument, name)))
  );
}
