import type {
  ExposureTrack,
  FeeRow,
  HoldbackRow,
  PerilRow,
  PerilTrack,
  Resolution,
  Result,
  Row,
  Term,
  Timeline,
} from './contract.ts';
import { sameMembers, sameValues } from './values.ts';

/**
 * What issuing a transaction does to the rows of a policy, as it is recorded: the rows that it adds and the ones that it
 * replaces. The effects of a policy's issued transactions, in the order of issue, add up to its timeline; the ones issued until
 * an instant, to the timeline as it was known then (TL40).
 */
export interface Effect {
  readonly transaction: string;
  readonly terms: readonly Term[];
  readonly policyRows: readonly Row[];
  readonly exposures: readonly { readonly locator: string; readonly name: string }[];
  readonly exposureRows: readonly (Row & { readonly exposure: string })[];
  readonly perils: readonly {
    readonly locator: string;
    readonly name: string;
    readonly renewalGroup: string;
    readonly exposure: string;
  }[];
  readonly perilRows: readonly (PerilRow & { readonly peril: string })[];
  readonly fees: readonly FeeRow[];
  readonly holdbacks: readonly HoldbackRow[];
  /** Locators of rows of any kind, and of fees and holdbacks. */
  readonly replaced: readonly string[];
  /** Coverage ends early: set, taken back (null), or as it was (absent). */
  readonly ended?: NonNullable<Timeline['ended']> | null;
  /** Amounts that replays use again, by transaction: its own, and those of later ones that it made necessary to price again. */
  readonly results: Readonly<Record<string, Result>>;
  /** Settings of other transactions that give way to this one's. */
  readonly resolutions: readonly Resolution[];
}

/** Rows by what they are of; `of` is '' for the policy's own. */
interface Held<T> {
  readonly of: string;
  readonly row: T;
}

/**
 * The effect of a transaction: what a replay with it gives, less what is recorded already (TL41). A row that says the same of
 * the same span, for the same price, stays the row that it is.
 * @param fresh names a row whose own name is taken by one that was replaced before
 */
export function effectOf(
  transaction: string,
  recorded: Timeline,
  replayed: Timeline,
  more: Pick<Effect, 'results' | 'resolutions'>,
  fresh: (locator: string) => string,
): Effect {
  const kept = new Map<string, string>();
  const replaced: string[] = [];
  const taken = new Set(everyLocator(recorded));
  const renamed = <T extends { readonly locator: string }>(row: T): T => {
    const { replacedBy: _, ...rest } = row as T & { readonly replacedBy?: string };
    const locator = taken.has(row.locator) ? fresh(row.locator) : row.locator;
    kept.set(row.locator, locator);
    return { ...rest, locator, by: transaction } as unknown as T;
  };
  const difference = <T extends { readonly locator: string; readonly start: number; readonly end: number }>(
    before: readonly Held<T>[],
    after: readonly Held<T>[],
    same: (a: T, b: T) => boolean,
  ): Held<T>[] => {
    const known = new Map<string, T[]>();
    for (const { of, row } of before) {
      const key = `${of}|${row.start}|${row.end}`;
      const same = known.get(key);
      if (same) same.push(row);
      else known.set(key, [row]);
    }
    const added: Held<T>[] = [];
    for (const held of after) {
      const candidates = known.get(`${held.of}|${held.row.start}|${held.row.end}`) ?? [];
      const at = candidates.findIndex((row) => same(row, held.row));
      const [match] = at < 0 ? [] : candidates.splice(at, 1);
      if (match) kept.set(held.row.locator, match.locator);
      else added.push({ of: held.of, row: renamed(held.row) });
    }
    for (const rows of known.values()) for (const row of rows) replaced.push(row.locator);
    return added;
  };

  const policyRows = difference(policyRowsOf(recorded), policyRowsOf(replayed), sameValues);
  const exposureRows = difference(exposureRowsOf(recorded), exposureRowsOf(replayed), sameValues);
  const on = (locator: string): string => kept.get(locator) ?? locator;
  // What a row hangs on is no part of what it says: it follows from its span (TL12b).
  const perilRows = difference(
    perilRowsOf(recorded),
    perilRowsOf(replayed),
    (a, b) => sameMembers(a.amounts, b.amounts) && sameValues(a, b) && samePrice(a, b),
  );
  const fees = difference(
    current(recorded.fees),
    current(replayed.fees),
    (a, b) => a.name === b.name && a.amount === b.amount && a.description === b.description,
  );
  const holdbacks = difference(
    current(recorded.holdbacks),
    current(replayed.holdbacks),
    (a, b) =>
      a.amount === b.amount &&
      a.of === b.of &&
      a.taxName === b.taxName &&
      a.feeName === b.feeName &&
      a.perilRow === (b.perilRow === undefined ? undefined : on(b.perilRow)),
  );
  const hadExposures = new Set(recorded.exposures.map(({ locator }) => locator));
  const hadPerils = new Set(recorded.exposures.flatMap(({ perils }) => perils.map(({ locator }) => locator)));
  const hadTerms = new Set(recorded.terms.map(({ by }) => by));
  return {
    transaction,
    terms: replayed.terms.filter(({ by }) => !hadTerms.has(by)),
    policyRows: policyRows.map(({ row }) => row),
    exposures: replayed.exposures
      .filter(({ locator }) => !hadExposures.has(locator))
      .map(({ locator, name }) => ({ locator, name })),
    exposureRows: exposureRows.map(({ of, row }) => ({ ...row, exposure: of })),
    perils: replayed.exposures.flatMap((exposure) =>
      exposure.perils
        .filter(({ locator }) => !hadPerils.has(locator))
        .map(({ locator, name, renewalGroup }) => ({ locator, name, renewalGroup, exposure: exposure.locator })),
    ),
    perilRows: perilRows.map(({ of, row }) => ({
      ...row,
      policyRow: on(row.policyRow),
      exposureRow: on(row.exposureRow),
      peril: of,
    })),
    fees: fees.map(({ row }) => row),
    holdbacks: holdbacks.map(({ row }) => (row.perilRow === undefined ? row : { ...row, perilRow: on(row.perilRow) })),
    replaced,
    ...(recorded.ended?.at === replayed.ended?.at && recorded.ended?.by === replayed.ended?.by
      ? {}
      : { ended: replayed.ended ?? null }),
    ...more,
  };
}

const policyRowsOf = ({ policyRows }: Timeline): readonly Held<Row>[] => current(policyRows);
const exposureRowsOf = ({ exposures }: Timeline): readonly Held<Row>[] => {
  const found: Held<Row>[] = [];
  for (const { locator, rows } of exposures) current(rows, locator, found);
  return found;
};
const perilRowsOf = ({ exposures }: Timeline): readonly Held<PerilRow>[] => {
  const found: Held<PerilRow>[] = [];
  for (const { perils } of exposures) for (const { locator, rows } of perils) current(rows, locator, found);
  return found;
};

function current<T extends { readonly replacedBy?: string }>(
  rows: readonly T[],
  of = '',
  found: Held<T>[] = [],
): readonly Held<T>[] {
  for (const row of rows) if (row.replacedBy === undefined) found.push({ of, row });
  return found;
}

function everyLocator({ policyRows, exposures, fees, holdbacks }: Timeline): readonly string[] {
  const rows = exposures.flatMap(({ rows: own, perils }) => [...own, ...perils.flatMap((peril) => peril.rows)]);
  return [...policyRows, ...rows, ...fees, ...holdbacks].map(({ locator }) => locator);
}

function samePrice({ price: a }: PerilRow, { price: b }: PerilRow): boolean {
  if (!a || !b) return a === b;
  return (
    a.premium === b.premium &&
    a.monthPremium === b.monthPremium &&
    a.technicalPremium === b.technicalPremium &&
    a.monthTechnicalPremium === b.monthTechnicalPremium &&
    sameItems(a.taxes, b.taxes) &&
    sameItems(a.commissions, b.commissions)
  );
}

function sameItems(a: readonly Readonly<Record<string, string>>[], b: typeof a): boolean {
  return a.length === b.length && a.every((item, i) => sameMembers(item, b[i] ?? {}));
}

/** The timeline that recorded effects add up to, in the order of issue (TL40). */
export function recordedTimeline(effects: Iterable<Effect>): Timeline {
  const timeline: Timeline = { terms: [], policyRows: [], exposures: [], fees: [], holdbacks: [] };
  const exposures = new Map<string, ExposureTrack>();
  const perils = new Map<string, PerilTrack>();
  const rows = new Map<string, { replacedBy?: string }>();
  const keep = <T extends Row | FeeRow | HoldbackRow>(list: T[], row: T): void => {
    list.push(row);
    rows.set(row.locator, row);
  };
  for (const effect of effects) {
    const by = effect.transaction;
    for (const locator of effect.replaced) {
      const row = rows.get(locator);
      if (!row) throw new RangeError(`The transaction ${by} replaces ${locator}, which the policy does not have.`);
      row.replacedBy = by;
    }
    timeline.terms.push(...effect.terms);
    for (const row of effect.policyRows) keep(timeline.policyRows, { ...row });
    for (const { locator, name } of effect.exposures) {
      const track: ExposureTrack = { locator, name, by, rows: [], perils: [] };
      exposures.set(locator, track);
      timeline.exposures.push(track);
    }
    for (const { exposure, ...row } of effect.exposureRows) keep(held(exposures, exposure).rows, row);
    for (const { exposure, ...peril } of effect.perils) {
      const track: PerilTrack = { ...peril, by, rows: [] };
      perils.set(peril.locator, track);
      held(exposures, exposure).perils.push(track);
    }
    for (const { peril, ...row } of effect.perilRows) keep(held(perils, peril).rows, row);
    for (const fee of effect.fees) keep(timeline.fees, { ...fee });
    for (const holdback of effect.holdbacks) keep(timeline.holdbacks, { ...holdback });
    if (effect.ended === null) delete timeline.ended;
    else if (effect.ended) timeline.ended = effect.ended;
  }
  return timeline;
}

function held<T>(tracks: ReadonlyMap<string, T>, locator: string): T {
  const track = tracks.get(locator);
  if (track) return track;
  throw new RangeError(`The recorded rows name ${locator}, which the policy does not have.`);
}
