import type { FeeRow, Row, Timeline, Transaction } from './contract.ts';
import { applyChange, renewed } from './insured.ts';
import {
  currentAfter,
  cutFee,
  cutPeril,
  cutRow,
  type Doing,
  type Making,
  noWork,
  openRows,
  type Suspended,
  type Work,
} from './rows.ts';
import type { Masked } from './values.ts';

/** A new term on the end of the last one (TL13): everything insured is copied, rated and charged its fees. */
export function renew(
  making: Making,
  transaction: Extract<Transaction, { kind: 'renewal' }>,
  name: Doing['name'],
  masked: Masked,
): Work {
  const { timeline, locatorFor } = making;
  const { locator: by, effective: start, end } = transaction;
  const { insured, touched } = applyChange(making.insured, transaction.change, masked);
  making.insured = renewed(insured, (group) => locatorFor(by, group));
  timeline.terms.push({ start, end, by });
  if (timeline.ended) {
    if (making.suspended) making.suspended.changed = true;
    return noWork(start, touched.void);
  }
  const work: Work = { ...noWork(start, touched.void), newTerm: true, none: false };
  openRows(making, { start, end, by }, { by, at: start, work, name, pieces: new Map() });
  return work;
}

/** Coverage ends at an instant (TL16), or, withdrawn, never was (TL19). Over a policy that has ended already: nothing. */
export function endCoverage(
  making: Making,
  transaction: Extract<Transaction, { kind: 'cancellation' | 'withdrawal' }>,
  name: Doing['name'],
): Work {
  const { timeline } = making;
  const { locator: by } = transaction;
  const withdrawn = transaction.kind === 'withdrawal';
  const at = withdrawn ? (timeline.terms[0]?.start ?? transaction.effective) : transaction.effective;
  const last = timeline.terms.at(-1);
  if ((timeline.ended && !withdrawn) || (last && at >= last.end)) return noWork(at, [by]);
  const work: Work = { ...noWork(at), none: false };
  const doing: Doing = { by, at, work, name, pieces: new Map() };
  const rows: { original: Row; kept: Row | undefined }[] = [];
  const take = (list: Row[], entity: string): void => {
    for (const original of currentAfter(list, at)) rows.push({ original, kept: cutRow(list, original, entity, doing) });
  };
  take(timeline.policyRows, 'policy');
  for (const exposure of timeline.exposures) {
    take(exposure.rows, exposure.locator);
    for (const peril of exposure.perils)
      for (const original of currentAfter(peril.rows, at))
        rows.push({ original, kept: cutPeril({ peril, exposure }, original, doing) });
  }
  // No fee begins later: transactions work in the order of their effective times.
  const shrinks = (fee: FeeRow): boolean => withdrawn || fee.proration === 'proratable';
  const fees = timeline.fees
    .filter((fee) => fee.replacedBy === undefined && fee.end > at && shrinks(fee))
    .map((original) => ({ original, kept: cutFee(timeline, original, doing) }));
  if (withdrawn) takeBack(timeline, by);
  making.suspended = { by, rows, fees, changed: withdrawn };
  timeline.ended = { by, at };
  return work;
}

/** What the cancellation in effect held back is given back: the last holdbacks, since those of earlier ones are given back already. */
function takeBack({ holdbacks }: Timeline, by: string): void {
  for (let i = holdbacks.length - 1; i >= 0; i -= 1) {
    const holdback = holdbacks[i];
    if (!holdback || holdback.replacedBy !== undefined) return;
    holdback.replacedBy = by;
  }
}

/** Brings a cancelled policy back: as it was when there is no gap (TL17), else rated from the reinstatement on (TL18). */
export function reinstate(
  making: Making,
  transaction: Extract<Transaction, { kind: 'reinstatement' }>,
  name: Doing['name'],
): Work {
  const { timeline, suspended } = making;
  const { effective: at, locator: by, cancellation } = transaction;
  const { ended } = timeline;
  const term = timeline.terms.findLast(({ start }) => start <= at);
  if (!ended || suspended?.by !== cancellation || !term || at >= term.end || at < ended.at) return noWork(at, [by]);
  delete timeline.ended;
  delete making.suspended;
  takeBack(timeline, by);
  if (at === ended.at && !suspended.changed) {
    restore(suspended, by);
    return { ...noWork(at), none: false, restored: true };
  }
  // A term that was renewed while the policy was cancelled begins only now: its fees were never charged.
  const work: Work = { ...noWork(at), newTerm: term.start > ended.at, none: false };
  const doing: Doing = { by, at, work, name, pieces: new Map() };
  openRows(making, { start: at, end: term.end, by }, doing);
  for (const { original } of suspended.fees) if (original.end > at) restFee(timeline, original, doing);
  return work;
}

/** Everything as it stood before the cancellation: the very rows, with their names and amounts. */
function restore({ rows, fees }: Suspended, by: string): void {
  for (const { original, kept } of [...rows, ...fees]) {
    if (kept) kept.replacedBy = by;
    delete original.replacedBy;
  }
}

/** What a fee still covers after a gap: its amount less what is worked out for the time until then. */
function restFee(timeline: Timeline, original: FeeRow, { by, at, name, work }: Doing): void {
  const { replacedBy: _, ...fee } = original;
  const rest: FeeRow = { ...fee, locator: name(original.locator), start: Math.max(at, original.start), by };
  timeline.fees.push(rest);
  if (original.start < at) work.cutFees.push({ original, kept: { ...fee, end: at }, rest });
}
