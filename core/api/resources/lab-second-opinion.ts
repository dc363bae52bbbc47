import * as z from 'zod';
import { secondOpinion } from '#core/lab/second-opinion/opinion.ts';
import { changedSide, workingCopies } from '#core/policy/studio/working-copy.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import type { LabOpinion } from '../contracts/lab-second-opinion.ts';
import type { Door } from '../door.ts';
import { workingCopy } from '../studio-schemas.ts';

const LabSecondOpinion = z
  .strictObject({
    ...workingCopy,
    product: z.string(),
    seed: z.string().max(100).default('1'),
    from: z.int().min(0).max(100_000).default(0),
    count: z.int().min(1).max(50).default(10),
  })
  .meta({ id: 'LabSecondOpinion' });

/** @param engine the second engine for plugins (`openSecondEngine`) */
export function labSecondOpinionResources(door: Door, engine: Sandbox): void {
  const copies = workingCopies(door.desk);
  door.on(
    {
      method: 'post',
      path: '/api/lab/second-opinion',
      tag: 'Pricing lab',
      summary: 'Some sampled risks by two independent evaluators',
      body: LabSecondOpinion,
      answer: 'LabOpinion',
    },
    async ({ desk, body, context }): Promise<LabOpinion> => {
      const side = changedSide(await copies.of(body.base, body.changes), body.product);
      return secondOpinion(desk, side, body, engine, { signal: context.req.raw.signal });
    },
  );
}
