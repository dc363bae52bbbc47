import { createHash } from 'node:crypto';
import { canonicalJson } from '#core/model/json.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { transactionOf } from './transactions/history.ts';
import type { Pending } from './transactions/work-out.ts';

/**
 * SHA-256 (hex) of everything that the price of a quote depends on: recorded with the price, so that a receipt can prove that it
 * is about what was priced. Whether a worksheet is kept makes no difference.
 */
export function quoteInputHash({ configuration, product, context, ...input }: PricingInput): string {
  return hashOf({ ...input, configuration: configuration.hash, product: product.name, run: runOf(context) });
}

/** The same of a transaction after the issue: its history, what it changes, and for whom. */
export function transactionInputHash(
  { history, record, deployed, policyholder }: Pending,
  context: RunContext,
): string {
  return hashOf({
    configuration: deployed.configuration.hash,
    product: history.quote.productName,
    kind: record.kind,
    transactions: [...history.transactions, transactionOf(record, history.issued)],
    resolutions: [...history.resolutions, ...record.resolutions],
    results: [...history.results],
    policyholder,
    run: runOf(context),
  });
}

const runOf = ({ clock, seed }: RunContext) => ({ clock, seed });

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
