import type { ProductSummary } from '#core/api/contract.ts';

/** What every part of the lab is given. */
export interface LabPartProps {
  readonly product: ProductSummary;
}
