import { Problem } from '#core/model/problem.ts';
import {
  type ConfigurationRepository,
  configurationRepository,
  gitFolder,
  MAIN,
  signature,
} from './configuration-repository.ts';

export interface CommitInfo {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  /** Milliseconds. */
  readonly at: number;
}
export interface Ref {
  readonly name: string;
  readonly commit: string;
}
export interface Tag extends Ref {
  readonly message: string;
  readonly author: string;
  /** Milliseconds. */
  readonly at: number;
}

/** What a stock Git would show of the configurations: branches, tags, history, and files by the hash of their content. */
export interface VersionRepository {
  branches(): Promise<readonly Ref[]>;
  tags(): Promise<readonly Tag[]>;
  /** Every commit that the heads lead to, in no order that means anything. */
  commits(heads: readonly string[]): Promise<ReadonlyMap<string, CommitInfo>>;
  /** A full commit by a branch, a tag, or at least seven digits of a commit; undefined when there is none. */
  resolve(ref: string): Promise<string | undefined>;
  /** Path → hash of its content. */
  files(commit: string): Promise<ReadonlyMap<string, string>>;
  blob(oid: string): Promise<Uint8Array>;
  /** A commit on a branch; the branch's newest one when nothing changed. @param at milliseconds */
  save: ConfigurationRepository['save'];
  /** Throws `malformed-request` for a name that Git would not take, `wrong-state` for one that is there. */
  createBranch(name: string, commit: string): Promise<void>;
  deleteBranch(name: string): Promise<void>;
  /** An annotated tag. Throws as `createBranch`. @param at milliseconds */
  tag(name: string, commit: string, message: string, author: string, at: number): Promise<void>;
}

/** @param folder of the bare repository; made when the first configuration is saved */
export function versionRepository(folder: string): VersionRepository {
  const at = gitFolder(folder);
  const library = () => import('isomorphic-git');
  const refs = async (kind: 'heads' | 'tags'): Promise<readonly Ref[]> => {
    const git = await library();
    const names = await git.listRefs({ ...at, filepath: `refs/${kind}` }).catch(() => []);
    return Promise.all(
      [...names]
        .sort()
        .map(async (name) => ({ name, commit: await git.resolveRef({ ...at, ref: `refs/${kind}/${name}` }) })),
    );
  };

  async function commitInfo(oid: string): Promise<CommitInfo> {
    const { commit } = await (await library()).readCommit({ ...at, oid });
    const { parent, message, author } = commit;
    return { commit: oid, parents: parent, message: message.trim(), author: author.name, at: author.timestamp * 1000 };
  }

  async function refuseTaken(kind: 'heads' | 'tags', name: string): Promise<void> {
    // What Git allows and a shell, a URL and a person can write (git check-ref-format(1) is wider).
    if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) || name.includes('..') || /\.(lock)?$/.test(name))
      throw new Problem(
        'malformed-request',
        `"${name}" is no name for a branch or tag: letters, digits, ".", "_" and "-", beginning with a letter or digit.`,
        { place: { field: 'name' } },
      );
    if ((await refs(kind)).some((ref) => ref.name === name))
      throw new Problem('wrong-state', `There is a ${kind === 'heads' ? 'branch' : 'tag'} "${name}" already.`, {
        place: { field: 'name' },
      });
  }

  return {
    branches: () => refs('heads'),
    async tags() {
      const git = await library();
      return Promise.all(
        (await refs('tags')).map(async ({ name, commit: oid }) => {
          const found = await git.readTag({ ...at, oid }).catch(() => undefined);
          if (!found) return { ...(await commitInfo(oid)), name };
          const { object, message, tagger } = found.tag;
          return { name, commit: object, message: message.trim(), author: tagger.name, at: tagger.timestamp * 1000 };
        }),
      );
    },
    async commits(heads) {
      const found = new Map<string, CommitInfo>();
      const waiting = [...heads];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (found.has(next)) continue;
        const info = await commitInfo(next);
        found.set(next, info);
        waiting.push(...info.parents);
      }
      return found;
    },
    async resolve(ref) {
      const git = await library();
      if (/^[0-9a-f]{7,40}$/.test(ref)) {
        const oid = await git.expandOid({ ...at, oid: ref }).catch(() => undefined);
        if (oid !== undefined)
          return commitInfo(oid).then(
            ({ commit }) => commit,
            () => undefined,
          );
      }
      const branch = (await refs('heads')).find(({ name }) => name === ref);
      if (branch) return branch.commit;
      const tag = (await this.tags()).find(({ name }) => name === ref);
      return tag?.commit;
    },
    async files(commit) {
      const git = await library();
      const found = new Map<string, string>();
      const cache = {};
      const visit = async (oid: string, prefix: string): Promise<void> => {
        for (const entry of (await git.readTree({ ...at, oid, cache })).tree)
          if (entry.type === 'tree') await visit(entry.oid, `${prefix}${entry.path}/`);
          else if (entry.type === 'blob') found.set(`${prefix}${entry.path}`, entry.oid);
      };
      await visit(commit, '');
      return found;
    },
    blob: async (oid) => (await (await library()).readBlob({ ...at, oid })).blob,
    save: configurationRepository(folder).save,
    async createBranch(name, commit) {
      await refuseTaken('heads', name);
      await (await library()).writeRef({ ...at, ref: `refs/heads/${name}`, value: commit });
    },
    async deleteBranch(name) {
      if (name === MAIN) throw new Problem('forbidden', 'The branch of the deployments stays.');
      if (!(await refs('heads')).some((ref) => ref.name === name))
        throw new Problem('not-found', `There is no branch "${name}".`);
      await (await library()).deleteRef({ ...at, ref: `refs/heads/${name}` });
    },
    async tag(name, commit, message, author, when) {
      await refuseTaken('tags', name);
      const git = await library();
      await git.annotatedTag({ ...at, ref: name, object: commit, message, tagger: signature(author, when) });
    },
  };
}
