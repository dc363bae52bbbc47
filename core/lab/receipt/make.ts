import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { answering, listening } from './answers.ts';
import { RECEIPT_FORMAT, type Receipt } from './contract.ts';
import { firstDifference } from './difference.ts';
import { leastInput } from './least.ts';
import { type RecordedPrice, recordedPrice } from './recorded.ts';
import { rateReceipt } from './rerate.ts';
import { fileHashes, sealed } from './seal.ts';

/**
 * Makes the receipt of a price (PR1 to PR5). @param locator of a policy (its selected quote) or its number, of a quote, or of a
 * transaction after the issue. The price is rated again on the way: `store-damaged` when what was recorded is not what was
 * priced. Throws `not-found`, `wrong-state` for what was never priced.
 */
export async function makeReceipt(desk: Desk, locator: string): Promise<Receipt> {
  const recorded = await recordedPrice(desk, locator);
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
function refuseOtherPrice({ steps, engine, priced }: RecordedPrice, now: readonly WorksheetStep[]): void {
  const found = firstDifference(steps, now);
  if (!found) return;
  const { path, before, after } = found;
  throw new Problem(
    'wrong-state',
    `${priced} was priced by ${engine} and comes out otherwise now, first at ${[...path, ''].join(' › ')}recorded: ${before ?? 'nothing'}; now: ${after ?? 'nothing'}.`,
    { place: { locator: priced } },
  );
}
