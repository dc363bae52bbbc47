import * as z from 'zod';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { blame } from '#core/lab/versions/blame.ts';
import { versionDifference } from '#core/lab/versions/difference.ts';
import { commitOf, historyOf, repositoryOf } from '#core/lab/versions/history.ts';
import {
  createBranch,
  dropBranch,
  mergeBranch,
  revertVersion,
  saveToBranch,
  tagRelease,
  updateBranch,
} from '#core/lab/versions/work.ts';
import { Problem } from '#core/model/problem.ts';
import { parsePath } from '#core/policy/studio/paths.ts';
import type {
  VersionBlame,
  VersionDifference,
  VersionFiles,
  VersionHistory,
  VersionWritten,
} from '../contracts/lab-versions.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Versions';
const at = '/api/lab/versions/:product';
const name = z.string().min(1).max(100);
const message = z.string().max(500);
const NewBranch = z.strictObject({ name, from: z.string().default('main') }).meta({ id: 'NewBranch' });
const SaveToBranch = z
  .strictObject({ base: z.string(), changes: z.record(z.string(), z.string().max(64_000_000).nullable()), message })
  .meta({ id: 'SaveToBranch' });
const MergeBranch = z.strictObject({ message: message.optional() }).meta({ id: 'MergeBranch' });
const NewTag = z.strictObject({ name, ref: z.string(), message }).meta({ id: 'NewTag' });
const Revert = z.strictObject({ ref: z.string() }).meta({ id: 'RevertVersion' });

/** History, differences, blame, branches, releases and reverts of a product. */
export function labVersionResources(door: Door): void {
  reading(door);
  writing(door);
}

function reading(door: Door): void {
  door.on(
    { method: 'get', path: at, tag, summary: 'Deployments, branches and tags, newest first', answer: 'VersionHistory' },
    ({ desk, param }): Promise<VersionHistory> => historyOf(desk, param('product')),
  );
  const ref = 'number of a version, branch, tag or commit';
  door.on(
    {
      method: 'get',
      path: `${at}/difference`,
      tag,
      summary: 'Files and table cells that differ between two versions',
      query: { from: ref, to: ref },
      answer: 'VersionDifference',
    },
    ({ desk, param, query }): Promise<VersionDifference> =>
      versionDifference(desk, param('product'), needed(query('from'), 'from'), needed(query('to'), 'to')),
  );
  door.on(
    {
      method: 'get',
      path: `${at}/files`,
      tag,
      summary: 'Paths of a version',
      query: { ref: `${ref}; default main` },
      answer: 'VersionFiles',
    },
    async ({ desk, param, query }): Promise<VersionFiles> => {
      const commit = await commitOf(desk, param('product'), query('ref') ?? 'main');
      return { commit, paths: [...(await repositoryOf(desk).files(commit)).keys()].sort() };
    },
  );
  door.on(
    {
      method: 'get',
      path: `${at}/blame`,
      tag,
      summary: 'Which commit last set each line, or each cell of a table',
      query: {
        ref: `${ref}; default main`,
        path: 'of the file',
        q: 'words that the rows of a table hold',
        from: 'first row, default 0',
        count: 'rows, default 100, at most 1,000',
      },
      answer: 'VersionBlame',
    },
    ({ desk, param, query }): Promise<VersionBlame> =>
      blame(
        desk,
        { product: param('product'), ref: query('ref') ?? 'main', path: parsePath(needed(query('path'), 'path')) },
        {
          words: query('q') ?? '',
          from: Math.max(0, numberIn(query('from'), 'from') ?? 0),
          count: Math.min(1_000, Math.max(1, numberIn(query('count'), 'count') ?? 100)),
        },
      ),
  );
}

function writing(door: Door): void {
  const post = { method: 'post', tag, answer: 'VersionWritten' } as const;
  door.on(
    { ...post, path: `${at}/branches`, summary: 'Begin a branch for work in progress', body: NewBranch },
    async ({ desk, param, body, caller }): Promise<VersionWritten> => {
      caller();
      return { commit: await createBranch(desk, param('product'), body.name, body.from) };
    },
  );
  door.on(
    { method: 'delete', path: `${at}/branches/:branch`, tag, summary: 'Give a branch up', answer: 'Nothing' },
    async ({ desk, param, caller }) => {
      caller();
      await dropBranch(desk, param('branch'));
      return {};
    },
  );
  door.on(
    { ...post, path: `${at}/branches/:branch/save`, summary: 'Save changes to a branch', body: SaveToBranch },
    async ({ desk, param, body, caller }): Promise<VersionWritten> => ({
      commit: await saveToBranch(desk, caller(), param('branch'), body),
    }),
  );
  door.on(
    { ...post, path: `${at}/branches/:branch/update`, summary: 'Bring what was deployed since into it', body: Nothing },
    async ({ desk, param, caller }): Promise<VersionWritten> => ({
      commit: await updateBranch(desk, caller(), param('product'), param('branch')),
    }),
  );
  door.on(
    { ...post, path: `${at}/branches/:branch/merge`, summary: 'Deploy a branch as a version', body: MergeBranch },
    async ({ desk, param, body, caller }): Promise<VersionWritten> =>
      written(await mergeBranch(desk, caller(), param('product'), param('branch'), body.message)),
  );
  door.on(
    { ...post, path: `${at}/tags`, summary: 'Name a version as a release', body: NewTag },
    async ({ desk, param, body, caller }): Promise<VersionWritten> => ({
      commit: await tagRelease(desk, caller(), param('product'), body),
    }),
  );
  door.on(
    { ...post, path: `${at}/revert`, summary: 'Take a version back, as a new one', body: Revert },
    async ({ desk, param, body, caller }): Promise<VersionWritten> =>
      written(await revertVersion(desk, caller(), param('product'), body.ref)),
  );
}

function written({ commit, configVersion }: ConfigurationRecord): VersionWritten {
  return { commit, configVersion };
}

function needed(given: string | undefined, field: string): string {
  if (given !== undefined && given !== '') return given;
  throw new Problem('malformed-request', `"${field}" is missing in the address.`, { place: { field } });
}
