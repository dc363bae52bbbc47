import { startOfDay } from '#core/model/time.ts';
import type { Result, Timeline, Transaction } from '#core/model/timeline/contract.ts';
import { type Effect, effectOf, recordedTimeline } from '#core/model/timeline/history.ts';
import { replay } from '#core/model/timeline/replay.ts';
import { locatorFor } from '#core/pricing/testing/book.ts';
import { changeOf, newExposure } from '#core/pricing/testing/draft.ts';
import { amountsOf, type Insurer, PERILS } from '#core/pricing/testing/insurer.ts';
import type { Bench, Line } from './bench.ts';
import { contest, figure } from './measure.ts';

const ZONE = 'America/Los_Angeles';
const START = startOfDay('2026-01-01', ZONE);
const END = startOfDay('2027-01-01', ZONE);
const INSURER: Insurer = {
  timeZone: ZONE,
  anchor: START,
  unit: 'months',
  rounding: 'half_up',
  decimals: 2,
  linear: true,
  holdback: 10,
};
/** What a policy keeps between its transactions. */
interface Kept {
  readonly transactions: readonly Transaction[];
  readonly results: ReadonlyMap<string, readonly Result[]>;
  readonly effects: readonly Effect[];
}

/** (g) A policy is worked out from its transactions every time: what that costs, and that it grows no faster than they do. */
export const timeline: Bench = {
  name: '(g) a policy worked out from its transactions, all amounts known',
  async run() {
    const fifty = issued(50, 20);
    const [whole] = await contest([{ name: 'fifty', work: repeat(() => reEvaluated(fifty)) }]);
    const took = 1000 / (whole?.perSecond ?? Number.NaN);
    const sizes = [10, 100, 1000].map((count) => ({ count, kept: issued(count, 5) }));
    const parts: readonly [string, (kept: Kept) => unknown][] = [
      ['replay', replayed],
      ['rows from records', ({ effects }) => recordedTimeline(effects)],
      ['replay, records and what is different', reEvaluated],
    ];
    const lines: Line[] = [
      { what: '50 transactions, 20 exposures, ms', value: figure(took), aim: 'under 20', ok: took < 20 },
    ];
    for (const [what, part] of parts) {
      const measured = await contest(
        sizes.map(({ count, kept }) => ({ name: `${count}`, work: repeat(() => part(kept)) })),
      );
      const each = measured.map(({ perSecond }, i) => 1_000_000 / perSecond / (sizes[i]?.count ?? 1));
      const [, hundred = Number.NaN, thousand = Number.NaN] = each;
      const growth = thousand / hundred;
      lines.push(
        { what: `${what}: µs a transaction of 10, 100, 1,000`, value: each.map(figure).join(' / ') },
        { what: `${what}: of 1,000, in times of 100`, value: growth.toFixed(2), aim: 'at most 1.5', ok: growth <= 1.5 },
      );
    }
    return lines;
  },
};

function repeat(once: () => unknown): (count: number) => void {
  return (count) => {
    for (let done = 0; done < count; done += 1) once();
  };
}

/** Everything that quoting a transaction does without an engine: a replay, the records, and the difference between the two. */
function reEvaluated(kept: Kept): Effect {
  return difference('again', recordedTimeline(kept.effects), replayed(kept));
}

function difference(transaction: string, before: Timeline, after: Timeline): Effect {
  return effectOf(transaction, before, after, { results: {}, resolutions: [] }, (of) => locatorFor(of, transaction));
}

function replayed({ transactions, results }: Kept): Timeline {
  const run = replay({ transactions, results, resolutions: [], locatorFor });
  const step = run.next();
  if (!step.done) throw new Error(`The amounts of ${step.value.transaction.locator} are not known.`);
  return step.value.timeline;
}

/** A policy of so many exposures with so many transactions, issued in order: mostly endorsements, a tenth of it cancelled and reinstated. */
function issued(count: number, exposures: number): Kept {
  const insured = {
    fieldValues: {},
    fieldGroupsByLocator: {},
    exposures: Array.from({ length: exposures }, (_, i) => newExposure(`building ${i}`, PERILS, i)),
  };
  const rows = { policy: 'policy', exposures: {}, perils: {} };
  const create: Transaction = {
    kind: 'create',
    locator: 'create',
    effective: START,
    order: 0,
    end: END,
    insured,
    rows,
  };
  const transactions: Transaction[] = [create];
  const effects: Effect[] = [];
  for (let order = 1; order < count; order += 1) transactions.push(nth(order, count, insured));
  const run = replay({ transactions, results: new Map(), resolutions: [], locatorFor });
  let step = run.next();
  while (!step.done) {
    const { transaction, timeline: now } = step.value;
    if (step.value.kind === 'price') step = run.next(amountsOf(INSURER, step.value, locatorFor));
    else {
      effects.push(difference(transaction.locator, recordedTimeline(effects), now));
      step = run.next();
    }
  }
  const results = new Map(step.value.applied.map(({ transaction, result }) => [transaction.locator, [result]]));
  return { transactions, results, effects };
}

function nth(order: number, count: number, insured: Parameters<typeof changeOf>[0]): Transaction {
  const moment = { locator: `t${order}`, order, effective: START + Math.floor((order / count) * (END - START)) };
  if (order % 10 === 8) return { ...moment, kind: 'cancellation' };
  if (order % 10 === 9) {
    const before = order - 1;
    const effective = START + Math.floor((before / count) * (END - START));
    return { ...moment, effective, kind: 'reinstatement', cancellation: `t${before}` };
  }
  const edit = { kind: 'exposure value', target: order, value: 1000 + order } as const;
  return { ...moment, kind: 'endorsement', change: changeOf(insured, [edit], moment.locator), repricing: 'changed' };
}
