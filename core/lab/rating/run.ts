import type { BookSource, RatedLines } from './contract.ts';
import { inOrder } from './in-order.ts';
import type { BatchRater } from './slow.ts';

/** A batch, rated; with another version beside it where the run compares. */
export interface RatedBatch {
  readonly rated: RatedLines;
  readonly against?: RatedLines;
}

/** Rates a book batch by batch, in its order, with back-pressure (BR7). @param width batches in flight */
export function rateBook(
  source: BookSource,
  raters: { readonly rate: BatchRater; readonly against?: BatchRater },
  width: number,
  signal?: AbortSignal,
): AsyncGenerator<RatedBatch> {
  return inOrder(source(), width, async (lines) => {
    signal?.throwIfAborted();
    const [rated, against] = await Promise.all([raters.rate(lines, signal), raters.against?.(lines, signal)]);
    return { rated, ...(against ? { against } : {}) };
  });
}
