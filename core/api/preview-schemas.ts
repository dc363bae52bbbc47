import * as z from 'zod';
import { CancellationCreate, EndorsementCreate, ReinstatementCreate, RenewalCreate } from './transaction-schemas.ts';

/** `POST /api/policies/{locator}/preview`: a transaction that nobody has made, as the request that would make it. */
export const PreviewRequest = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('endorsement'), request: EndorsementCreate }),
    z.strictObject({ type: z.literal('renewal'), request: RenewalCreate.default({}) }),
    z.strictObject({ type: z.literal('cancellation'), request: CancellationCreate }),
    z.strictObject({
      type: z.literal('reinstatement'),
      cancellationLocator: z.string(),
      request: ReinstatementCreate.default({}),
    }),
  ])
  .meta({ id: 'TransactionPreviewRequest' });
