import * as z from 'zod';

/**
 * The messages between a device and the cloud. Their shapes have one hash, pinned by a test: change anything here and raise PROTOCOL
 * (SY51). Entries and items cross as frames (frames.ts): one of the heads below and the entry's text as the journal keeps it.
 */
export const PROTOCOL = 2;
/** Oldest protocol that this program speaks. 2 added `setBacks` and `again`: a cloud that was set back speaks nothing older (SY96). */
export const OLDEST_PROTOCOL = 1;
/** Most entries and bytes of a push or a pull: whichever is reached first (SY40). */
export const MOST_ENTRIES = 500;
export const MOST_BYTES: number = 4 * 1024 * 1024;

const text = (most: number) => z.string().min(1).max(most);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.int().nonnegative();
const sequence = z.int().positive();
const etag = text(64);
const locator = text(200);
const type = text(40);
const base64 = z.base64().max(64 * 1024);
const range = z.strictObject({ oldest: z.int().positive(), newest: z.int().positive() });

/** Who a device is, once: the code that an administrator gave, and the public half of its key (Ed25519, SPKI in base64). */
export const EnrolRequest = z.strictObject({
  code: text(64),
  device: text(64),
  name: text(200),
  publicKey: base64,
  /** The device that it was before its store was restored from a backup (SY11). */
  formerly: text(64).optional(),
  /** What it numbered by itself before: taken over as its grants, or refused where somebody else has them. */
  numbers: z.array(z.strictObject({ series: text(40), first: z.int(), last: z.int() })).max(20),
});
export const EnrolAnswer = z.strictObject({ tenant: text(64), tenantName: text(200), device: text(64) });

/** A challenge signed with the device's key gives a token for some minutes. */
export const ChallengeAnswer = z.strictObject({ challenge: text(200), serverTime: z.int() });
export const TokenRequest = z.strictObject({ device: text(64), challenge: text(200), signature: base64 });
export const TokenAnswer = z.strictObject({ token: text(4096), expiresAt: z.int() });

/** Handshake (SY50). `schemas`: upgrade steps by record type that the device knows. */
export const HelloRequest = z.strictObject({
  protocol: range,
  journalFormat: z.int().positive(),
  schemas: z.record(type, z.int().nonnegative()),
  engine: text(100),
});
export const HelloAnswer = z.strictObject({
  protocol: z.int().positive().optional(),
  /** Absent: they understand each other. */
  tooOld: z.enum(['device', 'cloud']).optional(),
  tenant: text(64),
  position,
  serverTime: z.int(),
  /** Where the device's chain has got to. */
  chain: z.strictObject({ sequence: z.int().nonnegative(), hash }),
  /** `wipe`: throw the key of the local store away. */
  order: z.enum(['wipe']).optional(),
  /** Each time that it was set back to a backup, oldest first: where its log was cut, and the time it was set back to. Absent: never (SY96). */
  setBacks: z
    .array(z.strictObject({ id: text(64), position, at: z.int() }))
    .max(1_000)
    .optional(),
});

/** Head of an entry's frame in a push. `bases`: what each change of the entry was made from, in its order; null: new, or not replicated. */
export const EntryHead = z.strictObject({
  sequence,
  id: text(64),
  hash,
  seen: position,
  bases: z.array(etag.nullable()).max(10_000),
  /** Keys of persons that are sealed with for the first time, in base64; empty: the person was forgotten before it was ever sent. */
  keys: z
    .array(z.strictObject({ id: text(64), person: locator, key: base64 }))
    .max(1_000)
    .optional(),
  /** The log held it before it was set back: what it calls for outside may have been done. */
  again: z.boolean().optional(),
});
const effect = z.strictObject({
  type,
  locator,
  from: z.enum(['entry', 'merge', 'head', 'conflict']),
  version: z.int().positive(),
  etag,
  /** Of a merge or a conflict, sealed as in an entry; null: gone. */
  record: z.record(z.string(), z.json()).nullable().optional(),
  seal: z.strictObject({ person: locator, paths: z.array(text(200)).max(200), key: text(64) }).optional(),
  schema: z.int().nonnegative().optional(),
});
/** What became of one entry of a push, in order. After `gap` or `fork` nothing more of the push was looked at. */
export const EntryAnswer = z.discriminatedUnion('answer', [
  z.strictObject({
    answer: z.enum(['accepted', 'merged', 'refused']),
    sequence,
    position,
    duplicate: z.boolean(),
  }),
  z.strictObject({ answer: z.literal('gap'), sequence, expected: sequence }),
  z.strictObject({ answer: z.literal('fork'), sequence }),
]);
export const PushAnswer = z.strictObject({ answers: z.array(EntryAnswer), position });

export const PullQuery = z.strictObject({
  after: position,
  entries: z.int().positive().max(MOST_ENTRIES).optional(),
  bytes: z.int().positive().max(MOST_BYTES).optional(),
});
/** First frame of a pull's answer; items follow, each with the entry's text, empty for the device's own. */
export const PullHead = z.strictObject({ position, more: z.boolean() });
export const ItemHead = z.strictObject({
  position,
  device: text(64),
  sequence,
  id: text(64),
  hash,
  outcome: z.enum(['accepted', 'merged', 'refused']),
  effects: z.array(effect),
  /** Keys of persons that the entry is sealed with; absent where the person was erased. */
  keys: z.array(z.strictObject({ id: text(64), person: locator, key: base64 })).optional(),
});

/** Heads at a position, newest first (SY43); `after` continues behind the last one of the page before. */
export const SnapshotQuery = z.strictObject({
  at: position.optional(),
  after: z.string().max(400).optional(),
});
export const SnapshotHead = z.strictObject({ at: position, next: z.string().optional(), total: z.int().nonnegative() });
/** A record of a snapshot; the body of its frame is the canonical text of the record, sealed; empty: a tombstone. */
export const SnapshotRecord = z.strictObject({
  type,
  locator,
  version: z.int().positive(),
  etag,
  schema: z.int().nonnegative(),
  seal: effect.shape.seal,
  keys: ItemHead.shape.keys,
});

/** Numbers for printed documents, so many of a series, for this device alone. */
export const RangeRequest = z.strictObject({ series: text(40), count: z.int().positive().max(100_000) });
export const RangeAnswer = z.strictObject({ series: text(40), first: z.int(), last: z.int() });

export const MESSAGES = {
  EnrolRequest,
  EnrolAnswer,
  ChallengeAnswer,
  TokenRequest,
  TokenAnswer,
  HelloRequest,
  HelloAnswer,
  EntryHead,
  EntryAnswer,
  PushAnswer,
  PullQuery,
  PullHead,
  ItemHead,
  SnapshotQuery,
  SnapshotHead,
  SnapshotRecord,
  RangeRequest,
  RangeAnswer,
} as const;
