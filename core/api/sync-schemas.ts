import * as z from 'zod';

const key = { type: z.string().min(1).max(40), locator: z.string().min(1).max(200) };

export const SyncEnrolRequest = z
  .strictObject({
    address: z.string().min(1).max(2_000),
    code: z.string().min(1).max(64),
    name: z.string().min(1).max(200).optional(),
  })
  .meta({ id: 'SyncEnrol' });
export const SyncSettingsRequest = z
  .strictObject({
    on: z.boolean().optional(),
    metered: z.boolean().optional(),
    addresses: z.array(z.string().min(1).max(500)).min(1).max(20).optional(),
  })
  .meta({ id: 'SyncSettings' });
export const SyncConfirmRequest = z.strictObject({ direction: z.enum(['push', 'pull']) }).meta({ id: 'SyncConfirm' });
export const ConflictResolutionRequest = z
  .strictObject({
    choice: z.enum(['theirs', 'mine', 'fields']),
    fields: z
      .array(z.strictObject({ ...key, paths: z.array(z.string().min(1).max(500)).max(500) }))
      .max(500)
      .optional(),
  })
  .meta({ id: 'ConflictResolution' });
