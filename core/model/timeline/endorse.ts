import type { Millis } from '../time.ts';
import type { ExposureTrack, InsuredExposure, PerilRow, Row, Term, Transaction, Values } from './contract.ts';
import { applyChange, type Touched } from './insured.ts';
import {
  addExposure,
  addPeril,
  currentTail,
  cutPeril,
  cutRow,
  type Doing,
  type Making,
  noWork,
  rowOf,
  type Work,
} from './rows.ts';
import type { Masked } from './values.ts';

/** Applies an endorsement at the tail (TL12): rows are split where their data, or the data that they hang on, is different. */
export function endorse(
  making: Making,
  transaction: Extract<Transaction, { kind: 'endorsement' }>,
  name: Doing['name'],
  masked: Masked,
): Work {
  const { timeline } = making;
  const { effective: at, locator: by, repricing } = transaction;
  const before = making.insured;
  const { insured, touched } = applyChange(before, transaction.change, masked);
  making.insured = insured;
  const term = timeline.terms.at(-1);
  if (timeline.ended || !term || at >= term.end) {
    // While it is cancelled nothing is covered; the change shows when it is reinstated (TL18).
    if (making.suspended && insured !== before) making.suspended.changed = true;
    return noWork(at, touched.void);
  }
  const work: Work = { ...noWork(at, touched.void), none: false };
  const doing: Doing = { by, at, work, name, pieces: new Map() };
  const policyRow = touched.policy
    ? split(timeline.policyRows, insured, 'policy', term.end, doing)
    : currentTail(timeline.policyRows);
  const kept = new Set(insured.exposures.map(({ locator }) => locator));
  for (const track of timeline.exposures) if (!kept.has(track.locator)) endExposure(track, doing);
  const tracks = new Map(timeline.exposures.map((track) => [track.locator, track]));
  const same = new Set(touched.policy || repricing === 'all' ? [] : before.exposures);
  for (const exposure of insured.exposures) {
    // Untouched, the very object that it was: whatever else the policy has, it costs nothing.
    if (same.has(exposure)) continue;
    const track = tracks.get(exposure.locator);
    const on = { touched, repricing, policyRow, end: term.end };
    if (track) endorseExposure(track, exposure, on, doing);
    else endorseExposure(newExposure(making, exposure, term, doing), exposure, on, doing);
  }
  return work;
}

interface On {
  readonly touched: Touched;
  readonly repricing: 'changed' | 'all' | 'none';
  readonly policyRow: Row | undefined;
  readonly end: Millis;
}

/** A new exposure's own row spans the whole term (formats §3.6): when it is covered is said by its perils. */
function newExposure(making: Making, exposure: InsuredExposure, term: Term, { by, name }: Doing): ExposureTrack {
  const track = addExposure(making.timeline, exposure, by);
  track.rows.push(rowOf(exposure, term.start, term.end, by, name(exposure.locator)));
  return track;
}

function endExposure(track: ExposureTrack, doing: Doing): void {
  const tail = currentTail(track.rows);
  if (tail && tail.end > doing.at) cutRow(track.rows, tail, track.locator, doing);
  for (const peril of track.perils) endPeril(track, peril, doing);
}

function endPeril(exposure: ExposureTrack, peril: ExposureTrack['perils'][number], doing: Doing): PerilRow | undefined {
  const tail = currentTail(peril.rows);
  return tail && tail.end > doing.at ? cutPeril({ exposure, peril }, tail, doing) : undefined;
}

function endorseExposure(track: ExposureTrack, exposure: InsuredExposure, on: On, doing: Doing): void {
  const { touched, repricing, policyRow, end } = on;
  const { by, at, name, work } = doing;
  const isSplit = track.by !== by && touched.exposures.has(exposure.locator);
  const exposureRow = isSplit ? split(track.rows, exposure, exposure.locator, end, doing) : currentTail(track.rows);
  const insured = new Set(exposure.perils.map(({ locator }) => locator));
  for (const peril of track.perils) if (!insured.has(peril.locator)) endPeril(track, peril, doing);
  const known = new Map(track.perils.map((peril) => [peril.locator, peril]));
  for (const peril of exposure.perils) {
    const present = known.get(peril.locator);
    const affected = touched.policy || isSplit || touched.perils.has(peril.locator) || repricing === 'all';
    if (present && !affected) continue;
    const made = present ?? addPeril(track, peril, by);
    const original = currentTail(made.rows);
    const kept = endPeril(track, made, doing);
    const row: PerilRow = {
      ...rowOf(peril, at, end, by, name(peril.locator)),
      amounts: peril.amounts,
      policyRow: policyRow?.locator ?? '',
      exposureRow: exposureRow?.locator ?? '',
    };
    made.rows.push(row);
    if (original && repricing === 'none') work.remainder.push({ row, original, kept });
    else work.rate.push({ row, peril: made, exposure: track });
  }
}

/** Replaces the tail by `[start, at)` with the old values and `[at, end)` with the new ones. @returns the new tail */
function split(rows: Row[], values: Values, entity: string, end: Millis, doing: Doing): Row {
  const tail = currentTail(rows);
  if (tail && tail.end > doing.at) cutRow(rows, tail, entity, doing);
  const next = rowOf(values, doing.at, end, doing.by, doing.name(entity));
  rows.push(next);
  return next;
}
