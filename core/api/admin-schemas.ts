import * as z from 'zod';

/** A sampled risk of a product, or a stored policy. */
export const TryIntegration = z
  .union([
    z.strictObject({ product: z.string().min(1), seed: z.string().max(200).default('1') }),
    z.strictObject({ policy: z.string().min(1) }),
  ])
  .meta({ id: 'TryIntegrationRequest' });
