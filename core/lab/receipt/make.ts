import { type Desk, findAll, look } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { replayingExchanges } from '#core/integrations/exchanges.ts';
import { Problem } from '#core/model/problem.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { quoteInputHash, transactionInputHash } from '#core/policy/input-hash.ts';
import { needPolicy } from '#core/policy/policies.ts';
import { quotePricingInput } from '#core/policy/rate.ts';
import { recordedQuote } from '#core/policy/replay.ts';
import { recordedTransaction } from '#core/policy/transactions/replay-transaction.ts';
import type { PricingPorts } from '#core/pricing/contract.ts';
import { answering, listening } from './answers.ts';
import { RECEIPT_FORMAT, type Receipt, type ReceiptInput } from './contract.ts';
import { firstDifference } from './difference.ts';
import { leastInput } from './least.ts';
import { type RatingOf, rateReceipt } from './rerate.ts';
import { fileHashes, sealed } from './seal.ts';

interface Recorded {
  readonly of: RatingOf;
  readonly policy: string;
  readonly priced: string;
  readonly engine: string;
  readonly input: ReceiptInput;
  readonly inputHash: string;
  readonly recordedInput: string | undefined;
  readonly steps: readonly WorksheetStep[];
  readonly ports: PricingPorts;
}

/**
 * Makes the receipt of a price (PR1 to PR5). @param locator of a policy (its selected quote) or its number, of a quote, or of a
 * transaction after the issue. The price is rated again on the way: `store-damaged` when what was recorded is not what was
 * priced. Throws `not-found`, `wrong-state` for what was never priced.
 */
export async function makeReceipt(desk: Desk, locator: string): Promise<Receipt> {
  const recorded = await recordedOf(desk, locator);
  const { of, engine, input, inputHash, recordedInput } = recorded;
  if (recordedInput !== undefined && recordedInput !== inputHash)
    throw new Problem(
      'store-damaged',
      `What the store holds of ${recorded.priced} is not what was priced: their hashes differ. Run \`fieldwriter verify\`.`,
      { place: { locator: recorded.priced } },
    );
  const heard = listening(recorded.ports);
  const whole = await rateReceipt(desk, of, input, heard.ports);
  refuseOtherPrice(recorded, whole.steps);
  const answers = heard.answers();
  const ports = answering(desk.sandbox, answers);
  const least = await leastInput(
    input,
    whole.steps,
    async (tried) => (await rateReceipt(desk, of, tried, ports)).steps,
  );
  const { configuration, commit, about, run } = of;
  return sealed({
    format: RECEIPT_FORMAT,
    about: { policy: recorded.policy, priced: recorded.priced, ...about },
    engine,
    configuration: { commit, hash: configuration.hash, files: fileHashes(configuration) },
    run,
    ...(recordedInput === undefined ? {} : { recordedInput }),
    input: least.input,
    answers,
    leftOut: least.leftOut,
    result: { amounts: whole.amounts, steps: least.steps },
  });
}

/** A program of another version may price otherwise: then there is no honest receipt, but the first step that differs. */
function refuseOtherPrice({ steps, engine, priced }: Recorded, now: readonly WorksheetStep[]): void {
  const found = firstDifference(steps, now);
  if (!found) return;
  const { path, before, after } = found;
  throw new Problem(
    'wrong-state',
    `${priced} was priced by ${engine} and comes out otherwise now, first at ${[...path, ''].join(' › ')}recorded: ${before ?? 'nothing'}; now: ${after ?? 'nothing'}.`,
    { place: { locator: priced } },
  );
}

async function recordedOf(desk: Desk, locator: string): Promise<Recorded> {
  if (look(desk, 'quote', locator)) return ofQuote(desk, locator);
  if (look(desk, 'transaction', locator) ?? findAll(desk, 'transaction', 'modification', locator)[0])
    return ofTransaction(desk, locator);
  return ofQuote(desk, needPolicy(desk, locator).record.quoteLocator);
}

async function ofQuote(desk: Desk, locator: string): Promise<Recorded> {
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

async function ofTransaction(desk: Desk, locator: string): Promise<Recorded> {
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
