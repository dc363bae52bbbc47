import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { FieldDefinition } from '#core/model/field.ts';
import { Problem, placeText } from '#core/model/problem.ts';
import type { Configuration, PolicyholderConfiguration, Product } from '#core/model/product.ts';
import type { TableSource } from '#core/model/table.ts';
import { type FileMap, readFolder, readZip, withoutLitter } from './archive.ts';
import { readEntityFields } from './entities.ts';
import { defined, titleOf } from './fields.ts';
import { readIntegrations } from './integrations.ts';
import { findLayout } from './layout.ts';
import { loadProduct } from './product-files.ts';
import { DEFAULT_RATING, readRating } from './product-parts.ts';
import { Reports } from './reports.ts';
import { baseName, folderOf, join, Source } from './source.ts';
import { readSchema, readTable } from './tables.ts';
import { decodeText } from './text.ts';

/**
 * Where a configuration comes from. `name` is what a bare product folder's product is called; `read` are tables that were read
 * already, by the very bytes of their files (`readAlready`).
 */
export type ConfigurationSource = (
  | { readonly folder: string }
  | { readonly zip: Uint8Array | string }
  | { readonly files: ReadonlyMap<string, Uint8Array> }
) & { readonly name?: string; readonly read?: ReadonlyMap<Uint8Array, TableSource> };

/** What counts where `config.json` says nothing. */
export const DEFAULT_TIME_ZONE = 'UTC';
export const DEFAULT_CURRENCY = 'USD';

/**
 * Loads a configuration (formats §1, §9) from a folder, a ZIP or its files. Everything that is wrong in its content is a
 * diagnostic of the result, also errors: `assertUsable` refuses those, `checkConfiguration` adds what authors get wrong.
 *
 * Throws `not-found` for a folder that is not there, `invalid-archive` for a ZIP that can not be trusted or read,
 * `invalid-configuration` for paths and links that lead out of the folder.
 */
export async function loadConfiguration(from: ConfigurationSource): Promise<Configuration> {
  const given = await gather(from);
  const reports = new Reports();
  const layout = findLayout([...given.keys()], from.name ?? nameOf(from), reports);
  const source = new Source(withoutPasswords(reRoot(given, layout.root)), reports);

  const settings = readSettings(source);
  const scripts = readScripts(source, layout.scripts);
  const rating = readRating(source.json('rating.json', null), DEFAULT_RATING);
  const products = withRootCases(
    source,
    layout.products.map((at) => loadProduct(source, at, { scripts, rating })),
  );
  if (products.length === 0)
    reports.add(
      'error',
      'no-product',
      'There is no product: expected products/<product>/policy/ or <product>/policy/.',
      {
        file: '.',
      },
    );
  reportFoldersWithoutPolicy(source, products);
  reportSameNames(source, products);
  return {
    hash: hashOf(source.files),
    ...settings,
    products,
    policyholder: readPolicyholder(source),
    paymentFields: readPaymentFields(source),
    scripts,
    tables: readTables(source, products, from.read),
    files: source.files,
    integrations: readIntegrations(source.json('integrations.json', null)),
    diagnostics: reports.list,
  };
}

/** Throws `invalid-configuration` with the first error that concerns the product (all products when none is named). */
export function assertUsable(configuration: Configuration, product?: string): void {
  const first = configuration.diagnostics.find(
    (found) => found.severity === 'error' && (!product || found.product === null || found.product === product),
  );
  if (!first) return;
  const place = {
    file: first.file,
    line: first.line,
    column: first.column,
    ...defined({ product: first.product ?? undefined }),
  };
  throw new Problem('invalid-configuration', `${placeText(place)}: ${first.message}`, { place });
}

async function gather(from: ConfigurationSource): Promise<FileMap> {
  if ('folder' in from) return readFolder(from.folder);
  if ('zip' in from) return readZip(from.zip);
  for (const path of from.files.keys())
    if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..'))
      throw new Problem('invalid-configuration', `The path ${path} leads out of the configuration.`, {
        place: { file: path },
      });
  return withoutLitter(from.files);
}

function nameOf(from: ConfigurationSource): string {
  const path = 'folder' in from ? from.folder : 'zip' in from && typeof from.zip === 'string' ? from.zip : 'product';
  return basename(path).replace(/\.zip$/i, '') || 'product';
}

/** The files below the root by their path from there. Repositories may keep `scripts/` beside the rest: it comes along. */
function reRoot(files: FileMap, root: string): FileMap {
  if (root === '') return files;
  const below = (folder: string): FileMap => {
    const prefix = folder === '' ? '' : `${folder}/`;
    const inside = [...files].filter(([path]) => path.startsWith(prefix));
    return new Map(inside.map(([path, bytes]) => [path.slice(prefix.length), bytes]));
  };
  const own = below(root);
  if ([...own.keys()].some((path) => path.startsWith('scripts/'))) return own;
  const beside = [...below(folderOf(root))].filter(([path]) => path.startsWith('scripts/'));
  return new Map([...own, ...beside]);
}

const TEST_USERS = 'security/test_users.json';

/** The users of a test tenant stay, their passwords never come in; a file that can not be read is left out whole. */
function withoutPasswords(files: FileMap): FileMap {
  const bytes = files.get(TEST_USERS);
  if (!bytes) return files;
  const kept = new Map(files);
  try {
    const users: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const text = JSON.stringify(users, (key, value: unknown) => (/password/i.test(key) ? undefined : value), 2);
    kept.set(TEST_USERS, new TextEncoder().encode(`${text}\n`));
  } catch {
    kept.delete(TEST_USERS);
  }
  return kept;
}

/** SHA-256 over paths and contents in order of path, each with its length before it. */
function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) {
    const bytes = files.get(path) ?? new Uint8Array();
    hash.update(`${Buffer.byteLength(path)}:${path}${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

function readSettings(source: Source): Pick<Configuration, 'timeZone' | 'currency' | 'features'> {
  const warn = (message: string): void =>
    source.reports.add('warning', 'missing-config', message, { file: 'config.json' });
  if (isForeign(source.files.get('config.json'))) {
    warn(
      `This config.json is no JSON and names none of our settings, so it belongs to something else: time zone ${DEFAULT_TIME_ZONE} and currency ${DEFAULT_CURRENCY} are taken.`,
    );
    return { timeZone: DEFAULT_TIME_ZONE, currency: DEFAULT_CURRENCY, features: {} };
  }
  const reader = source.json('config.json', null);
  if (!source.has('config.json'))
    warn(`There is no config.json: time zone ${DEFAULT_TIME_ZONE} and currency ${DEFAULT_CURRENCY} are taken.`);
  const timeZone = reader?.text('timezone');
  const currency = reader?.text('currency')?.toUpperCase();
  if (reader && !timeZone) warn(`config.json names no "timezone": ${DEFAULT_TIME_ZONE} is taken.`);
  if (reader && !currency) warn(`config.json names no "currency": ${DEFAULT_CURRENCY} is taken.`);
  const zoneKnown = !timeZone || isAccepted(() => new Intl.DateTimeFormat('en', { timeZone }));
  const currencyKnown = !currency || isAccepted(() => new Intl.NumberFormat('en', { style: 'currency', currency }));
  if (!zoneKnown) reader?.error('invalid-timezone', `"${timeZone}" is no IANA time zone.`, 'timezone');
  if (!currencyKnown) reader?.error('invalid-currency', `"${currency}" is no ISO 4217 currency.`, 'currency');
  const flags = reader?.object('features');
  const features = Object.fromEntries((flags?.keys ?? []).map((key) => [key, flags?.flag(key) ?? true]));
  reader?.ignore('improvedRating', 'version', 'name', 'tenantName', 'hostName');
  reader?.finish();
  return {
    timeZone: timeZone && zoneKnown ? timeZone : DEFAULT_TIME_ZONE,
    currency: currency && currencyKnown ? currency : DEFAULT_CURRENCY,
    features,
  };
}

/** Repositories keep settings of other tools under this name too; a broken one of those must not stop the products. */
function isForeign(bytes: Uint8Array | undefined): boolean {
  if (!bytes) return false;
  const { text } = decodeText(bytes);
  const names = [...text.matchAll(/"([^"]*)"\s*:/g)].map(([, name]) => name);
  const ours = names.some((name) => /^(timezone|currency|features|improvedRating|property\..*)$/i.test(name ?? ''));
  return names.length > 0 && !ours && !isAccepted(() => JSON.parse(text));
}

function isAccepted(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** Scripts by path below their `scripts/` folder: `.js` and what they `require` as JSON. */
function readScripts(source: Source, folders: readonly string[]): Readonly<Record<string, string>> {
  const scripts: Record<string, string> = {};
  for (const folder of folders)
    for (const path of source.below(folder)) {
      if (!/\.(js|cjs|json)$/i.test(path)) continue;
      const name = path.slice(folder.length + 1);
      const text = source.text(path, null) ?? '';
      if (scripts[name] === undefined) scripts[name] = text;
      else if (scripts[name] !== text)
        source.reports.add('warning', 'duplicate-script', `Another script is called ${name}: this one is left out.`, {
          file: path,
        });
    }
  return scripts;
}

/** Who is insured where nothing says it, as in a bare product folder: everything may be left out. */
const DEFAULT_POLICYHOLDER: PolicyholderConfiguration = {
  fields: [
    'first_name',
    'last_name',
    'company_name',
    'email',
    'phone_number',
    'street_address',
    'city',
    'state',
    'zip_code',
  ].map((name) => ({
    name,
    title: titleOf(name),
    type: name === 'email' ? 'email' : 'string',
    optional: true,
    repeatable: false,
    search: true,
  })),
  card: { leftText: '{{first_name}} {{last_name}} {{company_name}}', rightText: '{{email}}' },
};

function readPolicyholder(source: Source): PolicyholderConfiguration {
  const folder = 'policyholder';
  const file = source.json(join(folder, 'policyholder.json'), null);
  const fields = readEntityFields(source, file, folder, ['policyholder'], null);
  file?.ignore('searchSummary', 'name', 'displayName');
  file?.finish();
  const card = source.json(join(folder, 'policyholder.card.json'), null);
  const [leftText, rightText] = [card?.text('leftText'), card?.text('rightText')];
  card?.finish();
  if (source.below(folder).length === 0) return DEFAULT_POLICYHOLDER;
  if (leftText === undefined && rightText === undefined) return { fields };
  return { fields, card: { leftText: leftText ?? '', rightText: rightText ?? '' } };
}

function readPaymentFields(source: Source): readonly FieldDefinition[] {
  const payment = source.json('payment/payment.json', null);
  const fields = readEntityFields(source, payment, 'payment', ['payment'], null);
  payment?.ignore('name', 'displayName');
  payment?.finish();
  return fields;
}

/** All tables of the tenant by name (formats §1.10): every CSV in a folder `tables/`, with its sidecar. */
function readTables(
  source: Source,
  products: readonly Product[],
  already: ConfigurationSource['read'],
): Readonly<Record<string, TableSource>> {
  const tables = new Map<string, TableSource>();
  for (const path of source.paths.filter((path) => /(^|\/)tables\/[^/]+\.csv$/i.test(path))) {
    const product =
      products.find(({ directory }) => directory !== '' && path.startsWith(`${directory}/`))?.name ?? null;
    const bytes = source.files.get(path) ?? new Uint8Array();
    const known = already?.get(bytes);
    const read = known?.file === path ? known : readTable(path, bytes, source.reports, product);
    const sidecar = source.json(path.replace(/\.csv$/i, '.schema.json'), product);
    const schema = sidecar && readSchema(sidecar, read);
    const other = tables.get(read.name);
    if (other && !Buffer.from(bytes).equals(source.files.get(other.file) ?? new Uint8Array()))
      source.reports.add(
        'warning',
        'duplicate-table',
        `${other.file} is another table with the same name; table names count for the whole tenant, so this one is taken everywhere.`,
        { file: path },
        product,
      );
    tables.set(read.name, schema ? { ...read, schema } : read);
  }
  return Object.fromEntries(tables);
}

/** Cases in `tests/` of the root belong to the product that they name. */
function withRootCases(source: Source, products: readonly Product[]): readonly Product[] {
  const cases = source.below('tests').filter((path) => path.endsWith('.case.json'));
  const byProduct = cases.map((path) => ({ path, product: source.json(path, null)?.text('product') }));
  return products.map((product) => {
    const own = byProduct
      .filter((one) => one.product === product.name || products.length === 1)
      .map(({ path }) => path);
    return own.length === 0 ? product : { ...product, caseFiles: [...new Set([...product.caseFiles, ...own])] };
  });
}

function reportFoldersWithoutPolicy(source: Source, products: readonly Product[]): void {
  const known = new Set(products.map(({ directory }) => directory));
  for (const folder of source.folders('products')) {
    if (known.has(`products/${folder}`)) continue;
    const file = source.below(`products/${folder}`)[0] ?? `products/${folder}`;
    const message = `The folder products/${folder} has no policy/ and is no product (${baseName(file)} is left out).`;
    source.reports.add('warning', 'product-without-policy', message, { file }, folder);
  }
}

/** A product is asked for by its name: of two in a library of bare folders only the first is found. */
function reportSameNames(source: Source, products: readonly Product[]): void {
  for (const [index, { name, directory }] of products.entries()) {
    const first = products.findIndex((other) => other.name === name);
    if (first === index) continue;
    const message = `The product in ${products[first]?.directory} is called "${name}" too: this one can not be asked for.`;
    source.reports.add('warning', 'duplicate-product', message, { file: directory }, name);
  }
}
