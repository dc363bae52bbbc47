import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseJsonText } from '#core/api/parse.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { loadConfiguration } from '#core/product/load.ts';

/** Loads the configuration of a folder or a ZIP file. Throws `not-found`, `invalid-archive`, `invalid-configuration`. */
export async function configurationAt(path: string): Promise<Configuration> {
  const found = await stat(path).catch(() => undefined);
  return loadConfiguration(found?.isFile() ? { zip: path } : { folder: path });
}

/** The product that is named, or the only one there is. Throws `not-found`. */
export function chooseProduct(configuration: Configuration, name: string | undefined): Product {
  const { products } = configuration;
  const found =
    name === undefined
      ? products.length === 1
        ? products[0]
        : undefined
      : products.find((product) => product.name === name);
  if (found) return found;
  const known = products.map((product) => product.name).join(', ') || 'none';
  throw new Problem(
    'not-found',
    name === undefined
      ? `The configuration has several products: name one with --product (${known}).`
      : `The configuration has no product "${name}". It has: ${known}.`,
  );
}

/** JSON of a file, or of standard input for `-`. */
export async function jsonAt(path: string): Promise<unknown> {
  const content =
    path === '-'
      ? await text(process.stdin)
      : await readFile(path, 'utf8').catch((cause: unknown) => {
          throw new Problem('not-found', `${path} can not be read.`, { place: { file: path }, cause });
        });
  return parseJsonText(content.replace(/^\uFEFF/, ''), path === '-' ? 'The standard input' : path);
}
