import { packCommits, takePack } from './configuration-pack.ts';
import { gitFolder } from './configuration-repository.ts';

/** Branches and releases of the repository of configurations, as they are exchanged with another one. */
export interface ExchangeRepository {
  /** By full name (`refs/heads/spring`), as Git stores them: an annotated tag is an object of its own. */
  refs(): Promise<ReadonlyMap<string, string>>;
  has(oid: string): Promise<boolean>;
  /** Whether a commit is another one, or comes after it; false where one of them is no commit of this repository. */
  follows(commit: string, from: string): Promise<boolean>;
  /** What leads from these and not from those of the others' that are here too. */
  pack(oids: readonly string[], others: readonly string[]): Promise<Uint8Array>;
  /** Durable when it returns. */
  take(pack: Uint8Array): Promise<void>;
  /** Moves a reference, or takes it away; not where it is something else by now than it is taken for. @returns whether it moved */
  move(name: string, from: string | undefined, to: string | undefined): Promise<boolean>;
}

/** @param folder a bare repository; made when the first pack is taken */
export function exchangeRepository(folder: string): ExchangeRepository {
  const at = gitFolder(folder);
  // Loaded with the first use: it costs a tenth of a second that a start does not need.
  const library = () => import('isomorphic-git');
  const tipOf = async (name: string): Promise<string | undefined> =>
    (await library()).resolveRef({ ...at, ref: name }).catch(() => undefined);
  const typeOf = async (oid: string): Promise<string | undefined> =>
    (await library()).readObject({ ...at, oid, format: 'content' }).then(
      ({ type }) => type,
      () => undefined,
    );

  /** Every commit that some lead to. */
  async function reach(heads: readonly string[]): Promise<ReadonlySet<string>> {
    const git = await library();
    const found = new Set<string>();
    const waiting = [...heads];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next) || (await typeOf(next)) !== 'commit') continue;
      found.add(next);
      waiting.push(...(await git.readCommit({ ...at, oid: next })).commit.parent);
    }
    return found;
  }

  return {
    async refs() {
      const git = await library();
      const found = new Map<string, string>();
      for (const kind of ['refs/heads', 'refs/tags'])
        for (const short of await git.listRefs({ ...at, filepath: kind }).catch(() => [])) {
          const oid = await tipOf(`${kind}/${short}`);
          if (oid !== undefined) found.set(`${kind}/${short}`, oid);
        }
      return found;
    },
    has: async (oid) => (await typeOf(oid)) !== undefined,
    follows: async (commit, from) => (await reach([commit])).has(from),
    async pack(oids, others) {
      const git = await library();
      const [heads, beside]: [string[], string[]] = [[], []];
      for (const oid of oids) {
        const isTag = (await typeOf(oid)) === 'tag';
        if (isTag) beside.push(oid);
        heads.push(isTag ? (await git.readTag({ ...at, oid })).tag.object : oid);
      }
      return packCommits(folder, heads, await reach(others), beside);
    },
    take: (pack) => takePack(folder, pack),
    async move(name, from, to) {
      const git = await library();
      if ((await tipOf(name)) !== from) return false;
      if (to === undefined) await git.deleteRef({ ...at, ref: name });
      else await git.writeRef({ ...at, ref: name, value: to, force: true });
      return true;
    },
  };
}
