import * as z from 'zod';
import { cohortReport } from '#core/lab/experiments/cohorts.ts';
import { createExperiment, endExperiment, listExperiments } from '#core/lab/experiments/experiments.ts';
import type { LabJobs } from '#core/lab/jobs.ts';
import { Problem } from '#core/model/problem.ts';
import type { CohortReport, Experiment } from '../contracts/lab-experiments.ts';
import type { LabJob } from '../contracts/lab-jobs.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Experiments';
const name = z.string().trim().min(1).max(100);
const NewExperiment = z
  .strictObject({
    product: z.string(),
    name,
    traffic: z.number().gt(0).max(1).default(1),
    arms: z.array(z.strictObject({ name, configVersion: z.int().positive(), share: z.number().gt(0).lt(1) })).max(20),
    key: z
      .array(z.string().regex(/^[^.\s]+\.[^.\s]+$/, 'as in policyholder.email'))
      .min(1)
      .max(10),
    from: z.int().optional(),
    until: z.int().optional(),
    seed: z.string().min(1).max(100).optional(),
  })
  .meta({ id: 'NewExperiment' });

const COHORTS = { at: 'until when, milliseconds; default now', experiment: 'only its risks, by arm' };

function cohortsAsked(now: number, query: (name: string) => string | undefined) {
  const at = numberIn(query('at'), 'at') ?? now;
  if (!Number.isSafeInteger(at))
    throw new Problem('malformed-request', '"at" is a time in milliseconds.', { place: { field: 'at' } });
  const experiment = query('experiment');
  return { at, ...(experiment ? { experiment } : {}) };
}

/** Versions tried against each other, and what became of the quotes of each. */
export function labExperimentResources(door: Door, jobs: LabJobs): void {
  door.on(
    {
      method: 'get',
      path: '/api/lab/experiments/:product',
      tag,
      summary: 'Experiments of a product with the counts of their arms',
      answer: 'Experiment[]',
    },
    ({ desk, param }): readonly Experiment[] => listExperiments(desk, param('product')),
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/experiments',
      tag,
      summary: 'Plan or begin an experiment',
      body: NewExperiment,
      answer: 'Experiment',
    },
    async ({ desk, body, caller }): Promise<Experiment | undefined> => {
      const { from, until, seed, ...rest } = body;
      const made = await createExperiment(desk, caller(), {
        ...rest,
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
        ...(seed === undefined ? {} : { seed }),
      });
      return listExperiments(desk, made.product).find(({ locator }) => locator === made.locator);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/experiments/:locator/end',
      tag,
      summary: 'End an experiment now',
      body: Nothing,
      answer: 'Nothing',
    },
    ({ desk, param, caller }) => {
      endExperiment(desk, caller(), param('locator'));
      return {};
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/cohorts/:product',
      tag,
      summary: 'Quotes, conversion, premium and claims by pricing version',
      query: COHORTS,
      answer: 'CohortReport',
    },
    async ({ desk, param, query }): Promise<CohortReport> => {
      const asked = cohortsAsked(desk.now(), query);
      return { at: asked.at, cohorts: await cohortReport(desk, param('product'), asked) };
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/cohorts/:product',
      tag,
      summary: 'The same as a job: for a large book; its result is a CohortReport',
      query: COHORTS,
      answer: 'LabJob',
    },
    ({ desk, param, query }): LabJob => {
      const asked = cohortsAsked(desk.now(), query);
      const product = param('product');
      return jobs.start(
        async (control): Promise<CohortReport> => ({
          at: asked.at,
          cohorts: await cohortReport(desk, product, asked, control),
        }),
      );
    },
  );
}
