import * as z from 'zod';

const text = z.string().max(10_000);
export const NoteAdd = z.strictObject({ text, due: z.string().optional() }).meta({ id: 'NoteAddRequest' });
export const NoteUpdate = z
  .strictObject({
    version: z.int().min(1),
    text: text.optional(),
    due: z.string().nullable().optional(),
    done: z.boolean().optional(),
    removed: z.boolean().optional(),
  })
  .meta({ id: 'NoteUpdateRequest' });
