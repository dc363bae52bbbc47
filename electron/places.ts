import path from 'node:path';
import { parseArgs } from 'node:util';

/** Where things lie. A packaged product has the folders of the repository in `resources/fieldwriter`, outside the asar: stock Node reads none. */
export interface Places {
  readonly runtime: string;
  readonly entry: string;
  readonly preload: string;
  /** The folder that core runs from, and the list of its files; undefined in development, where it changes all the time. */
  readonly checked?: { readonly folder: string; readonly list: string };
}

/**
 * @param main the folder of main.js: dist/electron
 * @param resources `process.resourcesPath` of a packaged product; undefined in development
 */
export function placesOf(main: string, resources?: string): Places {
  const root = resources === undefined ? path.join(main, '../..') : path.join(resources, 'fieldwriter');
  return {
    runtime: path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    entry: path.join(root, 'dist/core/main.js'),
    preload: path.join(main, 'preload.cjs'),
    ...(resources === undefined ? {} : { checked: { folder: root, list: path.join(main, 'core-files.json') } }),
  };
}

/**
 * What of the program's arguments is meant for core; Chromium's own and the rest stay here.
 * @param chosen the data folder that the user chose; one that is given counts before it
 */
export function coreArguments(given: readonly string[], chosen?: string): string[] {
  const text = { type: 'string' } as const;
  const options = { data: text, configuration: text, user: text };
  const { values } = parseArgs({ args: [...given], options, strict: false, allowPositionals: true });
  return Object.keys(options).flatMap((name) => {
    const value = values[name] ?? (name === 'data' ? chosen : undefined);
    return typeof value === 'string' ? [`--${name}`, value] : [];
  });
}
