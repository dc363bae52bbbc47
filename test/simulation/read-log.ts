import type { JsonObject } from '#core/model/json.ts';
import type { RecordType } from '#core/store/contract.ts';
import { parseBody, unpacked } from '#core/store/entry.ts';
import { openedWith, type Seal } from '#core/store/personal.ts';
import type { LogItem, Version } from '#core/store/replica/contract.ts';
import type { OutgoingEntry } from '#core/store/replica/replication-contract.ts';
import { pulled } from '#core/sync/client/messages.ts';
import { unframed } from '#core/sync/frames.ts';
import { SnapshotHead, SnapshotRecord } from '#core/sync/protocol.ts';
import { pushedEntry } from '#core/sync/read-entry.ts';
import type { TestDevice } from '../../cloud/test-device.ts';
import type { Logged, Range } from './authority.ts';
import type { Judged } from './oracle.ts';
import { nameOf, type Table } from './records.ts';

/**
 * What a real cloud holds, as any device reads it, in the form that the oracle looks at: the log, and the heads of a snapshot.
 * @param sent every entry that was pushed, by its id: what it was made from stands nowhere else
 * @param grants numbers that the devices were granted
 */
export async function readAuthority(
  reader: TestDevice,
  sent: ReadonlyMap<string, OutgoingEntry>,
  grants: readonly (Range & { readonly device: string })[],
): Promise<Judged> {
  const keys = new Map<string, Uint8Array>();
  for (const entry of sent.values()) for (const { id, key } of entry.keys) keys.set(id, Buffer.from(key, 'base64'));
  const open = (record: JsonObject, seal: Seal): JsonObject => openedWith(record, seal, keys.get(seal.key) ?? null);
  const log: Logged[] = [];
  const history = new Map<string, { readonly position: number; readonly version: Version }[]>();
  for (let more = true; more; ) {
    const response = await reader.ask('GET', `/v1/pull?after=${log.length}&entries=500`);
    const { head, items } = pulled(new Uint8Array(await response.arrayBuffer()));
    for (const { body, keys: _, effects: sealed, ...item } of items) {
      const out = sent.get(item.id);
      if (!out) throw new Error(`${item.id} stands in the log and was never sent`);
      const entry = pushedEntry({ ...out, bases: [...out.bases], keys: [] }, parseBody(unpacked(body)), open);
      const effects = sealed.map(({ seal, schema: _schema, ...effect }): LogItem['effects'][number] => {
        const name = nameOf(effect);
        if (effect.from === 'entry')
          return { ...effect, record: entry.changes.find((one) => nameOf(one) === name)?.record ?? null };
        return effect.record && seal ? { ...effect, record: open(effect.record, seal) } : effect;
      });
      for (const { version, etag, record, ...key } of effects) {
        const before = history.get(nameOf(key)) ?? [];
        const content = record === undefined ? before.at(-1)?.version.record : record;
        if (content === undefined) throw new Error(`nothing is known of ${nameOf(key)}`);
        history.set(nameOf(key), [...before, { position: item.position, version: { version, etag, record: content } }]);
      }
      log.push({ item: { ...item, effects }, entry });
    }
    more = head.position > log.length;
  }
  return { log, history, heads: await readHeads(reader, open), grants: [...grants], lineage: (device) => [device] };
}

async function readHeads(reader: TestDevice, open: (record: JsonObject, seal: Seal) => JsonObject): Promise<Table> {
  const heads: Table = new Map();
  for (let query: string | undefined = ''; query !== undefined; ) {
    const response = await reader.ask('GET', `/v1/snapshot${query}`);
    const [first, ...frames] = unframed(new Uint8Array(await response.arrayBuffer()));
    for (const { head, body } of frames) {
      const { type, locator, version, etag, seal } = SnapshotRecord.parse(head);
      const sealed = body.length === 0 ? null : (JSON.parse(Buffer.from(body).toString()) as JsonObject);
      const record = sealed && seal ? open(sealed, seal) : sealed;
      heads.set(nameOf({ type: type as RecordType, locator }), { version, etag, record });
    }
    const { at, next } = SnapshotHead.parse(first?.head);
    query = next === undefined ? undefined : `?${new URLSearchParams({ at: String(at), after: next })}`;
  }
  return heads;
}
