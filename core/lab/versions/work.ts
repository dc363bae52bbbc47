import { MAIN } from '#core/desk/configuration-repository.ts';
import type { Caller, Desk } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { parsePath, refuseFileAsFolder } from '#core/policy/studio/paths.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { commitOf, productGraph, repositoryOf } from './history.ts';
import { type Content, contentOf, mergedContent } from './merge.ts';

/** Work in progress and releases: everything that writes to the repository beside a deployment. */

/** Begins a branch at a version. Throws `malformed-request`, `wrong-state`, `not-found`. */
export async function createBranch(desk: Desk, product: string, name: string, from: string): Promise<string> {
  const commit = await commitOf(desk, product, from);
  await repositoryOf(desk).createBranch(name, commit);
  return commit;
}

/**
 * Saves changes to a branch as a commit (VE5): nothing is deployed, so errors are no hindrance.
 * @param base the commit that was changed: `version-conflict` when somebody saved since
 */
export async function saveToBranch(
  desk: Desk,
  caller: Caller,
  branch: string,
  save: {
    readonly base: string;
    readonly changes: Readonly<Record<string, string | null>>;
    readonly message: string;
  },
): Promise<string> {
  const head = await branchHead(desk, branch);
  if (head !== save.base)
    throw new Problem(
      'version-conflict',
      `Somebody saved to ${branch} since you opened it: look at its newest commit.`,
    );
  const content = new Map(await contentOf(desk, head));
  for (const [given, text] of Object.entries(save.changes)) {
    const path = parsePath(given);
    if (text === null) content.delete(path);
    else content.set(path, new TextEncoder().encode(text));
  }
  refuseFileAsFolder(content);
  return repositoryOf(desk).save(content, needMessage(save.message), caller.actor.name, desk.now(), { branch });
}

/** Brings what was deployed since into a branch, as a merge commit on it. Throws `version-conflict` with the files. */
export async function updateBranch(desk: Desk, caller: Caller, product: string, branch: string): Promise<string> {
  const [head, main] = [await branchHead(desk, branch), await commitOf(desk, product, MAIN)];
  const base = await baseOf(desk, product, head, main);
  if (base === main) return head;
  const content = await mergedContent(desk, base, head, main);
  const merged = [main];
  return repositoryOf(desk).save(content, `Bring ${branch} up to date`, caller.actor.name, desk.now(), {
    branch,
    merged,
  });
}

/**
 * Deploys a branch: merged into the newest version, checked, and a version of its own (VE6). Throws `version-conflict` with the
 * files, `invalid-configuration` with the findings; then nothing was changed.
 */
export async function mergeBranch(
  desk: Desk,
  caller: Caller,
  product: string,
  branch: string,
  message?: string,
): Promise<ConfigurationRecord> {
  const [head, main] = [await branchHead(desk, branch), await commitOf(desk, product, MAIN)];
  const base = await baseOf(desk, product, head, main);
  if (base === head)
    throw new Problem('wrong-state', `${branch} has nothing that is not in version ${product} already.`);
  const content = await mergedContent(desk, base, main, head);
  return deploy(desk, caller, product, { content, main, message: message ?? `Merge ${branch}`, merged: [head] });
}

/** Gives a branch up. Throws `not-found`, `forbidden` for one that holds a version in use: the deployments', a repaired one's. */
export async function dropBranch(desk: Desk, branch: string): Promise<void> {
  const head = await branchHead(desk, branch);
  const record = desk.configurations.list().find(({ repaired, commit }) => repaired && commit === head);
  if (record)
    throw new Problem('forbidden', `${branch} holds version ${record.configVersion} as it was repaired: it stays.`);
  await repositoryOf(desk).deleteBranch(branch);
}

/** Takes a deployment back as a new version: what came after it stays (VE7). Throws as `mergeBranch`. */
export async function revertVersion(
  desk: Desk,
  caller: Caller,
  product: string,
  ref: string,
): Promise<ConfigurationRecord> {
  const [commit, main] = [await commitOf(desk, product, ref), await commitOf(desk, product, MAIN)];
  const found = (await productGraph(desk, product)).find((one) => one.commit === commit);
  const parent = found?.parents[0];
  if (!found || parent === undefined)
    throw new Problem(
      'wrong-state',
      `${ref} is the first version of ${product}: there is nothing before it to go back to.`,
    );
  const content = await mergedContent(desk, commit, main, parent);
  return deploy(desk, caller, product, { content, main, message: `Revert "${found.message}"` });
}

/** Names a commit as a release: an annotated tag with who and why (VE8). */
export async function tagRelease(
  desk: Desk,
  caller: Caller,
  product: string,
  tag: { readonly name: string; readonly ref: string; readonly message: string },
): Promise<string> {
  const commit = await commitOf(desk, product, tag.ref);
  await repositoryOf(desk).tag(tag.name, commit, needMessage(tag.message), caller.actor.name, desk.now());
  return commit;
}

async function deploy(
  desk: Desk,
  caller: Caller,
  product: string,
  next: {
    readonly content: Content;
    readonly main: string;
    readonly message: string;
    readonly merged?: readonly string[];
  },
): Promise<ConfigurationRecord> {
  const loaded = await loadConfiguration({ files: next.content, name: product });
  const configuration: Configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  const newest = await desk.configurations.newestOf(product);
  if (configuration.hash === newest.record.hash)
    throw new Problem('wrong-state', 'There is nothing to deploy: the files are those of the newest version.');
  return deployConfiguration(desk, caller, configuration, {
    message: next.message,
    ...(next.merged ? { merged: next.merged } : {}),
    before() {
      const now = desk.configurations.list().find(({ products }) => products.some(({ name }) => name === product));
      if (now?.commit === next.main) return;
      throw new Problem('version-conflict', 'Another version was deployed meanwhile. Nothing was changed: try again.');
    },
  });
}

/** The version that a branch has in common with the newest one, past deployments of other products. */
async function baseOf(desk: Desk, product: string, a: string, b: string): Promise<string> {
  const graph = new Map((await productGraph(desk, product)).map((one) => [one.commit, one.parents]));
  const reach = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const waiting = [from];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(graph.get(next) ?? []));
    }
    return seen;
  };
  const [mine, other] = [reach(a), reach(b)];
  // Children stand before their parents: the first that both reach is the newest.
  const found = [...graph.keys()].find((commit) => mine.has(commit) && other.has(commit));
  if (found !== undefined) return found;
  throw new Problem('wrong-state', `The branch does not come from ${product}.`);
}

async function branchHead(desk: Desk, branch: string): Promise<string> {
  const found = (await repositoryOf(desk).branches()).find(({ name }) => name === branch);
  if (found && branch !== MAIN) return found.commit;
  throw new Problem('not-found', `There is no branch "${branch}" for work in progress.`, {
    place: { field: 'branch' },
  });
}

function needMessage(given: string): string {
  const message = given.trim();
  if (message !== '') return message;
  throw new Problem('malformed-request', 'Say in a few words what it is about: a message is missing.', {
    place: { field: 'message' },
  });
}
