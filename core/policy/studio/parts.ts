import type { Configuration, Product } from '#core/model/product.ts';
import { decodeText } from '#core/product/text.ts';

/** The parts of a configuration as its author thinks of them, in the order in which they are shown (ST1). */
export const PARTS = [
  'policy',
  'policyholder',
  'exposures',
  'rating',
  'tables',
  'guidelines',
  'documents',
  'plugins',
  'claims',
  'tests',
  'tenant',
  'other',
] as const;
export type Part = (typeof PARTS)[number];

export interface FileEntry {
  readonly path: string;
  readonly part: Part;
  /** The product that it belongs to; null: the tenant's, for all products. */
  readonly product: string | null;
  /** In the author's words where there are some, else the file's name. */
  readonly title: string;
  /** An exposure's own parts stand one level below it. */
  readonly level: 0 | 1;
  readonly bytes: number;
  /** False: binary, it can be neither shown nor edited. */
  readonly text: boolean;
}

/** Every file of a configuration with its part, in the order in which a tree shows them. */
export function filesOf(configuration: Configuration): readonly FileEntry[] {
  const entries = [...configuration.files].map(([path, bytes]): FileEntry => {
    const product = ownerOf(path, configuration.products);
    const rest = product && product.directory !== '' ? path.slice(product.directory.length + 1) : path;
    const part = partOf(rest, product !== undefined);
    return {
      path,
      part,
      product: isTenants(rest, product) ? null : (product?.name ?? null),
      ...labelOf(path, product),
      bytes: bytes.length,
      text: isText(path, bytes),
    };
  });
  const exposureOf = ({ path }: FileEntry): string => /^(.*\/exposures\/[^/]+)\//.exec(path)?.[1] ?? '';
  return entries.sort(
    (a, b) =>
      PARTS.indexOf(a.part) - PARTS.indexOf(b.part) ||
      compare(exposureOf(a), exposureOf(b)) ||
      a.level - b.level ||
      compare(a.path, b.path),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** In a bare product folder (directory '') the tenant's files lie among the product's own. */
function ownerOf(path: string, products: readonly Product[]): Product | undefined {
  return products.find(({ directory }) => directory === '' || path.startsWith(`${directory}/`));
}

function isTenants(rest: string, product: Product | undefined): boolean {
  return product?.directory === '' && !/^(policy|claim|tests|tables)\//.test(rest);
}

/** @param rest the path below the product's folder, or below the root */
function partOf(rest: string, inProduct: boolean): Part {
  if (/(^|\/)tables\/[^/]+$/.test(rest)) return 'tables';
  if (/^policyholder\//.test(rest)) return 'policyholder';
  if (/^scripts\//.test(rest)) return 'plugins';
  if (/(\.template\.liquid$|(^|\/)(static_documents|assets|images|brand)\/)/.test(rest)) return 'documents';
  if (/(\.case\.json$|^tests\/)/.test(rest)) return 'tests';
  if (!inProduct) return /\.(json|md)$/.test(rest) ? 'tenant' : 'other';
  if (/(^|\/)claim\//.test(rest)) return 'claims';
  if (/\.guidelines\.liquid$/.test(rest)) return 'guidelines';
  if (/(\.premium\.liquid|\.calculations\.liquid|\/calculations\/.*|(^|\/)(fees|taxes|rating)\.json)$/.test(rest))
    return 'rating';
  if (/^policy\/exposures\//.test(rest)) return 'exposures';
  if (/^policy\/[^/]+\.json$/.test(rest)) return 'policy';
  if (/^[^/]+\.json$/.test(rest)) return 'tenant';
  return 'other';
}

function labelOf(path: string, product: Product | undefined): Pick<FileEntry, 'title' | 'level'> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const exposure of product?.exposures ?? []) {
    if (exposure.file === path) return { title: exposure.displayName, level: 0 };
    const peril = exposure.perils.find(({ file, premiumFile }) => file === path || premiumFile === path);
    if (peril) return { title: peril.displayName, level: path === peril.file ? 1 : 0 };
  }
  const tax = product?.taxes.find(({ file }) => file === path);
  if (tax) return { title: tax.displayName, level: 0 };
  const document = documentsOf(product).find(
    ({ templateName }) => product?.templates[templateName.replace(/(\.template)?\.liquid$/, '')] === path,
  );
  return { title: document?.displayName ?? name, level: 0 };
}

function documentsOf(product: Product | undefined): readonly { displayName: string; templateName: string }[] {
  if (!product) return [];
  return [...product.documents, ...product.endorsements.flatMap(({ documents }) => documents)];
}

const BINARY = /\.(pdf|png|jpe?g|gif|webp|ico|ttf|otf|woff2?|zip|xlsx?|docx?)$/i;

/** Looking at every byte of every file would be slow: names decide where they can, the first bytes elsewhere. */
function isText(path: string, bytes: Uint8Array): boolean {
  return !BINARY.test(path) && decodeText(bytes.subarray(0, 2_000)).encoding !== 'binary';
}
