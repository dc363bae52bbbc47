import type { Effect, LogItem, RecordKey, Version } from './contract.ts';

/** What a device must know of its own store to apply an item. */
export interface ReplicaView {
  /** Whether the item is an entry of its own journal: of its identity, or of one that it was before a restore (SY11), with the same hash. */
  owns(item: LogItem): boolean;
  /** Log position that it has applied. */
  readonly position: number;
  /** What it shows: its own pending version, or the confirmed one. */
  shown(key: RecordKey): Version | undefined;
  /** What the log says, where the device has pending work on the record; see SY41. */
  confirmed(key: RecordKey): Version | 'none' | undefined;
  /** Whether an own entry behind this own item, in the order of the journal, waits for its answer and changes the record. */
  pendingBehind(key: RecordKey, item: LogItem): boolean;
  /** The record in a pushed entry of another device, or in an own one. */
  inEntry(key: RecordKey): Version['record'] | undefined;
}
/** What applying an item does to the records, in order; all of it is written in one transaction with the position (SY40). */
export type ReplicaWrite =
  | ({ readonly write: 'shown' | 'confirmed' } & RecordKey & Version)
  | ({ readonly write: 'forget-confirmed' } & RecordKey);

/**
 * What an item of the log does to a device (SY40, SY41), without any effect.
 * Throws when the item is not the next one: the caller pulls again.
 */
export function applied(item: LogItem, view: ReplicaView): readonly ReplicaWrite[] {
  if (item.position !== view.position + 1)
    throw new Error(`Item ${item.position} does not follow position ${view.position}.`);
  return appliedParked(item, view);
}

/**
 * What the effects of an item do that was received before and is understood only now (SY42); `applied` without the position.
 * An item may be parked in part: effects touch a record each, and those of one record keep their order.
 */
export function appliedParked(item: LogItem, view: ReplicaView): readonly ReplicaWrite[] {
  const own = view.owns(item);
  return item.effects.flatMap((effect): ReplicaWrite[] => {
    const key: RecordKey = { type: effect.type, locator: effect.locator };
    const confirmed = view.confirmed(key);
    const next = versionOf(effect, key, view, confirmed);
    if (confirmed === undefined) return [{ write: 'shown', ...key, ...next }];
    if (!own || view.pendingBehind(key, item)) return [{ write: 'confirmed', ...key, ...next }];
    return [
      { write: 'shown', ...key, ...next },
      { write: 'forget-confirmed', ...key },
    ];
  });
}

function versionOf(
  effect: Effect,
  key: RecordKey,
  view: ReplicaView,
  confirmed: Version | 'none' | undefined,
): Version {
  const { version, etag, from } = effect;
  if (effect.record !== undefined) return { version, etag, record: effect.record };
  if (from === 'entry') {
    const record = view.inEntry(key);
    if (record === undefined) throw new Error(`The entry does not hold ${key.type} ${key.locator}.`);
    return { version, etag, record };
  }
  // What stands there is what this device was told to stand there: the log is the same for everybody (SY2).
  const standing = confirmed === undefined ? view.shown(key) : confirmed === 'none' ? undefined : confirmed;
  if (standing?.etag !== etag)
    throw new Error(`${key.type} ${key.locator} is ${standing?.etag ?? 'missing'} here and ${etag} in the log.`);
  return { version, etag, record: standing.record };
}
