import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { configurationPacks } from '#core/desk/configuration-pack.ts';
import { commit, type Desk, write } from '#core/desk/desk.ts';
import type { ExchangeRecord } from '#core/desk/integration-records.ts';
import { contentsOf } from '#core/desk/records.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { Problem } from '#core/model/problem.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import { type EntryBody, parseBody, unpacked } from '#core/store/entry.ts';
import { openedWith } from '#core/store/personal.ts';
import type { IncomingItem, SnapshotPage } from '#core/store/replica/replication-contract.ts';
import { pulled, snapshotPage } from '#core/sync/client/messages.ts';
import { pull } from '../authority/pull.ts';
import { snapshot, snapshotFrom } from '../authority/snapshot.ts';
import type { JobContext } from './contract.ts';
import { packBlobs } from './pack-blobs.ts';
import { scratchFolder } from './scratch.ts';

/** A tenant's records as a device would have them at a position of the log, in a scratch folder of this copy (VJ3). */
export interface Replica {
  readonly desk: Desk;
  /** Log position that it is at. */
  readonly position: number;
  /** The next items of the log, not applied yet. @param most of them */
  next(most: number): Promise<readonly IncomingItem[]>;
  apply(items: readonly IncomingItem[]): void;
  /** Follows the log to a position. Throws with the signal's reason when the job has to end. */
  catchUp(position: number, signal: AbortSignal): Promise<void>;
  /**
   * Whether a configuration's content is here, fetched where it can be: its pack is proven by its hash and comes with a later entry
   * than what was priced with it (SY90).
   */
  hasConfiguration(commit: string): Promise<boolean>;
  /** Ends when the list of risks has everything: it comes behind the records (core/store/SPEC.md J66). */
  indexed(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Records of a page: a page is applied in one piece, and meanwhile this copy answers nobody. */
const PAGE = 500;
const BATCH = 200;
/** Not the name of any device: everything comes with its text. */
const NOBODY = '';

/** The entry of an item; nothing where it changed nothing. */
export function bodyOf({ body }: IncomingItem): EntryBody | undefined {
  return body.length === 0 ? undefined : parseBody(unpacked(body));
}

/**
 * Opens one at a position, which must be the end of a push: what heads were within one is not known. Its folder is encrypted with a
 * key that nobody keeps, and removed when it is closed.
 */
export async function openReplica(
  context: JobContext,
  tenant: string,
  position: number,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<Replica> {
  const folder = await scratchFolder();
  const data = path.join(folder, 'data');
  const packs = configurationPacks(path.join(data, 'configurations.git'));
  const opened: OpenDesk = openDesk({
    folder: data,
    key: new Uint8Array(randomBytes(32)),
    documents: 'later',
    sandbox,
    now: context.now,
  });
  // Nobody outside is asked: what a rater said then came with the entries or is not known here.
  const desk: Desk = { ...opened, raters: () => ({ rate: (name) => Promise.reject(askedOutside(name)) }) };
  const { replication } = desk.store;
  const next = async (most: number): Promise<readonly IncomingItem[]> => {
    const after = replication.status()?.position ?? 0;
    return pulled(await pull(context, { id: NOBODY, tenant }, { after, entries: most })).items;
  };
  const apply = (items: readonly IncomingItem[]): void => {
    for (const item of items) keepExchanges(desk, item);
    if (replication.apply(items).parked > 0)
      throw new Problem('store-from-the-future', 'An entry is of a newer schema than this copy: a newer one goes on.');
  };
  const close = async (): Promise<void> => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    replication.enrol();
    await fetchHeads(context, tenant, position, desk, signal);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    desk,
    get position() {
      return replication.status()?.position ?? 0;
    },
    next,
    apply,
    async catchUp(to, ending) {
      for (let at = replication.status()?.position ?? 0; at < to; at = replication.status()?.position ?? 0) {
        ending.throwIfAborted();
        const items = (await next(BATCH)).filter((item) => item.position <= to);
        if (items.length === 0) throw new Error(`The log of ${tenant} ends at ${at}, not at ${to}.`);
        apply(items);
      }
    },
    async hasConfiguration(id) {
      if (await packs.has(id)) return true;
      const commits = desk.configurations.list().flatMap(contentsOf).reverse();
      const blobs = await context.database.inTenant(tenant, (scope) =>
        packBlobs(
          scope,
          commits.map((one) => one.commit),
        ),
      );
      // Oldest first: a pack rests on those before it.
      for (const one of commits) {
        const hash = blobs.get(one.commit);
        const content = hash === undefined ? undefined : await context.blobs.get(tenant, hash);
        if (content && !(await packs.has(one.commit))) await packs.take(content);
      }
      return packs.has(id);
    },
    async indexed(ending) {
      while (replication.indexSome()) {
        ending.throwIfAborted();
        await turn();
      }
    },
    close,
  };
}

/** A log that has gone on too far since is read from its beginning: slower, and the same in the end. */
async function fetchHeads(
  context: JobContext,
  tenant: string,
  position: number,
  { store }: Desk,
  signal: AbortSignal,
): Promise<void> {
  const nothing = { at: 0, total: 0, records: [] };
  const first = await snapshotFrom(context, tenant, position);
  const begun = position === 0 ? undefined : await firstPage(context, tenant, first);
  let page: SnapshotPage = begun ? snapshotPage(begun) : nothing;
  store.replication.applySnapshot(page);
  while (page.next !== undefined) {
    signal.throwIfAborted();
    page = snapshotPage(await snapshot(context, tenant, { after: page.next }, { most: PAGE }));
    store.replication.applySnapshot(page);
  }
}

async function firstPage(context: JobContext, tenant: string, after: string): Promise<Uint8Array | undefined> {
  try {
    return await snapshot(context, tenant, { after }, { most: PAGE });
  } catch (error) {
    if (error instanceof Problem && error.details?.reason === 'snapshot-expired') return undefined;
    throw error;
  }
}

/**
 * What raters answered belongs to the device that asked (SY4) and travels in its entries all the same: rating again needs it.
 */
function keepExchanges(desk: Desk, item: IncomingItem): void {
  const body = bodyOf(item);
  if (body?.command !== 'rater.ask') return;
  for (const { type, locator, record, seal } of body.changes) {
    if (type !== 'exchange' || !record || desk.store.get(type, locator)) continue;
    const key = seal && item.keys.find(({ id }) => id === seal.key)?.key;
    const open = seal ? openedWith(record, seal, key ? Buffer.from(key, 'base64') : null) : record;
    commit(
      desk,
      { actor: WORKBENCH },
      {
        name: 'exchange.keep',
        arguments: {},
        changes: [write('exchange', locator, 0, open as unknown as ExchangeRecord, seal?.person)],
        result: locator,
      },
    );
  }
}

function askedOutside(name: string): Problem {
  return new Problem('rater-unavailable', `What the rater ${name} answered did not come with the decision.`);
}
