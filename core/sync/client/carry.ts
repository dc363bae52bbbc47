import { carriedAs, PACK_TYPE } from '#core/desk/carried-configurations.ts';
import { commit, type Desk, write } from '#core/desk/desk.ts';
import { contentsOf, type MediaRecord } from '#core/desk/records.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';

/**
 * Packs the commits of configurations that no device has carried yet, one entry for each; before the entries that wait are sent.
 * What is not here is somebody else's to carry.
 */
export async function carryConfigurations(desk: Desk): Promise<void> {
  // Oldest first: a pack leaves out what the ones before it brought.
  const commits = desk.configurations.list().flatMap(contentsOf).reverse();
  const isCarried = (id: string): boolean => desk.store.get('media', carriedAs(id)) !== undefined;
  const held = new Set(commits.map((one) => one.commit).filter(isCarried));
  for (const { commit: id, configVersion } of commits) {
    if (held.has(id)) continue;
    const pack = await desk.configurations.pack(id, held);
    if (!pack) continue;
    const locator = carriedAs(id);
    const blob = await desk.store.blobs.put(pack);
    const at = desk.now();
    const fileName = `configuration-${configVersion}.pack`;
    const record: MediaRecord = { locator, fileName, mimeType: PACK_TYPE, size: pack.length, createdAt: at, blob };
    commit(
      desk,
      { actor: WORKBENCH },
      {
        name: 'configuration.carry',
        arguments: { commit: id },
        changes: [write('media', locator, 0, record)],
        result: locator,
      },
    );
    held.add(id);
  }
}
