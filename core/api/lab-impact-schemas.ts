import * as z from 'zod';

const ImpactSide = z.strictObject({
  version: z.int().positive(),
  changes: z.record(z.string(), z.string().nullable()).optional(),
});
const ImpactBook = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sampled'),
    count: z.int().min(1).max(1_000_000),
    seed: z.string().min(1).max(100),
  }),
  z.strictObject({ kind: z.literal('in-force') }),
  z.strictObject({ kind: z.literal('stored'), locator: z.string() }),
  z.strictObject({ kind: z.literal('loaded'), book: z.string() }),
  z.strictObject({
    kind: z.literal('file'),
    name: z.string().min(1).max(255),
    format: z.enum(['csv', 'ndjson']),
    content: z.string(),
    columns: z.record(z.string(), z.string().nullable()).optional(),
    constants: z.record(z.string(), z.string()).optional(),
  }),
]);
export const ImpactStart = z.strictObject({
  product: z.string().min(1),
  before: ImpactSide,
  after: ImpactSide,
  book: ImpactBook,
  replaces: z.string().optional(),
});
const Percent = z.string().regex(/^-?\d{1,4}(\.\d{1,4})?$/, 'a percentage with at most four decimals, e.g. "2.5"');
const Measured = { taxes: z.boolean().default(false), fees: z.boolean().default(false) };
export const ImpactSolve = z.strictObject({
  percent: Percent,
  on: z.union([
    z.literal('all'),
    z.strictObject({ table: z.string(), column: z.string(), decimals: z.int().min(0).max(10) }),
  ]),
  ...Measured,
});
export const ImpactMeasure = z.strictObject(Measured);
