import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import type { DeskOptions } from '#core/policy/open-desk.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import type { Opinion } from './contract.ts';
import { secondOpinion } from './opinion.ts';

/** Sampled risks of each product before a version is published. */
const RISKS = 12;

/** The judge of a desk (`DeskOptions.judge`) that asks for a second opinion. @param engine `openSecondEngine()` */
export function secondOpinionJudge(engine: Sandbox): NonNullable<DeskOptions['judge']> {
  return async (desk, before, next) => void (await assertSecondOpinion(desk, before, next, engine));
}

/**
 * Lets a version be published only where two evaluators agree on a sample of every product (SO6). One whose code, tables and
 * definitions are those of the version before it is passed on: it prices the same.
 * Throws `invalid-configuration` that names the risk and the first differing step; its details hold both worksheets.
 */
export async function assertSecondOpinion(
  desk: Desk,
  before: Deployed,
  next: Configuration,
  engine: Sandbox,
  second?: Sandbox,
): Promise<readonly Opinion[]> {
  if (samePricing(before.configuration, next)) return [];
  const deployed = { record: { ...before.record, hash: next.hash }, configuration: next };
  const opinions: Opinion[] = [];
  for (const product of next.products) {
    const sample = { seed: 'before publishing', from: 0, count: RISKS };
    const side = { deployed, product };
    const opinion = await secondOpinion(desk, side, sample, engine, second ? { second } : {});
    opinions.push(opinion);
    refuse(opinion);
  }
  return opinions;
}

function refuse({ product, disagreements }: Opinion): void {
  const [worst] = disagreements;
  if (!worst) return;
  const { sample, what, first, second, firstStep, request, worksheets } = worst;
  const step = firstStep
    ? ` They part at ${[...firstStep.path, ''].join(' › ')}"${firstStep.first ?? 'nothing'}" against "${firstStep.second ?? 'nothing'}".`
    : '';
  throw new Problem(
    'invalid-configuration',
    `Two evaluators do not agree on sampled risk ${sample} of ${product}: ${what} is ${first} by the one and ${second} by the other.${step} Nothing was published.`,
    {
      place: { product },
      details: JSON.parse(
        JSON.stringify({ disagreement: { sample, what, first, second, firstStep, request, worksheets } }),
      ),
    },
  );
}

/** Whether nothing that makes a price or a decision has other content than before: code, tables, definitions. */
function samePricing({ files: before }: Configuration, { files: after }: Configuration): boolean {
  return [...new Set([...before.keys(), ...after.keys()])].every((path) => {
    if (isAside(path)) return true;
    const [was, is] = [before.get(path), after.get(path)];
    return was !== undefined && is !== undefined && (was === is || Buffer.compare(was, is) === 0);
  });
}

/** Documents, tests and texts price nothing. */
function isAside(path: string): boolean {
  return /(^|\/)tests\/|\.template\.liquid$|\.md$|\/static_documents\//.test(path);
}
