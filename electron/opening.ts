import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { OpenedFile } from '#core/api/contracts/desktop.ts';
import { ORIGIN } from './decisions.ts';

/** What a start, a link or a dropped file asks for: a file, or a screen by its address. */
export type Opening = { readonly file: OpenedFile } | { readonly address: string };

const LOCATOR = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** The closed set of links. Whoever writes one stands outside, so nothing is decoded, joined or passed on but what matches whole. */
const LINKS = new RegExp(
  `^fieldwriter://(desk|products|admin|lab|reports|quote/[A-Za-z0-9][\\w.-]{0,99}|policy/${LOCATOR})/?$`,
  'i',
);

/** The screen that a deep link names; undefined for every other link. */
export function addressOf(link: string): string | undefined {
  const route = LINKS.exec(link)?.[1];
  if (route === undefined) return undefined;
  const [screen = '', argument] = route.split('/');
  return `${ORIGIN}/#/${screen.toLowerCase()}${argument === undefined ? '' : `/${argument}`}`;
}

/** A file by its ending: `.fieldwriter` and `.zip` are products, `.fwreceipt` receipts. @param given absolute, or relative to `folder` */
export function fileOf(given: string, folder: string): OpenedFile | undefined {
  const local = given.startsWith('file:') ? localPath(given) : given;
  if (local === undefined || local.includes('\0')) return undefined;
  const kind = KINDS[path.extname(local).toLowerCase()];
  return kind && { kind, path: path.resolve(folder, local) };
}
const KINDS: Readonly<Record<string, OpenedFile['kind']>> = {
  '.fieldwriter': 'product',
  '.zip': 'product',
  '.fwreceipt': 'receipt',
};

/** What a program's arguments open; the rest that is no option is named, for the log. */
export function openingsOf(
  given: readonly string[],
  folder: string,
): { readonly openings: readonly Opening[]; readonly ignored: readonly string[] } {
  const openings: Opening[] = [];
  const ignored: string[] = [];
  for (const argument of positionals(given)) {
    const isLink = /^fieldwriter:/i.test(argument);
    const address = isLink ? addressOf(argument) : undefined;
    const file = isLink ? undefined : fileOf(argument, folder);
    if (address !== undefined) openings.push({ address });
    else if (file) openings.push({ file });
    else ignored.push(argument);
  }
  return { openings, ignored };
}

/** What the second start tells the first one; it comes from another process, so it is read as a stranger's. */
export interface Start {
  readonly arguments: readonly string[];
  readonly folder: string;
}
export function startOf(data: unknown): Start {
  const said = (data ?? {}) as Partial<Record<keyof Start, unknown>>;
  const { arguments: given, folder } = said;
  if (!Array.isArray(given) || typeof folder !== 'string') return { arguments: [], folder: path.sep };
  return { arguments: given.filter((argument) => typeof argument === 'string'), folder };
}

function positionals(given: readonly string[]): string[] {
  const text = { type: 'string' } as const;
  const options = { data: text, configuration: text, user: text };
  return parseArgs({ args: [...given], options, strict: false, allowPositionals: true }).positionals;
}

function localPath(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
