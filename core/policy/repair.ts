import { type Caller, commit, type Desk, findAll, look, write } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { assertDeployable, summariesOf } from './deploy.ts';
import { experimentsOf } from './experiments.ts';

/**
 * Replaces the content of a version in place (formats §1.12, *repair*): it keeps its number, and every policy that is pinned to it
 * goes on with the new content. Prices that were made stay, with the commit that made them, which the version remembers. The same
 * content as before changes nothing. @param version default the newest version of the first product
 * Throws `not-found`; `invalid-configuration` as a deployment, and what the desk's judge throws; `wrong-state` for other products, for
 * what policies of the version could not go on with, and while an experiment tries it.
 */
export async function repairVersion(
  desk: Desk,
  caller: Caller,
  configuration: Configuration,
  version?: number,
): Promise<ConfigurationRecord> {
  assertDeployable(configuration);
  const { record, configuration: was } = await (version === undefined
    ? desk.configurations.newestOf(configuration.products[0]?.name ?? '')
    : desk.configurations.version(version));
  if (record.hash === configuration.hash) return record;
  refuseOther(desk, record, was, configuration);
  await desk.judge?.({ record, configuration: was }, configuration);
  const at = desk.now();
  const sha = await desk.configurations.keep(
    configuration,
    `Repair version ${record.configVersion}`,
    caller.actor.name,
    at,
    await branchFor(desk, record),
  );
  // Looked at again after the last wait.
  const base = look(desk, 'configuration', record.locator);
  if (base?.record.commit !== record.commit)
    throw new Problem('version-conflict', `Somebody repaired version ${record.configVersion} meanwhile: try again.`);
  refuseOther(desk, record, was, configuration);
  const { repaired: before = [], commit: old, hash, deployedAt } = record;
  const repaired: ConfigurationRecord = {
    ...record,
    commit: sha,
    hash: configuration.hash,
    deployedAt: at,
    repaired: [...before, { commit: old, hash, deployedAt }],
    products: summariesOf(configuration),
  };
  commit(desk, caller, {
    name: 'configuration.repair',
    arguments: { version: record.configVersion, from: hash, to: configuration.hash },
    configuration: sha,
    changes: [write('configuration', record.locator, base.version, repaired)],
    result: record.locator,
  });
  return repaired;
}

/** The newest deployment is repaired on the deployments' branch; an older one beside it, so that what is newest stays there. */
async function branchFor(desk: Desk, record: ConfigurationRecord): Promise<{ readonly branch?: string }> {
  if (!desk.versions || desk.configurations.list()[0]?.configVersion === record.configVersion) return {};
  const branch = `repair-of-version-${record.configVersion}`;
  const known = (await desk.versions.branches()).find(({ name }) => name === branch);
  if (!known) await desk.versions.createBranch(branch, record.commit);
  return { branch };
}

/** What would leave policies of the version without what they hold. */
function refuseOther(desk: Desk, record: ConfigurationRecord, was: Configuration, is: Configuration): void {
  const { configVersion } = record;
  const names = ({ products }: Configuration): string =>
    products
      .map(({ name }) => name)
      .sort()
      .join(', ');
  const refuse = (why: string): never => {
    throw new Problem('wrong-state', `Version ${configVersion} can not be repaired with it: ${why}`);
  };
  if (names(was) !== names(is)) refuse(`it has ${names(was)}, the new content ${names(is)}. Deploy a version instead.`);
  const now = desk.now();
  const tried = experimentsOf(desk).find(
    ({ arms, until }) =>
      (until === undefined || now < until) && arms.some((arm) => arm.configVersion === configVersion),
  );
  if (tried) refuse(`the experiment "${tried.name}" tries it, and would compare two things under one name.`);
  for (const product of was.products) {
    const pinned = findAll(desk, 'policy', 'productName', product.name).some(
      (policy) => policy.record.configVersion === configVersion,
    );
    if (!pinned) continue;
    const otherwise = 'its policies could not go on. Deploy a version, and upgrade them.';
    if (was.currency !== is.currency || was.timeZone !== is.timeZone)
      refuse(`another currency or time zone: ${otherwise}`);
    const missing = missingIn(
      product,
      is.products.find(({ name }) => name === product.name),
    );
    if (missing !== undefined) refuse(`${missing} is missing: ${otherwise}`);
  }
}

/** The first exposure or peril that a product does not have any more. */
function missingIn(was: Product, is: Product | undefined): string | undefined {
  for (const exposure of was.exposures) {
    const same = is?.exposures.find(({ name }) => name === exposure.name);
    if (!same) return exposure.name;
    for (const { name } of exposure.perils)
      if (!same.perils.some((peril) => peril.name === name)) return `${exposure.name} / ${name}`;
  }
  return undefined;
}
