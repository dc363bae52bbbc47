import { promises } from 'node:fs';
import git, { type TreeEntry } from 'isomorphic-git';
import { Problem } from '#core/model/problem.ts';
import type { FileMap } from './archive.ts';

/** One deployed version of the configuration. */
export interface Deployment {
  /** Git commit (hex). */
  readonly commit: string;
  /** Counts the deployments from 0: the `configVersion` that policies are pinned to (formats §1.12). */
  readonly version: number;
  readonly author: string;
  /** Milliseconds, whole seconds. */
  readonly at: number;
  readonly message: string;
}
/** Every version of a configuration that was ever deployed. */
export interface ConfigurationRepository {
  /**
   * Keeps files (path relative to the configuration's root → bytes) as the newest version; durable when it returns. The same
   * content as the newest version is that version again.
   * @param when milliseconds
   */
  deploy(files: ReadonlyMap<string, Uint8Array>, author: string, when: number, message?: string): Promise<Deployment>;
  /** The files of a version. Throws `not-found`. */
  read(commit: string): Promise<FileMap>;
  /** Newest first. */
  log(): Promise<readonly Deployment[]>;
}

/** Files are on the disk, not only on their way to it, before a record may name their commit. */
const fs = {
  promises: {
    ...promises,
    writeFile: (path: string, data: Uint8Array | string, options?: object) =>
      promises.writeFile(path, data, { ...(typeof options === 'object' ? options : {}), flush: true }),
  },
};
const REF = 'refs/heads/main';

/** Opens the Git repository in a folder, or makes it. It is bare: any Git can clone it. */
export async function openRepository(folder: string): Promise<ConfigurationRepository> {
  const at = { fs, gitdir: folder };
  await git.init({ ...at, bare: true, defaultBranch: 'main' });

  const log = async (): Promise<readonly Deployment[]> => {
    const head = await git.resolveRef({ ...at, ref: REF }).catch(() => undefined);
    if (head === undefined) return [];
    const commits = await git.log({ ...at, ref: head });
    return commits.map(({ oid, commit }, index) => ({
      commit: oid,
      version: commits.length - 1 - index,
      author: commit.author.name,
      at: commit.author.timestamp * 1000,
      message: commit.message.trim(),
    }));
  };
  return {
    log,
    async deploy(files, author, when, message = 'Deploy configuration') {
      const tree = await writeFolder(at, rooted(files));
      const [newest] = await log();
      if (newest) {
        const { commit } = await git.readCommit({ ...at, oid: newest.commit });
        if (commit.tree === tree) return newest;
      }
      const identity = { name: author, email: '', timestamp: Math.floor(when / 1000), timezoneOffset: 0 };
      const commit = await git.commit({ ...at, ref: REF, tree, message, author: identity, committer: identity });
      return {
        commit,
        version: newest ? newest.version + 1 : 0,
        author,
        at: identity.timestamp * 1000,
        message,
      };
    },
    async read(commit) {
      const files: FileMap = new Map();
      const tree = await git.readCommit({ ...at, oid: commit }).catch((cause) => {
        throw new Problem('not-found', `There is no version ${commit} of the configuration.`, { cause });
      });
      await readFolder(at, tree.commit.tree, '', files);
      return files;
    },
  };
}

type At = { readonly fs: typeof fs; readonly gitdir: string };
/** A folder: names of files with their bytes, names of folders with theirs. */
interface Folder {
  readonly files: Map<string, Uint8Array>;
  readonly folders: Map<string, Folder>;
}

function rooted(files: ReadonlyMap<string, Uint8Array>): Folder {
  const root: Folder = { files: new Map(), folders: new Map() };
  for (const [path, bytes] of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    if (name === '' || [...parts, name].some((part) => part === '..' || part === '.git'))
      throw new Problem('invalid-configuration', `The path ${path} can not be kept.`, { place: { file: path } });
    let folder = root;
    for (const part of parts) {
      const next: Folder = folder.folders.get(part) ?? { files: new Map(), folders: new Map() };
      folder.folders.set(part, next);
      folder = next;
    }
    folder.files.set(name, bytes);
  }
  return root;
}

/** @returns the id of its tree */
async function writeFolder(at: At, folder: Folder): Promise<string> {
  const tree: TreeEntry[] = [];
  for (const [path, bytes] of folder.files)
    tree.push({ mode: '100644', path, type: 'blob', oid: await git.writeBlob({ ...at, blob: bytes }) });
  for (const [path, below] of folder.folders)
    tree.push({ mode: '040000', path, type: 'tree', oid: await writeFolder(at, below) });
  return git.writeTree({ ...at, tree });
}

async function readFolder(at: At, oid: string, prefix: string, files: FileMap): Promise<void> {
  const { tree } = await git.readTree({ ...at, oid });
  for (const entry of tree) {
    const path = prefix + entry.path;
    if (entry.type === 'tree') await readFolder(at, entry.oid, `${path}/`, files);
    else if (entry.type === 'blob') files.set(path, (await git.readBlob({ ...at, oid: entry.oid })).blob);
  }
}
