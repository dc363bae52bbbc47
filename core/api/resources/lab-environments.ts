import path from 'node:path';
import * as z from 'zod';
import { ENVIRONMENTS } from '#core/lab/environments/contract.ts';
import { cloneHere, type Here, planThere, promoteThere } from '#core/lab/environments/elsewhere.ts';
import { listEnvironments } from '#core/lab/environments/environment-file.ts';
import { approvePromotion, demandSecondPerson, promotionsOf, refusePromotion } from '#core/lab/environments/promote.ts';
import type { LabJobs } from '#core/lab/jobs.ts';
import { Problem } from '#core/model/problem.ts';
import type { EnvironmentCloned, Environments, Promoted, Promotions } from '../contracts/lab-environments.ts';
import type { LabJob } from '../contracts/lab-jobs.ts';
import type { VersionWritten } from '../contracts/lab-versions.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';

const tag = 'Environments';
const PromotionRule = z.strictObject({ secondPerson: z.boolean() }).meta({ id: 'PromotionRule' });

const ref = z.string().min(1).max(200).default('main');
const CloneEnvironment = z
  .strictObject({
    kind: z.enum(ENVIRONMENTS),
    name: z.string(),
    policies: z.int().min(0).max(1_000_000).default(100),
  })
  .meta({ id: 'CloneEnvironment' });
const PlanPromotion = z.strictObject({ product: z.string(), ref, folder: z.string() }).meta({ id: 'PlanPromotion' });
const PromoteVersion = PlanPromotion.extend({
  message: z.string().trim().min(1).max(500),
  seen: z.strictObject({ hash: z.string(), onto: z.string().nullable() }),
}).meta({ id: 'PromoteVersion' });

/** What the resources need besides the door: the data folder in use, the jobs, and the way into another folder, where there is one. */
export interface EnvironmentAccess {
  readonly folder: string;
  readonly jobs: LabJobs;
  readonly here?: Here;
}

/** The environments beside this one: listed, made, promoted to; and what waits here for a second person. */
export function labEnvironmentResources(door: Door, access: EnvironmentAccess): void {
  const { folder, jobs } = access;
  const here = (): Here => {
    if (access.here) return access.here;
    throw new Problem(
      'wrong-state',
      'This workbench opens no other data folder: use the command line (`fieldwriter environment`).',
    );
  };
  door.on(
    {
      method: 'get',
      path: '/api/lab/environments',
      tag,
      summary: 'The environments of this computer',
      answer: 'Environments',
    },
    async (): Promise<Environments> => ({
      current: path.resolve(folder),
      opens: access.here !== undefined,
      environments: await listEnvironments(folder),
    }),
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/promotions',
      tag,
      summary: 'What waits here for a second person',
      answer: 'Promotions',
    },
    ({ desk }): Promotions => promotionsOf(desk),
  );
  door.on(
    {
      method: 'put',
      path: '/api/lab/promotions/rule',
      tag,
      summary: 'Whether promotions to here need a second person',
      body: PromotionRule,
      answer: 'Promotions',
    },
    ({ desk, body, caller }): Promotions => {
      demandSecondPerson(desk, caller(), body.secondPerson);
      return promotionsOf(desk);
    },
  );
  const begin = { method: 'post', tag, answer: 'LabJob' } as const;
  door.on(
    {
      ...begin,
      path: '/api/lab/environments/clone',
      summary: 'Make an environment beside this one, as a job; its result is an EnvironmentCloned',
      body: CloneEnvironment,
    },
    ({ body, caller }): LabJob => {
      const [from, by] = [here(), caller()];
      return jobs.start((control): Promise<EnvironmentCloned> => cloneHere(from, by, body, control));
    },
  );
  door.on(
    {
      ...begin,
      path: '/api/lab/environments/plan',
      summary: 'What promoting a version to another environment would change, as a job; its result is a PromotionPlan',
      body: PlanPromotion,
    },
    ({ body }): LabJob => {
      const from = here();
      return jobs.start((control) => planThere(from, body, control));
    },
  );
  door.on(
    {
      ...begin,
      path: '/api/lab/environments/promote',
      summary: 'Promote what a plan showed, as a job; its result is a Promoted',
      body: PromoteVersion,
    },
    ({ body, caller }): LabJob => {
      const [from, by] = [here(), caller()];
      const { message, seen, ...promoting } = body;
      return jobs.start((control): Promise<Promoted> => promoteThere(from, by, promoting, { message, seen }, control));
    },
  );
  const post = { method: 'post', tag, body: Nothing } as const;
  door.on(
    { ...post, path: '/api/lab/promotions/:locator/approve', summary: 'Deploy it', answer: 'VersionWritten' },
    async ({ desk, param, caller }): Promise<VersionWritten> => {
      const { commit, configVersion } = await approvePromotion(desk, caller(), param('locator'));
      return { commit, configVersion };
    },
  );
  door.on(
    {
      ...post,
      path: '/api/lab/promotions/:locator/refuse',
      summary: 'Refuse it, or take it back',
      answer: 'Promotions',
    },
    async ({ desk, param, caller }): Promise<Promotions> => {
      await refusePromotion(desk, caller(), param('locator'));
      return promotionsOf(desk);
    },
  );
}
