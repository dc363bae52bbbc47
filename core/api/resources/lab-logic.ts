import * as z from 'zod';
import { runLogic } from '#core/lab/logic/run-logic.ts';
import { vocabularyOf } from '#core/lab/logic/vocabulary.ts';
import { Problem } from '#core/model/problem.ts';
import { changedSide, workingCopies } from '#core/policy/studio/working-copy.ts';
import type { LabLogicRun, LabWords } from '../contracts/lab-logic.ts';
import type { Door } from '../door.ts';
import { problemDocument } from '../problem-document.ts';
import { workingCopy } from '../studio-schemas.ts';

const tag = 'Pricing lab';
const LabLogic = z.strictObject({ ...workingCopy, product: z.string() }).meta({ id: 'LabLogic' });
const LabLogicRunRequest = z
  .strictObject({
    ...workingCopy,
    product: z.string(),
    risk: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('sampled'),
        seed: z.string().max(100),
        index: z.int().min(0).max(100_000),
      }),
      z.strictObject({ kind: z.literal('stored'), locator: z.string() }),
    ]),
  })
  .meta({ id: 'LabLogicRun' });

/** Pricing logic while it is written: run on one risk, and the words that may be written. */
export function labLogicResources(door: Door): void {
  const copies = workingCopies(door.desk);
  door.on(
    {
      method: 'post',
      path: '/api/lab/logic/run',
      tag,
      summary: 'What the logic of a working copy makes of one risk',
      body: LabLogicRunRequest,
      answer: 'LabLogicRun',
    },
    async ({ desk, body }): Promise<LabLogicRun> => {
      const side = changedSide(await copies.of(body.base, body.changes), body.product);
      const { problem, ...run } = await runLogic(desk, side, body.risk);
      return { ...run, ...(problem ? { problem: problemDocument(problem) } : {}) };
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/logic/words',
      tag,
      summary: 'Fields, tables, filters and functions that an author may write',
      body: LabLogic,
      answer: 'LabWords',
    },
    async ({ body }): Promise<LabWords> => {
      const { configuration } = await copies.of(body.base, body.changes);
      const product = configuration.products.find(({ name }) => name === body.product);
      if (!product) throw new Problem('not-found', `There is no product "${body.product}" in it.`);
      return vocabularyOf(configuration, product);
    },
  );
}
