import { createHash } from 'node:crypto';
import { promises as files } from 'node:fs';
import { join } from 'node:path';
import { gitFolder, MAIN } from './configuration-repository.ts';

/** What crosses of a repository of configurations (core/desk/carried-configurations.ts). */
export interface ConfigurationPacks {
  has(commit: string): Promise<boolean>;
  /**
   * A commit with its history as a Git pack, for a repository that holds other commits already: these, and what they rest on, are
   * left out.
   */
  pack(commit: string, held: ReadonlySet<string>): Promise<Uint8Array>;
  /** Takes such a pack in. Durable when it returns; taken again it changes nothing. */
  take(pack: Uint8Array): Promise<void>;
  /** Lets the branch of the deployments end at a commit, where that goes on from what it ended at. */
  advance(commit: string): Promise<void>;
}

/** @param folder a bare repository; made when the first pack is taken */
export function configurationPacks(folder: string): ConfigurationPacks {
  return {
    has: (commit) => hasCommit(folder, commit),
    pack: (commit, held) => packCommits(folder, [commit], held),
    take: (pack) => takePack(folder, pack),
    advance: (commit) => advanceMain(folder, commit),
  };
}

// Loaded with the first use: it costs a tenth of a second that a start does not need.
const library = () => import('isomorphic-git');

async function hasCommit(folder: string, commit: string): Promise<boolean> {
  return (await library()).readCommit({ ...gitFolder(folder), oid: commit }).then(
    () => true,
    () => false,
  );
}

/** Commits with their history as a pack, without what the held ones rest on. @param beside other objects that go along */
export async function packCommits(
  folder: string,
  heads: readonly string[],
  held: ReadonlySet<string>,
  beside: readonly string[] = [],
): Promise<Uint8Array> {
  const git = await library();
  const at = gitFolder(folder);
  const cache = {};
  const visit = async (oid: string, found: Set<string>): Promise<void> => {
    if (found.has(oid)) return;
    found.add(oid);
    for (const entry of (await git.readTree({ ...at, oid, cache })).tree)
      if (entry.type === 'tree') await visit(entry.oid, found);
      else found.add(entry.oid);
  };
  const wanted = new Set<string>();
  const there = new Set<string>();
  const commits: string[] = [];
  const seen = new Set<string>();
  const waiting = [...heads];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const { tree, parent } = (await git.readCommit({ ...at, oid: next, cache })).commit;
    await visit(tree, held.has(next) ? there : wanted);
    if (held.has(next)) continue;
    commits.push(next);
    waiting.push(...parent);
  }
  const oids = [...beside, ...commits, ...[...wanted].filter((oid) => !there.has(oid))];
  const { packfile } = await git.packObjects({ ...at, oids, cache });
  if (!packfile) throw new Error('Git made no pack.');
  return packfile;
}

/** Takes a pack into a bare repository, which is made where there is none. Durable when it returns. */
export async function takePack(folder: string, pack: Uint8Array): Promise<void> {
  const git = await library();
  const { fs, gitdir } = gitFolder(folder);
  await files.mkdir(folder, { recursive: true, mode: 0o700 });
  await git.init({ fs, gitdir, bare: true, defaultBranch: MAIN });
  const name = `pack-${createHash('sha1').update(pack).digest('hex')}`;
  const filepath = join('objects', 'pack', `${name}.pack`);
  await files.mkdir(join(folder, 'objects', 'pack'), { recursive: true });
  // Git looks for the index, which is made last: half a pack is none.
  await fs.promises.writeFile(join(folder, filepath), pack);
  await git.indexPack({ fs, dir: folder, gitdir, filepath });
}

async function advanceMain(folder: string, commit: string): Promise<void> {
  const git = await library();
  const at = gitFolder(folder);
  const ref = `refs/heads/${MAIN}`;
  const now = await git.resolveRef({ ...at, ref }).catch(() => undefined);
  if (now === commit) return;
  const follows =
    now === undefined || (await git.isDescendent({ ...at, oid: commit, ancestor: now, depth: -1 }).catch(() => false));
  if (follows) await git.writeRef({ ...at, ref, value: commit, force: true });
}
