import type { Store } from '#core/store/contract.ts';
import type { ConfigurationPacks } from './configuration-pack.ts';
import { type ConfigurationRecord, contentsOf, type MediaRecord } from './records.ts';

/**
 * Configurations cross to other devices as files (core/sync/SPEC.md SY90): a deployment's record travels in its entry, what it names
 * lies in the Git repository of the device that made it. Its commits go along as a Git pack, under a record of their own, so that
 * every device ends with the same commits and their history.
 */
export const PACK_TYPE = 'application/x-git-packed-objects';

/** The record of the pack that brought a commit. */
export function carriedAs(commitId: string): string {
  return `configuration-${commitId}`;
}

/**
 * Takes the packs that came from other devices into the repository, oldest first, as far as their files are here.
 * @param records of all deployments, newest first
 */
export async function takeCarried(
  store: Store,
  packs: ConfigurationPacks,
  records: readonly ConfigurationRecord[],
): Promise<void> {
  for (const { commit: id } of records.flatMap(contentsOf).reverse()) {
    const media = store.get('media', carriedAs(id))?.record as MediaRecord | undefined;
    if (!media || (await packs.has(id))) continue;
    const pack = await store.blobs.get(media.blob);
    if (pack) await packs.take(pack);
  }
  const [newest] = records;
  if (newest && (await packs.has(newest.commit))) await packs.advance(newest.commit);
}
