import { createHash } from 'node:crypto';
import { promises as files } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';
import { Problem } from '#core/model/problem.ts';

/**
 * The configurations of a data folder: a bare Git repository with one commit a deployment (settled questions, 8). Any Git
 * reads it. A commit is durable before it is answered, so that a record may name it.
 */
export interface ConfigurationRepository {
  /** Packs large files ahead of a save, in memory and beside the event loop: nothing is written before it is asked for. */
  prepare(content: ReadonlyMap<string, Uint8Array>): void;
  /**
   * @returns the commit; the same as before when nothing changed. @param at milliseconds
   * @param to another branch than the deployments', and commits that are merged into it
   */
  save(
    content: ReadonlyMap<string, Uint8Array>,
    message: string,
    author: string,
    at: number,
    to?: SaveTo,
  ): Promise<string>;
  /** Throws `store-damaged` when the commit or a file of it is not there. */
  read(commit: string): Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface SaveTo {
  readonly branch?: string;
  readonly merged?: readonly string[];
}

/** A large file as it is written: named and packed. */
interface Packed {
  readonly oid: string;
  readonly object: Uint8Array;
}

/** Files of so many bytes are packed by the system's library. */
const LARGE = 1_000_000;
/** Packed bytes that the event loop is given at a time. */
const CHUNK = 1_048_576;

/** The branch of the deployments. */
export const MAIN = 'main';

/** A bare repository as the Git library takes it. Objects are written once and never again: flushing each makes a commit durable. */
export function gitFolder(folder: string) {
  const fs = {
    promises: {
      ...files,
      writeFile: (path: string, data: Uint8Array | string, options?: object | string) =>
        files.writeFile(path, data, { ...(typeof options === 'object' ? options : {}), flush: true }),
    },
  };
  return { fs, gitdir: folder };
}

/** As the author of a commit. @param at milliseconds */
export function signature(name: string, at: number) {
  return { name, email: 'workbench@localhost', timestamp: Math.floor(at / 1000), timezoneOffset: 0 };
}

/** @param folder made when the first configuration is saved */
export function configurationRepository(folder: string): ConfigurationRepository {
  const at = gitFolder(folder);
  // Loaded with the first use: it costs a tenth of a second that a start does not need.
  const library = () => import('isomorphic-git');

  /** Blobs that this process wrote: a version has most of its files from the one before, as the very same bytes. */
  const written = new WeakMap<Uint8Array, string>();
  const prepared = new WeakMap<Uint8Array, Promise<Packed>>();

  /** A table of a million rows: packed fast rather than small, beside the event loop. */
  async function packed(blob: Uint8Array): Promise<Packed> {
    const head = Buffer.from(`blob ${blob.length}\0`);
    const oid = createHash('sha1').update(head).update(blob).digest('hex');
    return {
      oid,
      object: await buffer(Readable.from([head, blob]).pipe(createDeflate({ level: 1, chunkSize: CHUNK }))),
    };
  }

  async function writeLarge(blob: Uint8Array): Promise<string> {
    const { oid, object } = await (prepared.get(blob) ?? packed(blob));
    const there = await files.stat(join(folder, 'objects', oid.slice(0, 2), oid.slice(2))).catch(() => undefined);
    if (there) return oid;
    const git = await library();
    return git.writeObject({ ...at, format: 'deflated', oid, object });
  }

  async function writeFile(blob: Uint8Array): Promise<string> {
    const known = written.get(blob);
    if (known !== undefined) return known;
    const git = await library();
    const oid = await (blob.length < LARGE ? git.writeBlob({ ...at, blob }) : writeLarge(blob));
    written.set(blob, oid);
    prepared.delete(blob);
    return oid;
  }

  async function tree(content: ReadonlyMap<string, Uint8Array>): Promise<string> {
    const git = await library();
    const folders = new Map<string, Map<string, Uint8Array>>();
    const entries: { mode: string; path: string; oid: string; type: 'blob' | 'tree' }[] = [];
    for (const [path, bytes] of content) {
      const slash = path.indexOf('/');
      if (slash < 0) {
        entries.push({ mode: '100644', path, oid: await writeFile(bytes), type: 'blob' });
        continue;
      }
      const name = path.slice(0, slash);
      const inside = folders.get(name) ?? new Map<string, Uint8Array>();
      folders.set(name, inside.set(path.slice(slash + 1), bytes));
    }
    for (const [path, inside] of folders) entries.push({ mode: '040000', path, oid: await tree(inside), type: 'tree' });
    return git.writeTree({ ...at, tree: entries });
  }

  return {
    prepare(content) {
      for (const blob of content.values()) {
        if (blob.length < LARGE || written.has(blob) || prepared.has(blob)) continue;
        const packing = packed(blob);
        // Who saves it hears of it.
        packing.catch(() => undefined);
        prepared.set(blob, packing);
      }
    },
    async save(content, message, author, when, { branch = MAIN, merged = [] } = {}) {
      const git = await library();
      // Products are their owner's business: a data folder that somebody made may be open to others.
      await files.mkdir(folder, { recursive: true, mode: 0o700 });
      await git.init({ ...at, bare: true, defaultBranch: 'main' });
      const ref = `refs/heads/${branch}`;
      const parent = await git.resolveRef({ ...at, ref }).catch(() => undefined);
      const oid = await tree(content);
      const same = parent !== undefined && (await git.readCommit({ ...at, oid: parent })).commit.tree === oid;
      if (same && merged.length === 0) return parent;
      const person = signature(author, when);
      const parents = [...(parent === undefined ? [] : [parent]), ...merged];
      const commit = await git.writeCommit({
        ...at,
        commit: { tree: oid, parent: parents, message, author: person, committer: person },
      });
      await git.writeRef({ ...at, ref, value: commit, force: true });
      return commit;
    },
    async read(commit) {
      const git = await library();
      const content = new Map<string, Uint8Array>();
      const cache = {};
      const visit = async (oid: string, prefix: string): Promise<void> => {
        for (const entry of (await git.readTree({ ...at, oid, cache })).tree) {
          if (entry.type === 'tree') await visit(entry.oid, `${prefix}${entry.path}/`);
          else if (entry.type === 'blob') {
            const { blob } = await git.readBlob({ ...at, oid: entry.oid, cache });
            content.set(`${prefix}${entry.path}`, blob);
            written.set(blob, entry.oid);
          }
        }
      };
      try {
        await visit(commit, '');
      } catch (cause) {
        throw new Problem(
          'store-damaged',
          `The configuration ${commit} can not be read from ${folder}: restore the last backup with \`fieldwriter restore\`.`,
          { place: { file: folder }, cause },
        );
      }
      return content;
    },
  };
}
