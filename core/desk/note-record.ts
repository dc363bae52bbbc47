import * as z from 'zod';
import { millis } from './record-parts.ts';

/** A note on a policy; with a due date it stands in the diary until it is done. */
export const NoteRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  /** Empty once its person was erased. */
  text: z.string(),
  /** Locator of the user who wrote it. */
  author: z.string(),
  createdAt: millis,
  updatedAt: millis,
  /** Calendar day, e.g. `2026-11-21`. */
  due: z.string().optional(),
  done: z.boolean(),
  /** Taken off the screen; it can be brought back. */
  removed: z.boolean(),
  /** There while it is due and neither done nor removed: what the diary looks up. */
  diary: z.literal('open').optional(),
});
export type NoteRecord = z.infer<typeof NoteRecord>;
