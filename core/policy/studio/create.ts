import type { Caller, Desk } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { setMember } from '#core/model/json-edit.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { decodeText } from '#core/product/text.ts';
import { deployConfiguration } from '../deploy.ts';
import { refuseFileAsFolder } from './paths.ts';

/** Signs that formats §1.1 forbids in names of products, and what no folder may be called. */
const FORBIDDEN = /[$@=;/\\:+,{}^%`[\]<>~#*?|\p{C}\p{Extended_Pictographic}]/u;

/** Why a product can not have this name; undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (name.trim() !== name || name === '' || name.length > 80)
    return 'needs 1 to 80 characters, without blanks around them';
  if (/^\.+$/.test(name)) return 'needs a letter or a digit';
  // `-_.()!'" &` and letters of any language stay; digits are not "pictographs" here although Unicode lists them.
  const found = [...name].find((sign) => !/[0-9]/.test(sign) && FORBIDDEN.test(sign));
  return found === undefined ? undefined : `may not have the sign ${JSON.stringify(found)}`;
}

/**
 * A new product as a copy of a template's, deployed as a version of its own (ST20).
 * Throws `malformed-request` for a name that is none, `wrong-state` for one that is in use, `not-found`.
 */
export async function createProduct(
  desk: Desk,
  caller: Caller,
  template: Configuration,
  wanted: { readonly from?: string; readonly name: string },
): Promise<ConfigurationRecord> {
  const { name } = wanted;
  const why = nameFault(name);
  if (why !== undefined)
    throw new Problem('malformed-request', `The name ${JSON.stringify(name)} ${why}.`, { place: { field: 'name' } });
  const taken = desk.configurations.list().some(({ products }) => products.some((product) => same(product.name, name)));
  if (taken) throw new Problem('wrong-state', `A product is called "${name}" already: choose another name.`);
  const files = copied(template, wanted.from ?? template.products[0]?.name ?? '', name);
  const loaded = await loadConfiguration({ files, name });
  const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  return deployConfiguration(desk, caller, configuration, {
    message: `New product from ${wanted.from ?? 'a template'}`,
  });
}

/** On systems that know no capitals two folders would be one. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The files of one product and of the tenant, the product's folder under its new name. */
function copied(template: Configuration, from: string, name: string): ReadonlyMap<string, Uint8Array> {
  const product = template.products.find((candidate) => candidate.name === from);
  if (!product) {
    const known = template.products.map((one) => one.name).join(', ');
    throw new Problem('not-found', `The template has no product "${from}". It has: ${known}.`);
  }
  const others = template.products.filter(({ directory }) => directory !== product.directory && directory !== '');
  const files = new Map<string, Uint8Array>();
  for (const [path, bytes] of template.files) {
    if (others.some(({ directory }) => path.startsWith(`${directory}/`)) || path === 'README.md') continue;
    const own = product.directory === '' ? isProducts(path) : path.startsWith(`${product.directory}/`);
    const rest = product.directory === '' ? path : path.slice(product.directory.length + 1);
    files.set(own ? `products/${name}/${rest}` : path, path.endsWith('.case.json') ? renamedCase(bytes, name) : bytes);
  }
  if (!files.has('config.json')) files.set('config.json', settingsOf(template));
  refuseFileAsFolder(files);
  return files;
}

const isProducts = (path: string): boolean => /^(policy|claim|tests|tables)\//.test(path);

function settingsOf({ timeZone, currency }: Configuration): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ timezone: timeZone, currency }, null, 2)}\n`);
}

/** A case that names its product names the new one; one that can not be read stays as it is. */
function renamedCase(bytes: Uint8Array, name: string): Uint8Array {
  const text = decodeText(bytes).text;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('product' in value)) return bytes;
    return new TextEncoder().encode(setMember(text, [], 'product', name));
  } catch {
    return bytes;
  }
}
