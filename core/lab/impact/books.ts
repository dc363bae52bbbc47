import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { type BookFile, requestsIn } from '../rating/book-file.ts';
import { batchesOf } from '../rating/book-lines.ts';
import type { BookSource } from '../rating/contract.ts';
import type { ColumnMap } from '../rating/csv-columns.ts';
import { inForce } from '../rating/in-force.ts';

/** Which risks a change is tried on. */
export type BookSpec =
  | { readonly kind: 'sampled'; readonly count: number; readonly seed: string }
  | { readonly kind: 'in-force' }
  | { readonly kind: 'file'; readonly file: BookFile; readonly map?: ColumnMap };

export interface NamedBook {
  readonly title: string;
  readonly source: BookSource;
}

/** Where the requests of a book come from. A CSV is read with the fields of this version of the product. */
export function bookOf(
  desk: Desk,
  spec: BookSpec,
  {
    configuration,
    product,
    now,
  }: { readonly configuration: Configuration; readonly product: string; readonly now: Millis },
): NamedBook {
  const definition = productIn(configuration, product);
  switch (spec.kind) {
    case 'sampled': {
      const { count, seed } = spec;
      const source: BookSource = () => batchesOf(sampled(definition, configuration, { count, seed, now }));
      return { title: `${count} sampled risks (seed ${seed})`, source };
    }
    case 'in-force':
      return { title: 'Policies in force', source: inForce(desk, definition, now) };
    case 'file': {
      const { file, map } = spec;
      return {
        title: file.name,
        source: requestsIn(file, { configuration, product: definition, ...(map ? { map } : {}) }),
      };
    }
  }
}

function* sampled(
  product: Product,
  configuration: Configuration,
  options: { readonly count: number; readonly seed: string; readonly now: Millis },
): Generator<string> {
  let key = 0;
  for (const request of sampleRequests(product, configuration, options)) {
    key += 1;
    yield JSON.stringify({ key: `Sample ${key}`, ...request });
  }
}

function productIn(configuration: Configuration, name: string): Product {
  const found = configuration.products.find((product) => product.name === name);
  if (found) return found;
  const known = configuration.products.map((product) => product.name).join(', ') || 'none';
  throw new Problem('not-found', `There is no product "${name}" in it. There are: ${known}.`);
}

/** A book that came as text: an upload. */
export function bookInText(name: string, format: BookFile['format'], content: string): BookFile {
  const bytes = new TextEncoder().encode(content);
  return {
    name,
    format,
    async *open() {
      // In pieces, as a file is read: nobody waits for the whole to be parsed before the first risk is there.
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    },
  };
}

const PIECE = 256 * 1024;

/** The request of one risk of a book, as JSON text, with the number of its line. */
export async function riskAt(
  source: BookSource,
  index: number,
): Promise<{ readonly line: number; readonly text: string }> {
  let passed = 0;
  for await (const { first, text } of source()) {
    let line = first;
    for (const one of text.split('\n')) {
      if (one.trim() !== '') {
        if (passed === index) return { line, text: one };
        passed += 1;
      }
      line += 1;
    }
  }
  throw new Problem('not-found', `The book has ${passed} risks; there is none at place ${index}.`);
}
