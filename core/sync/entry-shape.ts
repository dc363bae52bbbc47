import * as z from 'zod';

/**
 * The shape of an entry's body as it comes from outside (core/store/entry.ts tells what it means). Records are checked by their types
 * later: here they are any object.
 */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    // What a database or a log would stumble over, or write differently.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
    .refine((value) => value.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(value), 'control characters');
const object = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const seal = z.strictObject({
  person: text(200),
  paths: z.array(text(200)).max(200),
  key: z.string().regex(/^[\w-]{1,64}$/),
});
const change = z.strictObject({
  type: text(40),
  locator: text(200),
  base: z.int().nonnegative(),
  version: z.int().positive(),
  schema: z.int().nonnegative(),
  record: object.nullable(),
  seal: seal.optional(),
});

export const EntryShape = z.strictObject({
  format: z.int(),
  id: text(64),
  device: text(64),
  sequence: z.int().positive(),
  command: text(100),
  commandVersion: z.int().nonnegative(),
  arguments: object,
  argumentsSeal: seal.optional(),
  user: text(200),
  at: z.int(),
  configuration: text(200).nullable(),
  engine: text(200),
  changes: z.array(change).max(10_000),
  previousHash: z.string().regex(/^[0-9a-f]{64}$/),
});
