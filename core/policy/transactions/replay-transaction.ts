import { type Desk, need } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { replayingExchanges } from '#core/integrations/exchanges.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { compared, type Replay } from '../replay.ts';
import { historyOf } from './history.ts';
import { openTransaction, pendingOf } from './open.ts';
import { workOut } from './work-out.ts';

/**
 * Works a transaction out again with everything that was recorded: the history that it met, its configuration, clock, seed,
 * policyholder and the answers of raters. Saves nothing. Throws `wrong-state` when it was never worked out, or its person erased.
 */
export async function replayTransaction(desk: Desk, locator: string): Promise<Replay> {
  const open = await openTransaction(desk, locator);
  const { record } = open.transaction;
  const { effect, run, basedOn, worksheet } = record;
  if (!effect || !run || basedOn === undefined || worksheet === undefined)
    throw new Problem('wrong-state', `The ${record.kind} ${locator} was not worked out: there is nothing to replay.`, {
      place: { locator },
    });
  const recorded = need(desk, 'worksheet', worksheet).record;
  const policyholder = recorded.policyholder as Partial<PolicyholderResponse>;
  if (policyholder.locator === undefined)
    throw new Problem(
      'wrong-state',
      `The personal data of policy ${open.policy.locator} was erased: it can not be replayed any more.`,
      { place: { locator } },
    );
  const before = open.history.issued.filter(({ order }) => (order ?? 0) <= basedOn);
  const transactions = [...before, asRequested(record)];
  const view = { ...open.view, transactions };
  const answered = replayingExchanges(desk, open.policy.locator, locator);
  const pending = pendingOf(
    answered,
    { ...open, view, history: historyOf(view.quote, before, open.product) },
    asRequested(record),
  );
  const worked = await workOut(
    desk,
    { ...pending, policyholder: policyholder as PolicyholderResponse },
    { clock: run.clock, seed: run.seed, worksheet: true },
  );
  return compared(recorded.engine, [
    ['effect', effect, worked.effect],
    ['price', record.gross, worked.gross],
    ['underwriting', record.underwriting, worked.underwriting],
    ['pricing worksheet', unpackWorksheet(recorded.pricing), worked.pricingSheet],
    ['underwriting worksheet', unpackWorksheet(recorded.underwriting), worked.underwritingSheet],
  ]);
}

/** As it was before it was worked out. */
function asRequested(record: TransactionRecord): TransactionRecord {
  const { order: _o, issuedAt: _i, effect: _e, gross: _g, ...request } = record;
  return { ...request, state: 'application' };
}
