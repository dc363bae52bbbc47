import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { assertUsable, loadConfiguration } from '#core/product/load.ts';
import type { Store } from '#core/store/contract.ts';
import { carriedAs, takeCarried } from './carried-configurations.ts';
import type { ConfigurationPacks } from './configuration-pack.ts';
import type { ConfigurationRepository, SaveTo } from './configuration-repository.ts';
import { type ConfigurationRecord, configurationLocator, contentsOf } from './records.ts';

/** A deployed configuration: its record and its content. */
export interface Deployed {
  readonly record: ConfigurationRecord;
  readonly configuration: Configuration;
}

/**
 * The deployed configurations. Every deployment is a version; a policy stays with the version that it was made with
 * (formats §1.12). A product is taken from the newest deployment that has it.
 */
export interface Configurations {
  /** Records of all deployments, newest first. */
  list(): readonly ConfigurationRecord[];
  /** @param commit one that it was deployed or repaired with, where that is wanted instead of its newest. Throws `not-found`. */
  version(configVersion: number, commit?: string): Promise<Deployed>;
  /** Throws `not-found` when no deployment has the product. */
  newestOf(product: string): Promise<Deployed>;
  /**
   * The content with this hash (Configuration.hash): deployed here, or anywhere in the repository under this commit. Undefined
   * when neither is there.
   */
  withHash(hash: string, commit?: string): Promise<Configuration | undefined>;
  /** What `keep` needs of a configuration that is likely to be kept, ahead and beside other work; nothing is kept by it. */
  prepare(configuration: Configuration): void;
  /** Keeps the content of a deployment and answers its commit. @param to another branch than the deployments', what is merged */
  keep(configuration: Configuration, message: string, author: string, at: number, to?: SaveTo): Promise<string>;
  /** A commit as others take it (carried-configurations.ts); undefined: it is not here. @param held commits that they have */
  pack(commit: string, held: ReadonlySet<string>): Promise<Uint8Array | undefined>;
  /** Takes what came from other devices into the repository, ahead of its first use: history and branches show it. */
  arrive(): Promise<void>;
}

const MOST_LOADED = 16;

/**
 * @param repository absent: contents stay in memory only, for a store that is thrown away
 * @param packs of the repository: how contents come from other devices, and go to them
 */
export function openConfigurations(
  store: Store,
  repository?: ConfigurationRepository,
  packs?: ConfigurationPacks,
): Configurations {
  const loaded = new Map<string, Promise<Configuration>>();

  function content(commit: string): Promise<Configuration> {
    const known = loaded.get(commit);
    if (known) {
      // The one used last stands last: the first is the one to forget.
      loaded.delete(commit);
      loaded.set(commit, known);
      return known;
    }
    if (!repository) throw new Problem('not-found', `The configuration ${commit} was not kept.`);
    // A bare product folder has its product's name from outside.
    const record = list()
      .flatMap(contentsOf)
      .find((candidate) => candidate.commit === commit);
    const name = record?.products[0]?.name;
    const reading = arrived(commit)
      .then(() => repository.read(commit))
      .then((files) => loadConfiguration({ files, ...(name && { name }) }))
      .then((configuration) => {
        // The repository is not encrypted, and Git's packs prove nothing: a changed rate must not price.
        if (record && configuration.hash !== record.hash) throw changed(commit);
        return configuration;
      });
    reading.catch(() => loaded.delete(commit));
    remember(commit, reading);
    return reading;
  }

  /** What another device deployed lies in a pack that came with its files, until somebody needs it. */
  async function arrived(commit: string): Promise<void> {
    if (!packs || (await packs.has(commit))) return;
    await takeCarried(store, packs, list());
    if (store.get('media', carriedAs(commit)) && !(await packs.has(commit)))
      throw new Problem(
        'not-found',
        `The content of the configuration ${commit} has not come from the cloud yet: replicate, on a network that is not metered.`,
      );
  }

  function remember(commit: string, configuration: Promise<Configuration>): void {
    loaded.set(commit, configuration);
    const [oldest] = loaded.keys();
    if (repository && loaded.size > MOST_LOADED && oldest !== undefined) loaded.delete(oldest);
  }

  const list = (): readonly ConfigurationRecord[] =>
    store.list('configuration', { newestFirst: true }).map(({ record }) => record as unknown as ConfigurationRecord);
  const open = async (record: ConfigurationRecord | undefined, what: string): Promise<Deployed> => {
    if (!record)
      throw new Problem(
        'not-found',
        `There is no ${what}: deploy a configuration that has it (POST /api/configurations).`,
      );
    return { record, configuration: await content(record.commit) };
  };

  return {
    list,
    version(configVersion, commit) {
      const found = store.get('configuration', configurationLocator(configVersion))?.record;
      const record = found as ConfigurationRecord | undefined;
      const asked = commit === undefined || !record ? record : contentsOf(record).find((one) => one.commit === commit);
      return open(asked ?? record, `configuration version ${configVersion}`);
    },
    newestOf: (product) =>
      open(
        list().find(({ products }) => products.some(({ name }) => name === product)),
        `product "${product}"`,
      ),
    async withHash(hash, commit) {
      const record = list()
        .flatMap(contentsOf)
        .find((candidate) => candidate.hash === hash);
      if (record) return content(record.commit);
      if (commit === undefined || !repository) return undefined;
      const files = await repository.read(commit).catch(() => undefined);
      const found = files && (await loadConfiguration({ files }));
      return found?.hash === hash ? found : undefined;
    },
    pack: async (commit, held) => (packs && (await packs.has(commit)) ? packs.pack(commit, held) : undefined),
    arrive: async () => packs && takeCarried(store, packs, list()),
    prepare: ({ files }) => repository?.prepare(files),
    async keep(configuration, message, author, at, to = {}) {
      const commit = repository
        ? await repository.save(configuration.files, message, author, at, to)
        : configuration.hash;
      remember(commit, Promise.resolve(configuration));
      return commit;
    },
  };
}

function changed(commit: string): Problem {
  return new Problem(
    'store-damaged',
    `The configuration ${commit} is not what was deployed: its files were changed. Restore the last backup with \`fieldwriter restore\`.`,
  );
}

/** A product of a deployment, fit for use. Throws `not-found`, or `invalid-configuration` with its first error. */
export function productOf(deployed: Deployed, name: string): Product {
  const product = deployed.configuration.products.find((candidate) => candidate.name === name);
  if (!product)
    throw new Problem(
      'not-found',
      `Configuration version ${deployed.record.configVersion} has no product "${name}". It has ${deployed.record.products
        .map((known) => known.name)
        .join(', ')}.`,
    );
  assertUsable(deployed.configuration, name);
  return product;
}
