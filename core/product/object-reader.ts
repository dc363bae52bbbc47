import type { JsonNode } from './json-text.ts';
import { type ReportPlace, type Reports, suggestion } from './reports.ts';

/**
 * Reads the members of a JSON object leniently, as configurations in use need it: numbers as text and text as numbers are
 * taken, a value of a wrong type is a warning and then absent, and what nobody asked for is reported by `finish`.
 */
export class ObjectReader {
  readonly file: string;
  readonly node: JsonNode;
  readonly #reports: Reports;
  readonly #product: string | null;
  readonly #asked = new Set<string>();

  constructor(node: JsonNode, file: string, reports: Reports, product: string | null) {
    this.node = node;
    this.file = file;
    this.#reports = reports;
    this.#product = product;
  }

  get keys(): readonly string[] {
    return [...(this.node.members?.keys() ?? [])];
  }

  /** Where the object stands, or the member of that name when there is one. */
  place(key?: string): Required<ReportPlace> & { line: number; column: number } {
    const { line, column } = (key === undefined ? undefined : this.node.members?.get(key)) ?? this.node;
    return { file: this.file, line, column };
  }

  warn(code: string, message: string, key?: string): void {
    this.#reports.add('warning', code, message, this.place(key), this.#product);
  }

  error(code: string, message: string, key?: string): void {
    this.#reports.add('error', code, message, this.place(key), this.#product);
  }

  member(key: string): JsonNode | undefined {
    this.#asked.add(key);
    const node = this.node.members?.get(key)?.node;
    return node === undefined || node.value === null ? undefined : node;
  }

  /** Members that are known and mean nothing here. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  text(key: string): string | undefined {
    const node = this.member(key);
    if (node === undefined) return undefined;
    const { value } = node;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.#wrong(key, 'text');
  }

  flag(key: string): boolean | undefined {
    const value = this.member(key)?.value;
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return this.#wrong(key, 'true or false');
  }

  number(key: string): number | undefined {
    const value = this.member(key)?.value;
    if (value === undefined || typeof value === 'number') return value;
    if (typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) return Number(value);
    if (value === '') return undefined;
    return this.#wrong(key, 'a number');
  }

  /** A list of text; a single text counts as a list of one. */
  texts(key: string): readonly string[] | undefined {
    const node = this.member(key);
    if (node === undefined) return undefined;
    const items = node.items ?? [node];
    const texts = items.map(({ value }) => (typeof value === 'object' ? undefined : String(value)));
    return texts.every((text) => text !== undefined) ? texts : this.#wrong(key, 'a list of text');
  }

  object(key: string): ObjectReader | undefined {
    const node = this.member(key);
    if (node === undefined) return undefined;
    return node.members ? this.#child(node) : this.#wrong(key, 'an object');
  }

  objects(key: string): readonly ObjectReader[] {
    const node = this.member(key);
    if (node === undefined) return [];
    if (node.items) return this.#items(node.items);
    this.#wrong(key, 'a list of objects');
    return [];
  }

  /** The reader of each item of a file whose root is a list. */
  rootItems(): readonly ObjectReader[] {
    return this.#items(this.node.items ?? []);
  }

  /** Reports every member that nobody asked for: it stays in the configuration's files and has no effect. */
  finish(): void {
    for (const key of this.keys) {
      if (this.#asked.has(key)) continue;
      const unused = [...this.#asked].filter((asked) => !this.node.members?.has(asked));
      this.warn('unknown-key', `"${key}" is unknown and has no effect.${suggestion(key, unused)}`, key);
    }
  }

  #items(items: readonly JsonNode[]): readonly ObjectReader[] {
    return items.flatMap((item) => {
      if (item.members) return [this.#child(item)];
      const place = { file: this.file, line: item.line, column: item.column };
      this.#reports.add('warning', 'wrong-type', 'Expected an object: this item has no effect.', place, this.#product);
      return [];
    });
  }

  #child(node: JsonNode): ObjectReader {
    return new ObjectReader(node, this.file, this.#reports, this.#product);
  }

  #wrong(key: string, expected: string): undefined {
    this.warn('wrong-type', `"${key}" should be ${expected}: it has no effect.`, key);
    return undefined;
  }
}
