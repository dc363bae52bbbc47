import { MAIN } from '#core/desk/configuration-repository.ts';
import type { Desk } from '#core/desk/desk.ts';
import { type ConfigurationRecord, contentsOf } from '#core/desk/records.ts';
import type { VersionRepository } from '#core/desk/version-repository.ts';
import { Problem } from '#core/model/problem.ts';
import type { HistoryCommit, VersionHistory } from './contract.ts';

/** The repository of the desk. Throws `wrong-state` for a store that is thrown away and keeps none. */
export function repositoryOf(desk: Desk): VersionRepository {
  if (desk.versions) return desk.versions;
  throw new Problem('wrong-state', 'This store keeps no history of its configurations.');
}

/** Deployments, branches and tags of a product. Throws `not-found` when no deployment has it. */
export async function historyOf(desk: Desk, product: string): Promise<VersionHistory> {
  const repository = repositoryOf(desk);
  const graph = await productGraph(desk, product);
  const [branches, tags] = [await repository.branches(), await repository.tags()];
  const known = new Map(graph.map((one) => [one.commit, one]));
  const main = await commitOf(desk, product, MAIN);
  const named = (refs: readonly { readonly name: string; readonly commit: string }[], commit: string) =>
    refs.filter((ref) => ref.commit === commit).map(({ name }) => name);
  const own = branches
    .map((branch) => (branch.name === MAIN ? { ...branch, commit: main } : branch))
    .filter(({ commit }) => known.has(commit));
  return {
    commits: graph.map((one) => ({ ...one, branches: named(own, one.commit), tags: named(tags, one.commit) })),
    branches: own.map((branch) => ({ ...branch, ahead: aheadOf(known, branch.commit) })),
    tags: tags.filter(({ commit }) => known.has(commit)),
  };
}

type GraphCommit = Omit<HistoryCommit, 'branches' | 'tags'>;

/** How many commits of a branch were never deployed. */
function aheadOf(known: ReadonlyMap<string, GraphCommit>, head: string): number {
  let count = 0;
  for (let at = known.get(head); at && at.configVersion === undefined; at = known.get(at.parents[0] ?? '')) count += 1;
  return count;
}

/**
 * The commits that hold a product. Deployments of other products stand between them on the branch of the deployments, each with its
 * own files only: they are left out, and parents lead past them.
 */
export async function productGraph(desk: Desk, product: string): Promise<readonly GraphCommit[]> {
  const repository = repositoryOf(desk);
  const records = desk.configurations.list();
  const holding = records.filter(({ products }) => products.some(({ name }) => name === product));
  if (holding.length === 0) throw new Problem('not-found', `There is no product "${product}" in use.`);
  const deployed = new Map<string, ConfigurationRecord>();
  // A content that came back keeps its first commit's newest number: records are listed newest first.
  for (const record of records.flatMap(contentsOf))
    if (!deployed.has(record.commit)) deployed.set(record.commit, record);
  const heads = [...(await repository.branches()), ...(await repository.tags())].map(({ commit }) => commit);
  const all = await repository.commits([...new Set([...heads, ...holding.map(({ commit }) => commit)])]);
  const holds = (commit: string): boolean => {
    for (let at = all.get(commit); at; at = all.get(at.parents[0] ?? '')) {
      const record = deployed.get(at.commit);
      // A branch holds what the deployment holds that it was begun from.
      if (record) return record.products.some(({ name }) => name === product);
    }
    return false;
  };
  const nearest = (commit: string): string | undefined => {
    let at = all.get(commit);
    while (at && !holds(at.commit)) at = all.get(at.parents[0] ?? '');
    return at?.commit;
  };
  const commits = [...all.values()]
    .filter(({ commit }) => holds(commit))
    .map((info): GraphCommit => {
      const configVersion = deployed.get(info.commit)?.configVersion;
      const parents = info.parents.flatMap((parent) => nearest(parent) ?? []);
      return {
        ...info,
        parents: [...new Set(parents)],
        ...(configVersion === undefined ? {} : { configVersion }),
      };
    });
  return childrenFirst(commits);
}

/** Newest first, but never a parent before its child: clocks differ, and saves of one second have one time. */
function childrenFirst(commits: readonly GraphCommit[]): readonly GraphCommit[] {
  const byName = new Map(commits.map((one) => [one.commit, one]));
  const waiting = new Map(commits.map(({ commit }) => [commit, 0]));
  for (const { parents } of commits) for (const parent of parents) waiting.set(parent, (waiting.get(parent) ?? 0) + 1);
  const newer = (a: GraphCommit, b: GraphCommit): number =>
    b.at - a.at || (b.configVersion ?? 0) - (a.configVersion ?? 0) || (a.commit < b.commit ? -1 : 1);
  const ready = commits.filter(({ commit }) => waiting.get(commit) === 0).sort(newer);
  const ordered: GraphCommit[] = [];
  for (let next = ready.shift(); next; next = ready.shift()) {
    ordered.push(next);
    for (const parent of next.parents) {
      const left = (waiting.get(parent) ?? 0) - 1;
      waiting.set(parent, left);
      const found = byName.get(parent);
      if (left === 0 && found) ready.push(found);
    }
    ready.sort(newer);
  }
  return ordered;
}

/**
 * The commit that somebody means: the number of a version, a branch, a tag, or at least seven digits of a commit.
 * Throws `not-found`.
 */
export async function commitOf(desk: Desk, product: string, ref: string): Promise<string> {
  const records = desk.configurations.list();
  if (ref === MAIN) {
    const newest = records.find(({ products }) => products.some(({ name }) => name === product));
    if (newest) return newest.commit;
  }
  if (/^\d{1,6}$/.test(ref)) {
    const record = records.find(({ configVersion }) => configVersion === Number(ref));
    if (record) return record.commit;
  }
  const found = await repositoryOf(desk).resolve(ref);
  if (found !== undefined) return found;
  throw new Problem('not-found', `There is no version, branch, tag or commit "${ref}".`, { place: { field: ref } });
}
