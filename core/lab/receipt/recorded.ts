import { type Desk, findAll, look } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { replayingExchanges } from '#core/integrations/exchanges.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { quoteInputHash, transactionInputHash } from '#core/policy/input-hash.ts';
import { needPolicy } from '#core/policy/policies.ts';
import { quotePricingInput } from '#core/policy/rate.ts';
import { recordedQuote } from '#core/policy/replay.ts';
import { recordedTransaction } from '#core/policy/transactions/replay-transaction.ts';
import type { PricingPorts } from '#core/pricing/contract.ts';
import type { ReceiptInput } from './contract.ts';
import type { RatingOf } from './rerate.ts';

/** A price with everything that it was made from, as it was recorded with it (PR1). */
export interface RecordedPrice {
  readonly of: RatingOf;
  readonly policy: string;
  readonly priced: string;
  readonly engine: string;
  readonly input: ReceiptInput;
  /** Of what the store holds now, and as it was recorded; absent for what older programs priced. */
  readonly inputHash: string;
  readonly recordedInput: string | undefined;
  readonly steps: readonly WorksheetStep[];
  readonly ports: PricingPorts;
}

/**
 * What was recorded of a price. @param locator of a policy (its selected quote) or its number, of a quote, or of a transaction
 * Throws `not-found`, `wrong-state` for what was never priced, or whose person was erased.
 */
export async function recordedPrice(desk: Desk, locator: string): Promise<RecordedPrice> {
  if (look(desk, 'quote', locator)) return ofQuote(desk, locator);
  if (look(desk, 'transaction', locator) ?? findAll(desk, 'transaction', 'modification', locator)[0])
    return ofTransaction(desk, locator);
  return ofQuote(desk, needPolicy(desk, locator).record.quoteLocator);
}

async function ofQuote(desk: Desk, locator: string): Promise<RecordedPrice> {
  const policy = look(desk, 'quote', locator)?.record.policyLocator ?? locator;
  const { quote, recorded, rated, context } = await recordedQuote(desk, policy, locator);
  const input = quotePricingInput(rated, context);
  const { configuration, record } = rated.deployed;
  const answered = replayingExchanges(desk, quote.policyLocator, quote.locator);
  return {
    of: {
      about: { product: quote.productName, currency: quote.currency, operation: 'new_business' },
      run: { clock: context.clock, seed: context.seed },
      configuration,
      commit: record.commit,
    },
    policy: quote.policyLocator,
    priced: quote.locator,
    engine: recorded.engine,
    input: asJson({
      kind: 'quote',
      policy: input.policy,
      policyholder: input.policyholder,
      toPrice: input.toPrice,
    }),
    inputHash: quoteInputHash(input),
    recordedInput: recorded.inputHash,
    steps: unpackWorksheet(recorded.pricing)?.steps ?? [],
    ports: { sandbox: desk.sandbox, reader: guestReader(desk), externalRater: answered.raters(configuration) },
  };
}

async function ofTransaction(desk: Desk, locator: string): Promise<RecordedPrice> {
  const { record, recorded, pending, context } = await recordedTransaction(desk, locator);
  const { view, history, deployed, policyholder, ports } = pending;
  return {
    of: {
      about: { product: view.policy.productName, currency: view.policy.currency, operation: recorded.operation },
      run: { clock: context.clock, seed: context.seed },
      configuration: deployed.configuration,
      commit: deployed.record.commit,
    },
    policy: view.policy.locator,
    priced: record.locator,
    engine: recorded.engine,
    input: asJson({
      kind: 'transaction',
      policy: view.policy,
      quote: view.quote,
      issued: history.issued.map(withoutRemarks),
      transaction: withoutRemarks(pending.record),
      policyholder,
    }),
    inputHash: transactionInputHash(pending, context),
    recordedInput: recorded.inputHash,
    steps: unpackWorksheet(recorded.pricing)?.steps ?? [],
    ports,
  };
}

/** What people remarked, and what was billed, is no part of a price. */
function withoutRemarks({ comments: _c, billing: _b, underwriting: _u, ...record }: TransactionRecord) {
  return record;
}

/** As it will be read from the receipt: without members that hold nothing. */
function asJson(input: ReceiptInput): ReceiptInput {
  return JSON.parse(JSON.stringify(input)) as ReceiptInput;
}
