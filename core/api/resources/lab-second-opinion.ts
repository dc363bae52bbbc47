import * as z from 'zod';
import { assertSecondOpinion } from '#core/lab/second-opinion/gate.ts';
import { secondOpinion } from '#core/lab/second-opinion/opinion.ts';
import { changedSide, type WorkingCopy, workingCopies } from '#core/policy/studio/working-copy.ts';
import { openSecondEngine } from '#core/sandbox/second-engine.ts';
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

/** The second opinion of a workbench: asked for over the API, and required of everything that is published. */
export interface SecondOpinions {
  /** Throws `invalid-configuration` where two evaluators differ (SO6). */
  required(copy: WorkingCopy): Promise<void>;
  close(): Promise<void>;
}

export function labSecondOpinionResources(door: Door): SecondOpinions {
  const copies = workingCopies(door.desk);
  // Starts no process before the first plugin is judged.
  const engine = openSecondEngine();
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
  return {
    required: async (copy) => void (await assertSecondOpinion(door.desk, copy, engine)),
    close: () => engine.close(),
  };
}
