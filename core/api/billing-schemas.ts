import * as z from 'zod';
import { MOST } from './schemas.ts';

/** Requests about invoices, payments and grace periods (formats §3.7, §3.8). Unknown members are refused with their place. */
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const timestamp = z.union([z.string(), z.number()]);

export const PaymentCreate = z
  .strictObject({
    /** Default: all that is outstanding. */
    amount: z.union([z.string(), z.number()]).optional(),
    fieldValues: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
  })
  .meta({ id: 'PaymentCreateRequest' });

export const GracePeriodUpdate = z
  .strictObject({
    endTimestamp: timestamp.optional(),
    cancelEffectiveTimestamp: timestamp.optional(),
    resetCancelEffectiveTimestamp: z.boolean().optional(),
  })
  .meta({ id: 'GracePeriodUpdateRequest' });

export const PaymentScheduleChange = z
  .strictObject({ newPaymentScheduleName: z.string() })
  .meta({ id: 'PaymentScheduleChangeRequest' });

export const FeesCreate = z
  .strictObject({
    addFees: z
      .array(
        z.strictObject({
          feeName: z.string(),
          amount: z.union([z.string(), z.number()]),
          description: z.string().max(1_000).optional(),
        }),
      )
      .min(1)
      .max(MOST),
    startTimestamp: timestamp.optional(),
    conflictHandling: z.enum(['block', 'invalidate']).optional(),
  })
  .meta({ id: 'PolicyFeesRequest' });
