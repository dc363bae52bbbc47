import type { Millis } from '../time.ts';
import type {
  ExposureTrack,
  FeeRow,
  Insured,
  InsuredExposure,
  InsuredPeril,
  PerilRow,
  PerilTrack,
  Row,
  Term,
  Timeline,
  Values,
} from './contract.ts';

/** A timeline in the making: what is insured at its tail, and what a cancellation took away. */
export interface Making {
  readonly timeline: Timeline;
  insured: Insured;
  suspended?: Suspended;
  readonly locatorFor: LocatorFor;
}
/** Names a thing that a transaction makes: the same parts always give the same name. */
export type LocatorFor = (...parts: readonly (string | number)[]) => string;
/** What a cancellation found, so that a reinstatement without a gap restores it to the cent (TL17). */
export interface Suspended {
  readonly by: string;
  readonly rows: readonly { readonly original: Row; readonly kept: Row | undefined }[];
  readonly fees: readonly { readonly original: FeeRow; readonly kept: FeeRow | undefined }[];
  /** Something was changed or renewed while the policy was cancelled: there is no "as it was" any more. */
  changed: boolean;
}

/** What is left to do once the rows of an application stand: amounts to find (TL14 to TL16). */
export interface Work {
  /** Where rows were cut or begin, milliseconds. */
  readonly at: Millis;
  /** Rows that were cut short, with the piece that is kept. */
  readonly cut: (Peril & { readonly original: PerilRow; readonly kept: PerilRow })[];
  /** New rows that need a price. */
  readonly rate: (Peril & { readonly row: PerilRow })[];
  /** New rows that get what the kept piece leaves of the original's amounts: all of them where nothing was kept. */
  readonly remainder: { readonly row: PerilRow; readonly original: PerilRow; readonly kept: PerilRow | undefined }[];
  /** Fees that shrink with the time (formats §1.8); `rest` is charged for what comes after the piece. */
  readonly cutFees: { readonly original: FeeRow; readonly kept: FeeRow; readonly rest?: FeeRow }[];
  /** A new term: the product's fees are calculated (formats §2.1). */
  readonly newTerm: boolean;
  /** What the transaction was about and is no longer there. */
  readonly void: readonly string[];
  /** Nothing came of it: coverage stands as before. */
  readonly none: boolean;
  /** A reinstatement without a gap: everything is what it was before the cancellation (TL17). */
  readonly restored?: true;
}
interface Peril {
  readonly peril: PerilTrack;
  readonly exposure: ExposureTrack;
}

/** What one application is doing: by which transaction, from when, and which rows it has cut. */
export interface Doing {
  readonly by: string;
  readonly at: Millis;
  readonly work: Work;
  /** A row's name by its entity; `piece` tells apart what one transaction makes of one entity. */
  readonly name: (entity: string, piece?: string) => string;
  /** By locator of a cut row: the locator of the piece that is kept. */
  readonly pieces: Map<string, string>;
}

export function noWork(at: Millis, gone: readonly string[] = []): Work {
  return { at, cut: [], rate: [], remainder: [], cutFees: [], newTerm: false, void: gone, none: true };
}

export function rowOf(values: Values, start: Millis, end: Millis, by: string, locator: string): Row {
  const { fieldValues, fieldGroupsByLocator } = values;
  return { locator, start, end, by, fieldValues, fieldGroupsByLocator };
}

/** Finds the current row that covers a span whole: what a current row of a peril hangs on (TL12b). Current rows never overlap. */
export function rowFinder(rows: readonly Row[]): (span: Pick<Row, 'start' | 'end'>) => Row | undefined {
  const current = rows.filter((row) => row.replacedBy === undefined).sort((a, b) => a.start - b.start);
  return ({ start, end }) => {
    let [low, high] = [0, current.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((current[middle]?.start ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const row = current[low - 1];
    return row && end <= row.end ? row : undefined;
  };
}

/** The current last row of a list. */
export function currentTail<T extends Row>(rows: readonly T[]): T | undefined {
  return rows.findLast((row) => row.replacedBy === undefined);
}

/**
 * Current rows that reach beyond an instant, in their order. Current rows follow each other in time, so the search ends at the
 * first one, from the tail, that does not: a long history costs no more than a short one.
 */
export function currentAfter<T extends Row>(rows: readonly T[], at: Millis): T[] {
  const found: T[] = [];
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (!row || row.replacedBy !== undefined) continue;
    if (row.end <= at) break;
    found.push(row);
  }
  return found.reverse();
}

/** Shortens a policy's or exposure's row to end at the instant; from its start on it is gone. @returns what is kept of it */
export function cutRow(rows: Row[], row: Row, entity: string, doing: Doing): Row | undefined {
  const { by, at, name, pieces } = doing;
  row.replacedBy = by;
  if (row.start >= at) return undefined;
  const { replacedBy: _, ...rest } = row;
  const kept: Row = { ...rest, locator: name(entity, 'before'), end: at, by };
  pieces.set(row.locator, kept.locator);
  rows.push(kept);
  return kept;
}

/** The same for a peril's row; the piece hangs on the pieces of the rows that the whole hung on. Its amounts are left to find. */
export function cutPeril(on: Peril, original: PerilRow, doing: Doing): PerilRow | undefined {
  const { by, at, name, pieces, work } = doing;
  original.replacedBy = by;
  if (original.start >= at) return undefined;
  const { replacedBy: _, price: __, ...rest } = original;
  const kept: PerilRow = {
    ...rest,
    policyRow: pieces.get(original.policyRow) ?? original.policyRow,
    exposureRow: pieces.get(original.exposureRow) ?? original.exposureRow,
    locator: name(on.peril.locator, 'before'),
    end: at,
    by,
  };
  on.peril.rows.push(kept);
  work.cut.push({ ...on, original, kept });
  return kept;
}

export function cutFee(timeline: Timeline, original: FeeRow, doing: Doing): FeeRow | undefined {
  const { by, at, name, work } = doing;
  original.replacedBy = by;
  if (original.start >= at) return undefined;
  const { replacedBy: _, ...rest } = original;
  const kept: FeeRow = { ...rest, locator: name(original.locator, 'before'), end: at, by };
  timeline.fees.push(kept);
  work.cutFees.push({ original, kept });
  return kept;
}

export function addExposure(timeline: Timeline, exposure: InsuredExposure, by: string): ExposureTrack {
  const track: ExposureTrack = { locator: exposure.locator, name: exposure.name, by, rows: [], perils: [] };
  timeline.exposures.push(track);
  return track;
}

export function addPeril(track: ExposureTrack, { locator, name, renewalGroup }: InsuredPeril, by: string): PerilTrack {
  const made: PerilTrack = { locator, name, renewalGroup, by, rows: [] };
  track.perils.push(made);
  return made;
}

/** Rows for everything that is insured over a span of time, all of them to be rated. */
export function openRows(making: Making, span: Term, doing: Doing): void {
  const { timeline, insured } = making;
  const { start, end, by } = span;
  const { name, work } = doing;
  const policyRow = rowOf(insured, start, end, by, name('policy'));
  timeline.policyRows.push(policyRow);
  const tracks = new Map(timeline.exposures.map((track) => [track.locator, track]));
  for (const exposure of insured.exposures) {
    const track = tracks.get(exposure.locator) ?? addExposure(timeline, exposure, by);
    const exposureRow = rowOf(exposure, start, end, by, name(exposure.locator));
    track.rows.push(exposureRow);
    const known = new Map(track.perils.map((peril) => [peril.locator, peril]));
    for (const peril of exposure.perils) {
      const made = known.get(peril.locator) ?? addPeril(track, peril, by);
      const row: PerilRow = {
        ...rowOf(peril, start, end, by, name(peril.locator)),
        amounts: peril.amounts,
        policyRow: policyRow.locator,
        exposureRow: exposureRow.locator,
      };
      made.rows.push(row);
      work.rate.push({ row, peril: made, exposure: track });
    }
  }
}
