import { Problem } from '#core/model/problem.ts';
import { withoutLitter } from '#core/product/archive.ts';

const MOST_CHARACTERS = 400;

/**
 * A path of a request as a path inside a configuration (ST3), unchanged. Throws `malformed-request` for anything that could mean
 * another place, or that Git and other systems can not keep.
 */
export function parsePath(path: string): string {
  const why = faultOf(path);
  if (why === undefined) return path;
  throw new Problem('malformed-request', `The path ${JSON.stringify(path.slice(0, 200))} ${why}.`, {
    place: { field: 'path' },
  });
}

function faultOf(path: string): string | undefined {
  if (path === '' || path.length > MOST_CHARACTERS) return `needs 1 to ${MOST_CHARACTERS} characters`;
  if (!path.isWellFormed()) return 'is no valid Unicode';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'has a backslash or a control character';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute: name it from the root of the configuration';
  const parts = path.split('/');
  if (parts.includes('')) return 'has an empty part';
  if (parts.some((part) => part === '.' || part === '..')) return 'leads out of the configuration';
  if (parts.some((part) => part.length > 200)) return 'has a part of more than 200 characters';
  if (withoutLitter(new Map([[path, new Uint8Array()]])).size === 0)
    return 'is what version control or an operating system leaves behind, and never part of a configuration';
  return undefined;
}

/** Throws `malformed-request` when a file of these stands where another has a folder: no file system and no Git keeps both. */
export function refuseFileAsFolder(files: ReadonlyMap<string, unknown>): void {
  for (const path of files.keys())
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (files.has(path.slice(0, at)))
        throw new Problem(
          'malformed-request',
          `${path.slice(0, at)} is a file and a folder (of ${path}): rename one of them.`,
          { place: { file: path } },
        );
}
