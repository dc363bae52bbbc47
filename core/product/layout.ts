import type { Reports } from './reports.ts';
import { folderOf, join } from './source.ts';

/** Where the parts of a configuration lie, relative to the root that was found. */
export interface Layout {
  /** Folder of the given files that is the configuration's root; `''` when it is the top. */
  readonly root: string;
  readonly products: readonly { readonly name: string; readonly directory: string }[];
  /** Folders that hold plugin scripts, the first counts when two have the same file. */
  readonly scripts: readonly string[];
}

/**
 * Finds the configuration in what was given (formats §1.1): a root with `products/`, the same in a wrapping folder, or bare
 * product folders (`<Product>/policy/…`, also the product folder itself).
 * @param name what the given folder or archive is called: the product's name when it is a product folder itself
 */
export function findLayout(paths: readonly string[], name: string, reports: Reports): Layout {
  const wrapped = productRoots(paths);
  const root = wrapped[0] ?? bareRoot(paths);
  for (const other of wrapped.slice(1))
    reports.add(
      'warning',
      'several-configurations',
      `A further configuration in ${other} is left out: load it by itself.`,
      {
        file: other,
      },
    );
  const inside = paths.filter((path) => root === '' || path.startsWith(`${root}/`)).map((path) => below(root, path));
  const directories = wrapped.length > 0 ? listedProducts(inside) : productDirectories(inside);
  const products = directories.map((directory) => ({
    directory,
    name: directory === '' ? name : directory.slice(directory.lastIndexOf('/') + 1),
  }));
  const beside =
    wrapped.length > 0 ? [] : directories.flatMap((at) => [join(at, 'scripts'), join(folderOf(at), 'scripts')]);
  return { root, products, scripts: [...new Set(['scripts', ...beside])] };
}

const below = (root: string, path: string): string => (root === '' ? path : path.slice(root.length + 1));

/** Folders that hold `products/<product>/policy/`, the least nested first. */
function productRoots(paths: readonly string[]): string[] {
  const roots = new Set<string>();
  for (const path of paths) {
    const match = /^(?:(.*)\/)?products\/[^/]+\/policy\//.exec(path);
    if (match) roots.add(match[1] ?? '');
  }
  const depth = (root: string): number => (root === '' ? 0 : root.split('/').length);
  return [...roots].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

/** In `products/` every folder with a `policy/` is a product, however little it holds. */
function listedProducts(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => /^products\/[^/]+(?=\/policy\/)/.exec(path) ?? []))];
}

/** Folders that hold a `policy/` folder with what makes a product. */
function productDirectories(paths: readonly string[]): string[] {
  const directories = new Set<string>();
  for (const path of paths) {
    const match = /^(?:(.*)\/)?policy\/(?:policy\.[a-z.]*json$|exposures\/)/.exec(path);
    if (match) directories.add(match[1] ?? '');
  }
  return [...directories].sort();
}

/** The deepest folder that holds all bare products, or the only wrapping folder. */
function bareRoot(paths: readonly string[]): string {
  const directories = productDirectories(paths);
  if (directories.length === 0) return '';
  const parents = directories.map((directory) => folderOf(directory).split('/').filter(Boolean));
  const [first = []] = parents;
  let shared = first.length;
  for (const parent of parents) {
    let same = 0;
    while (same < shared && parent[same] === first[same]) same += 1;
    shared = same;
  }
  return first.slice(0, shared).join('/');
}
