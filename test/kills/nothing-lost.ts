import type * as z from 'zod';
import { parseBody, unpacked } from '#core/store/entry.ts';
import { openStore } from '#core/store/open.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import { unframed } from '#core/sync/frames.ts';
import { ItemHead, PullHead, SnapshotHead, SnapshotRecord } from '#core/sync/protocol.ts';
import type { TestDevice } from '../../cloud/test-device.ts';
import { KEY, type KilledLaptop } from './laptop.ts';

/** An entry in the log, with the marks of the requests that made it. */
interface Logged {
  readonly head: z.infer<typeof ItemHead>;
  readonly command: string;
  readonly user: string;
  readonly previousHash: string;
  readonly marks: readonly string[];
}
/** What was found, to see that there was something to find. */
export interface Found {
  readonly entries: number;
  readonly refused: number;
  readonly merged: number;
  readonly acknowledged: number;
  readonly issued: number;
}

/**
 * Proves, once everything is quiet and the laptops are closed, that nothing acknowledged was lost or done twice: by the log as any
 * device reads it, the heads, and the folders of the laptops. Throws what does not hold.
 * @param reader a device that is none of theirs
 */
export async function nothingLost(laptops: readonly KilledLaptop[], reader: TestDevice): Promise<Found> {
  const log = await wholeLog(reader);
  const heads = await allHeads(reader);
  const exported: string[] = [];
  for (const laptop of laptops) exported.push(await proveLaptop(laptop, log));
  const [first = ''] = exported;
  exported.forEach((other, i) => {
    must(
      other === first,
      () => `${laptops[i]?.name} holds other bytes than ${laptops[0]?.name}: ${differing(first, other)}`,
    );
  });
  const records = first
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ExportLine);
  must(records.length === heads.size, () => `the cloud has ${heads.size} heads, the laptops ${records.length} records`);
  for (const { type, locator, version, etag } of records)
    must(heads.get(`${type} ${locator}`) === `${version} ${etag}`, () => `${type} ${locator} is not the cloud's (SY2)`);
  proveAcknowledged(laptops, log, records);
  const issued = records.filter(({ type, record }) => type === 'policy' && record?.issuedAt !== undefined);
  for (const type of ['policy', 'invoice', 'payment']) {
    const numbers = (type === 'policy' ? issued : records.filter((one) => one.type === type)).flatMap(
      ({ record }) => record?.displayId ?? [],
    );
    must(new Set(numbers).size === numbers.length, () => `a number of a ${type} is printed twice`);
  }
  const count = (outcome: string): number => log.filter(({ head }) => head.outcome === outcome).length;
  return {
    entries: log.length,
    refused: count('refused'),
    merged: count('merged'),
    acknowledged: laptops.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
    issued: issued.length,
  };
}

interface ExportLine {
  readonly type: string;
  readonly locator: string;
  readonly version: number;
  readonly etag: string;
  readonly record: { readonly issuedAt?: number; readonly displayId?: string; readonly state?: string } | null;
}

/** Every command that was answered stands in the log once; what of it was refused, as an open or resolved conflict too. */
function proveAcknowledged(
  laptops: readonly KilledLaptop[],
  log: readonly Logged[],
  records: readonly ExportLine[],
): void {
  const places = new Map<string, Logged[]>();
  for (const logged of log) for (const mark of logged.marks) places.set(mark, [...(places.get(mark) ?? []), logged]);
  const conflicts = new Map(
    records.flatMap((one) => (one.type === 'conflict' ? [[one.locator, one.record?.state]] : [])),
  );
  for (const { acknowledged, unanswered } of laptops) {
    for (const mark of unanswered)
      must((places.get(mark)?.length ?? 0) <= 1, () => `a command that nobody answered was done twice`);
    for (const [mark, what] of acknowledged) {
      const found = places.get(mark) ?? [];
      must(found.length === 1, () => `"${what}" was acknowledged and stands in the log ${found.length} times (SY1)`);
      const [{ head, command } = { head: undefined, command: '' }] = found;
      // Two who resolved one conflict: there is nothing left to decide (SY32).
      const nobodys = command === 'conflict.resolve';
      must(
        head?.outcome !== 'refused' || nobodys || conflicts.has(head.id),
        () => `"${what}" was refused and nobody is told (SY15)`,
      );
    }
  }
}

/** The chain of its store, its entries in the log as it has them. @returns what it shows */
async function proveLaptop({ name, folder }: KilledLaptop, log: readonly Logged[]): Promise<string> {
  const key = new Uint8Array(Buffer.from(KEY, 'hex'));
  const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
  const store: ReplicatedStore = openStore({ folder, key, engine: 'test', now: Date.now, random });
  try {
    const { faults, notFetched } = await store.verify();
    must(faults.length === 0, () => `${name}: ${faults[0]}`);
    must(notFetched === 0, () => `${name} lacks ${notFetched} files`);
    const { lastSequence, waiting, position } = store.replication.status() ?? {};
    must(waiting?.entries === 0, () => `${name} still has ${waiting?.entries} entries that wait`);
    must(position === log.length, () => `${name} is at ${position} of ${log.length}`);
    const own = log.filter(({ head }) => head.device === store.device);
    must(own.length === lastSequence, () => `${name} made ${lastSequence} entries, the log has ${own.length}`);
    own.forEach(({ head }, i) => {
      must(head.sequence === i + 1, () => `${name}: ${head.sequence} stands in the log where ${i + 1} belongs (SY10)`);
      must(store.replication.hashAt(i + 1) === head.hash, () => `${name}: entry ${i + 1} is another in the log`);
    });
    return [...store.exportCanonical({ replicated: true })].join('');
  } finally {
    store.close();
  }
}

/** The log from its beginning: positions without a gap, every chain whole. */
async function wholeLog(reader: TestDevice): Promise<readonly Logged[]> {
  const log: Logged[] = [];
  const chains = new Map<string, string>();
  for (let more = true; more; ) {
    const [head, ...items] = await reader.pull(log.length, '&entries=500');
    ({ more } = PullHead.parse(head?.head));
    for (const { head: bare, body } of items) {
      const item = ItemHead.parse(bare);
      const { command, user, previousHash, changes } = parseBody(unpacked(body));
      must(item.position === log.length + 1, () => `position ${item.position} follows ${log.length} (SY1)`);
      const before = chains.get(item.device) ?? previousHash;
      must(previousHash === before, () => `${item.position} does not continue the chain of its device (SY12)`);
      chains.set(item.device, item.hash);
      const marks = changes.flatMap(({ type, locator }) => (type === 'setting' ? [locator] : []));
      log.push({ head: item, command, user, previousHash, marks });
    }
  }
  return log;
}

async function allHeads(reader: TestDevice): Promise<ReadonlyMap<string, string>> {
  const heads = new Map<string, string>();
  for (let query: string | undefined = ''; query !== undefined; ) {
    const response = await reader.ask('GET', `/v1/snapshot${query}`);
    const [first, ...records] = unframed(new Uint8Array(await response.arrayBuffer()));
    const { at, next } = SnapshotHead.parse(first?.head);
    for (const { head } of records) {
      const { type, locator, version, etag } = SnapshotRecord.parse(head);
      heads.set(`${type} ${locator}`, `${version} ${etag}`);
    }
    query = next === undefined ? undefined : `?${new URLSearchParams({ at: String(at), after: next })}`;
  }
  return heads;
}

function differing(a: string, b: string): string {
  const lines = new Set(a.split('\n'));
  return (
    b
      .split('\n')
      .find((line) => !lines.has(line))
      ?.slice(0, 300) ?? 'something is missing'
  );
}

function must(holds: boolean, otherwise: () => string): asserts holds {
  if (!holds) throw new Error(otherwise());
}
