import type { Deployed } from '#core/desk/configurations.ts';
import { type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import { type ConfigurationRecord, configurationLocator } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { assertUsable } from '#core/product/load.ts';

/**
 * Deploys a configuration as a new version; the same content as the newest deployment stays that version.
 * @param options.despiteErrors keep it although it has errors: its sound products can be used, the others refuse
 * @param options.judged it was judged where it was made: an example that comes along
 * @param options.message what changed, in the author's words: of the version, and of the commit in Git
 * @param options.merged commits whose work is in it, beside the newest deployment
 * @param options.before looked at last, in the turn of the commit: throws when the deployment must not happen any more
 * Throws `invalid-configuration` with all diagnostics when the original platform would refuse it, and what the desk's judge throws.
 */
export async function deployConfiguration(
  desk: Desk,
  caller: Caller,
  configuration: Configuration,
  options: {
    readonly despiteErrors?: boolean;
    readonly judged?: boolean;
    readonly message?: string;
    readonly before?: () => void;
    readonly merged?: readonly string[];
  } = {},
): Promise<ConfigurationRecord> {
  if (options.despiteErrors !== true) assertDeployable(configuration);
  const same = desk.configurations.list()[0];
  if (same?.hash === configuration.hash) return same;
  desk.configurations.prepare(configuration);
  if (options.judged !== true) await judge(desk, configuration);
  const at = desk.now();
  const names = configuration.products.map(({ name }) => name).join(', ');
  const sha = await desk.configurations.keep(
    configuration,
    options.message ?? `Deploy ${names}`,
    caller.actor.name,
    at,
    options.merged ? { merged: options.merged } : {},
  );
  options.before?.();
  const configVersion = (desk.configurations.list()[0]?.configVersion ?? 0) + 1;
  const locator = configurationLocator(configVersion);
  const record: ConfigurationRecord = {
    locator,
    configVersion,
    commit: sha,
    hash: configuration.hash,
    deployedAt: at,
    ...(options.message === undefined ? {} : { message: options.message }),
    products: summariesOf(configuration),
  };
  commit(desk, caller, {
    name: 'configuration.deploy',
    arguments: { hash: configuration.hash },
    configuration: sha,
    changes: [write('configuration', locator, 0, record)],
    result: locator,
  });
  return record;
}

/** What a record says of the products of a configuration. */
export function summariesOf({ products, diagnostics }: Configuration): ConfigurationRecord['products'] {
  const count = (product: string, severity: string): number =>
    diagnostics.filter((found) => found.severity === severity && (found.product === null || found.product === product))
      .length;
  return products.map(({ name, displayName }) => ({
    name,
    displayName,
    errors: count(name, 'error'),
    warnings: count(name, 'warning'),
  }));
}

/** Every new version is judged by whoever keeps this desk, a first one too; products with errors refuse to work anyway. */
async function judge(desk: Desk, next: Configuration): Promise<void> {
  if (!desk.judge) return;
  const sound = next.products.filter((product) => isUsable(next, product.name));
  if (sound.length === 0) return;
  const known = new Set(next.products.map(({ name }) => name));
  const before = desk.configurations.list().find(({ products }) => products.some(({ name }) => known.has(name)));
  const was = before ? await desk.configurations.version(before.configVersion) : nothingBefore(next);
  // The very same where all are sound: what was worked out of it is kept by it.
  await desk.judge(was, sound.length === next.products.length ? next : { ...next, products: sound });
}

function nothingBefore(next: Configuration): Deployed {
  const record = {
    locator: configurationLocator(0),
    configVersion: 0,
    commit: '',
    hash: '',
    deployedAt: 0,
    products: [],
  };
  return { record, configuration: { ...next, files: new Map() } };
}

function isUsable(configuration: Configuration, product: string): boolean {
  try {
    assertUsable(configuration, product);
    return true;
  } catch {
    return false;
  }
}

/** Throws `invalid-configuration` with all diagnostics when the original platform would refuse it. */
export function assertDeployable(configuration: Configuration): void {
  try {
    assertUsable(configuration);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem('invalid-configuration', cause.message, {
      ...(cause.place ? { place: cause.place } : {}),
      details: { diagnostics: configuration.diagnostics.map((found) => ({ ...found })) },
      cause,
    });
  }
}
