import { productOf } from '#core/desk/configurations.ts';
import { type Desk, need } from '#core/desk/desk.ts';
import type { WorksheetRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { replayingExchanges } from '#core/integrations/exchanges.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Effect } from '#core/model/timeline/history.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { compared, type Replay } from '../replay.ts';
import { historyOf } from './history.ts';
import { openTransaction, pendingOf } from './open.ts';
import { type Pending, workOut } from './work-out.ts';

/** A transaction with everything that was recorded when it was worked out. */
export interface RecordedTransaction {
  readonly record: TransactionRecord;
  readonly effect: Effect;
  readonly recorded: WorksheetRecord;
  /** Its raters answer what they answered then. */
  readonly pending: Pending;
  readonly context: RunContext;
}

/** What was recorded of a transaction. Throws `wrong-state` when it was never worked out, or its person erased. */
export async function recordedTransaction(desk: Desk, locator: string): Promise<RecordedTransaction> {
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
  const deployed = await desk.configurations.version(recorded.configVersion, recorded.configuration);
  const product = productOf(deployed, open.policy.record.productName);
  const policy = { ...open.view.policy, configVersion: recorded.configVersion };
  const view = { ...open.view, policy, transactions: [...before, asRequested(record)] };
  const answered = replayingExchanges(desk, open.policy.locator, record.locator);
  const history = historyOf(view.quote, before, product);
  const pending = pendingOf(answered, { ...open, deployed, product, view, history }, asRequested(record));
  return {
    record,
    effect,
    recorded,
    pending: { ...pending, policyholder: policyholder as PolicyholderResponse },
    context: { clock: run.clock, seed: run.seed, worksheet: true },
  };
}

/**
 * Works a transaction out again with everything that was recorded: the history that it met, its configuration, clock, seed,
 * policyholder and the answers of raters. Saves nothing. Throws `wrong-state` when it was never worked out, or its person erased.
 */
export async function replayTransaction(desk: Desk, locator: string): Promise<Replay> {
  const { record, effect, recorded, pending, context } = await recordedTransaction(desk, locator);
  const worked = await workOut(desk, pending, context);
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
