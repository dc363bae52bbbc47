import path from 'node:path';
import * as z from 'zod';
import { listEnvironments } from '#core/lab/environments/environment-file.ts';
import { approvePromotion, demandSecondPerson, promotionsOf, refusePromotion } from '#core/lab/environments/promote.ts';
import type { Environments, Promotions } from '../contracts/lab-environments.ts';
import type { VersionWritten } from '../contracts/lab-versions.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';

const tag = 'Environments';
const PromotionRule = z.strictObject({ secondPerson: z.boolean() }).meta({ id: 'PromotionRule' });

/** Which environments there are beside this one, and what waits here for a second person. @param folder the data folder in use */
export function labEnvironmentResources(door: Door, folder: string): void {
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
