import { parseJson } from './json-text.ts';
import { ObjectReader } from './object-reader.ts';
import type { Reports } from './reports.ts';
import { decodeText } from './text.ts';

/** The files of a configuration by path relative to its root, and the ways in which the loader reads them. */
export class Source {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly reports: Reports;
  readonly paths: readonly string[];

  constructor(files: ReadonlyMap<string, Uint8Array>, reports: Reports) {
    this.files = files;
    this.reports = reports;
    this.paths = [...files.keys()].sort();
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  /** Paths of all files below a folder; `''` is the root. */
  below(folder: string): readonly string[] {
    const prefix = folder === '' ? '' : `${folder}/`;
    return this.paths.filter((path) => path.startsWith(prefix));
  }

  /** Names of the files directly in a folder. */
  names(folder: string): readonly string[] {
    const start = folder === '' ? 0 : folder.length + 1;
    return this.below(folder)
      .map((path) => path.slice(start))
      .filter((name) => !name.includes('/'));
  }

  /** Names of the folders directly in a folder. */
  folders(folder: string): readonly string[] {
    const start = folder === '' ? 0 : folder.length + 1;
    const names = this.below(folder).map((path) => path.slice(start));
    return [...new Set(names.filter((name) => name.includes('/')).map((name) => name.slice(0, name.indexOf('/'))))];
  }

  /** The text of a file, without byte order mark; `undefined` when there is no such file. Other encodings are warned about. */
  text(path: string, product: string | null): string | undefined {
    const bytes = this.files.get(path);
    if (!bytes) return undefined;
    const { text, encoding, line } = decodeText(bytes);
    if (encoding === 'binary')
      this.reports.add('error', 'encoding', 'This file is no text: save it in UTF-8.', { file: path, line }, product);
    else if (encoding !== 'utf-8')
      this.reports.add(
        'warning',
        'encoding',
        `This file is no UTF-8 but read as ${encoding === 'utf-16' ? 'UTF-16' : 'Windows-1252'}: save it in UTF-8.`,
        { file: path, line },
        product,
      );
    return text;
  }

  /** The object or list in a JSON file; `undefined` when there is none, when it is empty, and when it can not be read (an error). */
  json(path: string, product: string | null): ObjectReader | undefined {
    const text = this.text(path, product);
    if (text === undefined) return undefined;
    if (text.trim() === '') {
      this.reports.add('info', 'empty-file', 'This file is empty.', { file: path }, product);
      return undefined;
    }
    const { node, faults } = parseJson(text);
    for (const { severity, code, message, line, column } of faults)
      this.reports.add(severity, code, message, { file: path, line, column }, product);
    if (!node) return undefined;
    if (node.members || node.items) return new ObjectReader(node, path, this.reports, product);
    this.reports.add('error', 'json-shape', 'Expected an object or a list.', { file: path, ...node }, product);
    return undefined;
  }
}

/** `a/b/c.json` → `c.json`. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** `a/b/c.json` → `a/b`; `''` for what lies in the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');
