import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { Problem } from '#core/model/problem.ts';

/** Most files and bytes of one configuration: far above real ones, far below what would fill a machine. */
const MOST_FILES = 50_000;
const MOST_BYTES = 256 * 1_024 * 1_024;

/** What operating systems, editors and version control leave in folders and archives: no part of a configuration. */
const LITTER = new Set([
  '__MACOSX',
  '.DS_Store',
  '.git',
  '.github',
  '.gitignore',
  '.gitattributes',
  '.hg',
  '.svn',
  '.idea',
  '.vscode',
  'node_modules',
  'Thumbs.db',
  'desktop.ini',
]);
const isLitter = (path: string): boolean =>
  path.split('/').some((part) => LITTER.has(part) || (part.startsWith('._') && part.length > 2));

/** Files by path relative to the root, POSIX separators. */
export type FileMap = Map<string, Uint8Array>;

/**
 * Reads every file below a folder. Links are followed only within the folder.
 * Throws `not-found` when there is no such folder, `invalid-configuration` for a link that leads out, `too-large`.
 */
export async function readFolder(folder: string): Promise<FileMap> {
  const root = await realpath(folder).catch((cause) => {
    throw new Problem('not-found', `There is no folder ${folder}. Name the folder or ZIP file of a configuration.`, {
      place: { file: folder },
      cause,
    });
  });
  const files: FileMap = new Map();
  let bytes = 0;
  const visit = async (directory: string, seen: readonly string[]): Promise<void> => {
    const entries = await readdir(join(root, directory), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (isLitter(path)) continue;
      const real = entry.isSymbolicLink() ? await linkTarget(root, path) : join(root, path);
      const kind = entry.isSymbolicLink() ? await stat(real) : entry;
      if (kind.isDirectory()) {
        if (seen.includes(real)) continue;
        await visit(path, [...seen, real]);
      } else if (kind.isFile()) {
        // Asked before it is read: it may be larger than the memory.
        refuseTooMuch(files.size + 1, bytes + (await stat(real)).size, folder);
        const content = await readFile(real);
        bytes += content.length;
        refuseTooMuch(files.size + 1, bytes, folder);
        files.set(path, content);
      }
    }
  };
  await visit('', [root]).catch((cause) => {
    throw cause instanceof Problem ? cause : unreadable(cause, folder);
  });
  return files;
}

function unreadable(cause: unknown, folder: string): Problem {
  const file = (cause as NodeJS.ErrnoException | undefined)?.path ?? folder;
  const message = `${file} can not be read: ${messageOf(cause)}. Name the folder of a configuration that you may read.`;
  return new Problem('invalid-configuration', message, { place: { file }, cause });
}

async function linkTarget(root: string, path: string): Promise<string> {
  const target = await realpath(join(root, path)).catch(() => undefined);
  if (target?.startsWith(root + sep)) return target;
  throw new Problem('invalid-configuration', `${path} is a link that leads out of the configuration: copy the file.`, {
    place: { file: path },
  });
}

/**
 * Reads every file of a ZIP. Throws `invalid-archive` naming the entry for a torn archive, paths that lead out of it, links,
 * encrypted entries, two entries of one name, a wrong checksum, and for more than a configuration can need (ZIP bombs).
 */
export async function readZip(zip: Uint8Array | string): Promise<FileMap> {
  const archive = await openZip(zip);
  const files: FileMap = new Map();
  let bytes = 0;
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const name = plainPath(entry.fileName);
      if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) throw refusal(name, 'is a symbolic link');
      if (isLitter(name)) continue;
      if (entry.isEncrypted()) throw refusal(name, 'is encrypted');
      if (files.has(name)) throw refusal(name, 'occurs twice');
      bytes += entry.uncompressedSize;
      refuseTooMuch(files.size + 1, bytes, name);
      const content = await readEntry(archive, entry);
      if (crc32(content) !== entry.crc32) throw refusal(name, 'does not match its checksum: the archive is damaged');
      files.set(name, content);
    }
    refuseFileAsFolder(files);
  } catch (cause) {
    throw cause instanceof Problem ? cause : tornArchive(cause, [...files.keys()].at(-1));
  } finally {
    archive.close();
  }
  return files;
}

/** `./a//b` → `a/b`: archivers write both. What Git can not keep would be lost with the next start. */
function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || path.includes('\0')) throw refusal(JSON.stringify(path), 'has no name that can be kept');
  return parts.join('/');
}

function refuseFileAsFolder(files: FileMap): void {
  for (const path of files.keys())
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (files.has(path.slice(0, at))) throw refusal(path.slice(0, at), 'is a file and a folder');
}

async function openZip(zip: Uint8Array | string): Promise<yauzl.ZipFile> {
  try {
    return typeof zip === 'string'
      ? await yauzl.openPromise(zip, { autoClose: false })
      : await yauzl.fromBufferPromise(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength), {});
  } catch (cause) {
    throw tornArchive(cause, undefined);
  }
}

async function readEntry(archive: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array> {
  try {
    const stream: Readable = await archive.openReadStreamPromise(entry, {});
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch (cause) {
    throw refusal(entry.fileName, `can not be read: ${messageOf(cause)}`, cause);
  }
}

function refusal(entry: string, why: string, cause?: unknown): Problem {
  return new Problem('invalid-archive', `The entry ${entry} of the ZIP ${why}.`, { place: { file: entry }, cause });
}

function tornArchive(cause: unknown, last: string | undefined): Problem {
  const where = last === undefined ? '' : ` after the entry ${last}`;
  const place = last === undefined ? {} : { place: { file: last } };
  return new Problem('invalid-archive', `The ZIP can not be read${where}: ${messageOf(cause)}. Make it again.`, {
    ...place,
    cause,
  });
}

function refuseTooMuch(files: number, bytes: number, at: string): void {
  if (files <= MOST_FILES && bytes <= MOST_BYTES) return;
  throw new Problem(
    'invalid-archive',
    `More than ${MOST_FILES} files or ${MOST_BYTES / 1_048_576} MB at ${at}: no product configuration is that large.`,
    { place: { file: at } },
  );
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The same map without what operating systems and version control leave behind. */
export function withoutLitter(files: ReadonlyMap<string, Uint8Array>): FileMap {
  return new Map([...files].filter(([path]) => !isLitter(path)));
}
