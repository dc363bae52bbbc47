import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Deployed } from '#core/desk/configurations.ts';
import { type Caller, commit, type Desk, look, write } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { TestResult } from '../tests/contract.ts';
import type { FileDifference } from '../versions/contract.ts';
import { fileDifference } from '../versions/difference.ts';
import { commitOf, repositoryOf } from '../versions/history.ts';
import { contentOf } from '../versions/merge.ts';
import { changedDocuments } from './changed-documents.ts';
import type { PendingPromotion, PlannedImpact, PromotionPlan, Promotions } from './contract.ts';

/** Runs the product's own tests with a configuration, and measures what it does to the book there; each says how far it is. */
export interface PlanSteps {
  readonly tests: (configuration: Configuration, product: string) => Promise<readonly TestResult[]>;
  readonly impact?: (
    product: string,
    sides: { readonly before: Deployed; readonly after: Configuration; readonly commit: string },
  ) => Promise<PlannedImpact>;
}

const SETTING = 'promotions';
const Pending = z.strictObject({
  locator: z.string(),
  product: z.string(),
  hash: z.string(),
  branch: z.string(),
  message: z.string(),
  by: z.string(),
  byName: z.string(),
  at: z.int(),
});
const PromotionsRecord = z.strictObject({ secondPerson: z.boolean(), pending: z.array(Pending) });

/** Whether promotions to this environment need a second person, and those that wait for one. */
export function promotionsOf(desk: Desk): Promotions {
  const kept = look(desk, 'setting', SETTING);
  return kept ? PromotionsRecord.parse(kept.record) : { secondPerson: false, pending: [] };
}

/** Demands a second person for promotions to this environment, or no longer. */
export function demandSecondPerson(desk: Desk, caller: Caller, secondPerson: boolean): void {
  keep(desk, caller, 'promotion.rule', { ...promotionsOf(desk), secondPerson });
}

/** Says what promoting a version of one environment to another would change. Changes nothing. */
export async function planPromotion(
  from: Desk,
  to: Desk,
  product: string,
  ref: string,
  steps: PlanSteps,
): Promise<{ readonly plan: PromotionPlan; readonly configuration: Configuration }> {
  const source = await commitOf(from, product, ref);
  const loaded = await loadConfiguration({ files: await contentOf(from, source), name: product });
  const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  const newest = to.configurations.list().find(({ products }) => products.some(({ name }) => name === product));
  const onto = newest ? await to.configurations.version(newest.configVersion) : undefined;
  const there: ReadonlyMap<string, Uint8Array> = onto?.configuration.files ?? new Map();
  const paths = [...new Set([...there.keys(), ...configuration.files.keys()])].sort();
  const files = paths.flatMap((path): readonly FileDifference[] => {
    const [was, is] = [there.get(path), configuration.files.get(path)];
    return was && is && Buffer.compare(was, is) === 0 ? [] : [fileDifference(path, was, is)];
  });
  const errors = configuration.diagnostics.filter(({ severity }) => severity === 'error');
  const results = errors.length > 0 ? [] : await steps.tests(configuration, product);
  const failed = results.filter(({ passed }) => !passed);
  const sides = onto && { before: onto, after: configuration, commit: source };
  const isSame = newest?.hash === configuration.hash;
  const impact = sides && errors.length === 0 && !isSame ? await steps.impact?.(product, sides) : undefined;
  const [was, is] = [onto && partOf(onto.configuration, product), partOf(configuration, product)];
  return {
    configuration,
    plan: {
      product,
      from: { commit: source, hash: configuration.hash },
      ...(newest ? { onto: { configVersion: newest.configVersion, hash: newest.hash } } : {}),
      files,
      documents: is ? changedDocuments(was, is) : [],
      errors,
      tests: {
        passed: results.length - failed.length,
        failed: failed.map((one) => ({ name: one.id, why: whyOf(one) })),
      },
      ...(impact === undefined ? {} : { impact }),
      secondPerson: promotionsOf(to).secondPerson,
    },
  };
}

function partOf(configuration: Configuration, name: string) {
  const product = configuration.products.find((one) => one.name === name);
  return product && { configuration, product };
}

function whyOf(result: TestResult): string {
  if (result.kind === 'property') return result.counterExample?.why ?? result.problem ?? result.law;
  return result.differences
    .map(({ what, expected, actual }) => `${what}: expected ${expected}, is ${actual}`)
    .join('; ');
}

/**
 * Deploys a planned version as a new version of the environment, or lets it wait for the second person (EN5). Throws
 * `wrong-state` where nothing differs or a test fails, `invalid-configuration` with the errors.
 */
export async function promote(
  to: Desk,
  caller: Caller,
  { plan, configuration }: { readonly plan: PromotionPlan; readonly configuration: Configuration },
  message: string,
): Promise<{ readonly deployed: ConfigurationRecord } | { readonly waiting: PendingPromotion }> {
  if (plan.onto?.hash === plan.from.hash)
    throw new Problem('wrong-state', `${plan.product} is the same there already: there is nothing to promote.`);
  const [failed] = plan.tests.failed;
  if (failed) throw new Problem('wrong-state', `The test ${failed.name} fails, so nothing was promoted. ${failed.why}`);
  if (!promotionsOf(to).secondPerson || plan.errors.length > 0)
    return { deployed: await deployConfiguration(to, caller, configuration, { message }) };
  const at = to.now();
  const locator = createHash('sha256').update(`${plan.from.hash} ${at}`).digest('hex').slice(0, 12);
  const branch = `promotion-${locator}`;
  // In the repository before the record that names it: a record never names what is not there.
  await repositoryOf(to).save(configuration.files, message, caller.actor.name, at, { branch });
  const { user: by, name: byName } = caller.actor;
  const waiting = { locator, product: plan.product, hash: plan.from.hash, branch, message, by, byName, at };
  const before = promotionsOf(to);
  keep(to, caller, 'promotion.ask', { ...before, pending: [...before.pending, waiting] });
  return { waiting };
}

/** Deploys what waits for a second person. Throws `forbidden` for its author, `not-found`, `store-damaged`. */
export async function approvePromotion(desk: Desk, caller: Caller, locator: string): Promise<ConfigurationRecord> {
  const found = needPending(desk, locator);
  if (found.by === caller.actor.user || found.byName === caller.actor.name)
    throw new Problem('forbidden', `${found.byName} asked for this promotion: somebody else must approve it.`);
  const repository = repositoryOf(desk);
  const commitAt = await repository.resolve(found.branch);
  const files = commitAt === undefined ? new Map() : await contentOf(desk, commitAt);
  const loaded = await loadConfiguration({ files, name: found.product });
  if (loaded.hash !== found.hash)
    throw new Problem('store-damaged', 'What waits for approval is not what was asked for: its files were changed.');
  const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  const message = `${found.message} (asked for by ${found.byName}, approved by ${caller.actor.name})`;
  const deployed = await deployConfiguration(desk, caller, configuration, { message });
  settle(desk, caller, 'promotion.approve', locator);
  await repository.deleteBranch(found.branch);
  return deployed;
}

/** Takes back or refuses what waits. Throws `not-found`. */
export async function refusePromotion(desk: Desk, caller: Caller, locator: string): Promise<void> {
  const { branch } = needPending(desk, locator);
  settle(desk, caller, 'promotion.refuse', locator);
  await repositoryOf(desk).deleteBranch(branch);
}

function needPending(desk: Desk, locator: string): PendingPromotion {
  const found = promotionsOf(desk).pending.find((one) => one.locator === locator);
  if (found) return found;
  throw new Problem('not-found', `No promotion ${locator} waits here.`, { place: { locator } });
}

function settle(desk: Desk, caller: Caller, name: string, locator: string): void {
  const before = promotionsOf(desk);
  keep(desk, caller, name, { ...before, pending: before.pending.filter((one) => one.locator !== locator) }, locator);
}

function keep(desk: Desk, caller: Caller, name: string, record: Promotions, promotion = ''): void {
  const base = look(desk, 'setting', SETTING)?.version ?? 0;
  commit(desk, caller, {
    name,
    arguments: promotion === '' ? {} : { promotion },
    changes: [write('setting', SETTING, base, JSON.parse(JSON.stringify(record)))],
    result: SETTING,
  });
}
