import type * as z from 'zod';
import type { RecordType } from '#core/store/contract.ts';
import { readEntry, readHead } from '#core/store/replica/ready.ts';
import type { IncomingItem, OutgoingEntry, SnapshotPage } from '#core/store/replica/replication-contract.ts';
import { type Frame, unframed } from '../frames.ts';
import { type EntryHead, ItemHead, PullHead, SnapshotHead, SnapshotRecord } from '../protocol.ts';

/** An entry as it is sent. */
export function entryFrame({ sequence, id, hash, seen, bases, keys, again, body }: OutgoingEntry): Frame {
  const head: z.infer<typeof EntryHead> = {
    sequence,
    id,
    hash,
    seen,
    bases: [...bases],
    ...(keys.length > 0 && { keys: keys.map((key) => ({ ...key })) }),
    ...(again && { again }),
  };
  return { head, body };
}

export interface Pulled {
  readonly head: z.infer<typeof PullHead>;
  readonly items: readonly IncomingItem[];
}

/** A pull's answer. Throws for what is none: nothing of it is to be used. */
export function pulled(bytes: Uint8Array): Pulled {
  const [first, ...frames] = unframed(bytes);
  const items = frames.map(({ head, body }): IncomingItem => {
    const { effects, keys = [], ...item } = ItemHead.parse(head);
    return {
      ...item,
      keys,
      body,
      ...(body.length > 0 && { read: readEntry(item.hash, body, keys) }),
      // A type that this program does not know is parked by its schema, or kept as it is.
      effects: effects.map(({ type, record, ...effect }) => ({
        ...effect,
        type: type as RecordType,
        ...(record !== undefined && { record }),
      })),
    };
  });
  return { head: PullHead.parse(first?.head), items };
}

/** A page of heads. */
export function snapshotPage(bytes: Uint8Array): SnapshotPage {
  const [first, ...frames] = unframed(bytes);
  const { at, next, total } = SnapshotHead.parse(first?.head);
  const records = frames.map(({ head, body }) => {
    const { type, keys = [], ...record } = SnapshotRecord.parse(head);
    const read = { ...record, type: type as RecordType, keys, body };
    return { ...read, ready: readHead(read) };
  });
  return { at, next, total, records };
}
