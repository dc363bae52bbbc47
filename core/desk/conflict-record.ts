import * as z from 'zod';
import { millis } from './record-parts.ts';

/** The work item of an entry that the authority refused (core/sync/SPEC.md SY15); the bodies of both sides stand in the log. */
const key = { type: z.string(), locator: z.string() };
const record = z.strictObject(key);

/** Why it was refused; the words are the reader's. */
export const Refusal = z.discriminatedUnion('code', [
  /** What it was made from is no longer what stands there; `fields` are those that both sides changed, where these are known. */
  z.strictObject({
    code: z.literal('moved-on'),
    records: z.array(z.strictObject({ ...key, fields: z.array(z.string()).readonly() })).readonly(),
  }),
  /** It rests on refused work; `conflict` is null where that was the workbench's own (SY17). */
  z.strictObject({ code: z.literal('follows'), conflict: z.string().nullable() }),
  z.strictObject({ code: z.literal('invalid-record'), record, why: z.string() }),
  z.strictObject({
    code: z.literal('unlawful'),
    record,
    why: z.enum([
      'state',
      'issued-policy',
      'issued-transaction',
      'money-rewritten',
      'locator',
      'deleted',
      'conflict-forged',
    ]),
  }),
  z.strictObject({ code: z.literal('number-taken'), record, number: z.string() }),
  z.strictObject({ code: z.literal('number-not-granted'), record, number: z.string() }),
]);
export type Refusal = z.infer<typeof Refusal>;

export const ConflictRecord = z.strictObject({
  /** Id of the refused entry. */
  locator: z.string(),
  /** Whose work it is. */
  device: z.string(),
  user: z.string(),
  command: z.string(),
  at: millis,
  sequence: z.int(),
  /** Log position of the refusal. */
  position: z.int(),
  reason: Refusal,
  aggregates: z.array(z.string()).readonly(),
  changes: z
    .array(
      z.strictObject({
        ...key,
        /** Etag of what it was made from; null: it was new. */
        base: z.string().nullable(),
        /** Etag of what stood there when it was refused; null: nothing. */
        head: z.string().nullable(),
      }),
    )
    .readonly(),
  state: z.enum(['open', 'resolved']),
  resolution: z.strictObject({ choice: z.enum(['theirs', 'mine', 'fields']), by: z.string(), at: millis }).optional(),
});
export type ConflictRecord = z.infer<typeof ConflictRecord>;
