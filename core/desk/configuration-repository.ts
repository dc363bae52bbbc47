import { promises as files } from 'node:fs';
import { Problem } from '#core/model/problem.ts';

/**
 * The configurations of a data folder: a bare Git repository with one commit a deployment (settled questions, 8). Any Git
 * reads it. A commit is durable before it is answered, so that a record may name it.
 */
export interface ConfigurationRepository {
  /** @returns the commit; the same as before when nothing changed. @param at milliseconds */
  save(content: ReadonlyMap<string, Uint8Array>, message: string, author: string, at: number): Promise<string>;
  /** Throws `store-damaged` when the commit or a file of it is not there. */
  read(commit: string): Promise<ReadonlyMap<string, Uint8Array>>;
}

const BRANCH = 'refs/heads/main';

/** @param folder made when the first configuration is saved */
export function configurationRepository(folder: string): ConfigurationRepository {
  // Git objects are written once and never again: flushing each makes the commit durable.
  const fs = {
    promises: {
      ...files,
      writeFile: (path: string, data: Uint8Array | string, options?: object | string) =>
        files.writeFile(path, data, { ...(typeof options === 'object' ? options : {}), flush: true }),
    },
  };
  const at = { fs, gitdir: folder };
  // Loaded with the first use: it costs a tenth of a second that a start does not need.
  const library = () => import('isomorphic-git');

  async function tree(content: ReadonlyMap<string, Uint8Array>): Promise<string> {
    const git = await library();
    const folders = new Map<string, Map<string, Uint8Array>>();
    const entries: { mode: string; path: string; oid: string; type: 'blob' | 'tree' }[] = [];
    for (const [path, bytes] of content) {
      const slash = path.indexOf('/');
      if (slash < 0) {
        const oid = await git.writeBlob({ ...at, blob: bytes });
        entries.push({ mode: '100644', path, oid, type: 'blob' });
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
    async save(content, message, author, when) {
      const git = await library();
      // Products are their owner's business: a data folder that somebody made may be open to others.
      await files.mkdir(folder, { recursive: true, mode: 0o700 });
      await git.init({ ...at, bare: true, defaultBranch: 'main' });
      const parent = await git.resolveRef({ ...at, ref: BRANCH }).catch(() => undefined);
      const oid = await tree(content);
      if (parent !== undefined && (await git.readCommit({ ...at, oid: parent })).commit.tree === oid) return parent;
      const person = {
        name: author,
        email: 'workbench@localhost',
        timestamp: Math.floor(when / 1000),
        timezoneOffset: 0,
      };
      const commit = await git.writeCommit({
        ...at,
        commit: { tree: oid, parent: parent === undefined ? [] : [parent], message, author: person, committer: person },
      });
      await git.writeRef({ ...at, ref: BRANCH, value: commit, force: true });
      return commit;
    },
    async read(commit) {
      const git = await library();
      const content = new Map<string, Uint8Array>();
      const cache = {};
      const visit = async (oid: string, prefix: string): Promise<void> => {
        for (const entry of (await git.readTree({ ...at, oid, cache })).tree) {
          if (entry.type === 'tree') await visit(entry.oid, `${prefix}${entry.path}/`);
          else if (entry.type === 'blob')
            content.set(`${prefix}${entry.path}`, (await git.readBlob({ ...at, oid: entry.oid, cache })).blob);
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
