import { createHash } from 'node:crypto';
import path from 'node:path';
import { carriedAs, PACK_TYPE } from '#core/desk/carried-configurations.ts';
import { type ConfigurationPacks, configurationPacks } from '#core/desk/configuration-pack.ts';
import { type ConfigurationRepository, configurationRepository } from '#core/desk/configuration-repository.ts';
import { configurationLocator } from '#core/desk/records.ts';
import type { TestDevice } from '../test-device.ts';

/** For tests: what a workbench does when it deploys and replicates, with one rate as its configuration. */
export class TestDeployments {
  readonly repository: ConfigurationRepository;
  readonly #packs: ConfigurationPacks;
  readonly #held = new Set<string>();
  readonly #device: TestDevice;

  constructor(device: TestDevice, folder: string) {
    this.#device = device;
    const place = path.join(folder, `${device.id}.git`);
    this.repository = configurationRepository(place);
    this.#packs = configurationPacks(place);
  }

  /** Makes a version and pushes its entries. @returns its commit, and what sends the file of its pack */
  async deploy(
    configVersion: number,
    rate: string,
    author: string,
  ): Promise<{ commit: string; send(): Promise<void> }> {
    const files = { 'config.json': '{}', 'products/auto/tables/rates.csv': `age,rate\n18,${rate}\n` };
    const content = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    const message = `The rate is ${rate.slice(0, 20)}`;
    const commit = await this.repository.save(content, message, author, 1_800_000_000_000 + configVersion * 1000);
    const pack = await this.#packs.pack(commit, this.#held);
    this.#held.add(commit);
    return this.carry(configVersion, commit, pack, message);
  }

  /** Pushes the entries of a version whose commit comes in this pack, whatever that holds. */
  async carry(configVersion: number, commit: string, pack: Uint8Array, message: string) {
    const blob = createHash('sha256').update(pack).digest('hex');
    const size = pack.length;
    const media = { locator: carriedAs(commit), fileName: 'a.pack', mimeType: PACK_TYPE, size, createdAt: 1, blob };
    const locator = configurationLocator(configVersion);
    const record = { locator, configVersion, commit, hash: 'x', deployedAt: 1, message, products: [] };
    await this.#device.push([
      this.#device.entry([{ type: 'configuration', locator, base: null, record }]),
      this.#device.entry([{ type: 'media', locator: media.locator, base: null, record: media }]),
    ]);
    const send = async (): Promise<void> => {
      const { status } = await this.#device.ask('PUT', `/v1/blobs/${blob}?offset=0&total=${size}`, pack);
      if (status !== 200) throw new Error(`The pack was answered ${status}.`);
    };
    return { commit, send };
  }
}
