import * as z from 'zod';

export const BookKeep = z.strictObject({
  name: z.string().min(1).max(255),
  format: z.enum(['ndjson', 'csv']),
  content: z.string(),
  columns: z.record(z.string(), z.string().nullable()).optional(),
  constants: z.record(z.string(), z.string()).optional(),
});
export const RatingStart = z.strictObject({
  product: z.string().min(1),
  version: z.int().positive(),
  book: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('in-force') }),
    z.strictObject({
      kind: z.literal('stored'),
      locator: z.string(),
      columns: z.record(z.string(), z.string().nullable()).optional(),
      constants: z.record(z.string(), z.string()).optional(),
    }),
  ]),
});
