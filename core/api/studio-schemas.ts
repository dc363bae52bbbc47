import * as z from 'zod';

/** Requests of the product studio (core/policy/studio/SPEC.md). */
const changes = z
  .record(z.string(), z.string().max(8_000_000).nullable())
  .refine((given) => Object.keys(given).length <= 5_000, 'at most 5,000 files are changed at once');
/** A working copy: the version that it is based on, and the new text of files. */
export const workingCopy = { base: z.int().positive(), changes: changes.default({}) };
const seed = z.string().max(100);

export const StudioCheck = z.strictObject(workingCopy).meta({ id: 'StudioCheck' });
export const StudioFormRequest = z.strictObject({ ...workingCopy, product: z.string() }).meta({ id: 'StudioForm' });
export const StudioDocument = z
  .strictObject({
    ...workingCopy,
    product: z.string(),
    document: z.string(),
    sample: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sampled'), seed, index: z.int().min(0).max(100_000) }),
      z.strictObject({ kind: z.literal('stored'), locator: z.string() }),
    ]),
  })
  .meta({ id: 'StudioDocument' });

const MOST_RISKS = 50;
export const StudioDryRun = z
  .strictObject({
    ...workingCopy,
    product: z.string(),
    book: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('sampled'),
        seed,
        from: z.int().min(0).max(100_000).default(0),
        count: z.int().min(1).max(MOST_RISKS),
      }),
      z.strictObject({ kind: z.literal('stored'), locators: z.array(z.string()).min(1).max(MOST_RISKS) }),
    ]),
  })
  .meta({ id: 'StudioDryRun' });
export const StudioSave = z.strictObject({ ...workingCopy, message: z.string().max(500) }).meta({ id: 'StudioSave' });
export const StudioCreate = z
  .strictObject({
    template: z.union([
      z.strictObject({ example: z.string() }),
      z.strictObject({ product: z.string(), configVersion: z.int().positive().optional() }),
    ]),
    name: z.string().max(200),
  })
  .meta({ id: 'StudioCreate' });
/** The paths of an import, in the order of its files. */
export const ImportPaths = z.array(z.string()).min(1);
