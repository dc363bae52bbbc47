import { canonicalJson } from '#core/model/json.ts';
import type { FeeRow, HoldbackRow, PerilRow, Row, Timeline, Values } from '#core/model/timeline/contract.ts';
import { perilRowsOf } from '#core/model/timeline/money.ts';

/** What a timeline says now, whatever its rows are called: one line for each current row, in an order of its own. */
export function content(timeline: Timeline): readonly string[] {
  const policy = timeline.policyRows.filter(isCurrent).map((row) => line('policy', row, values(row)));
  const exposures = timeline.exposures.flatMap(({ locator, rows }) =>
    rows.filter(isCurrent).map((row) => line(`exposure ${locator}`, row, values(row))),
  );
  const perils = timeline.exposures.flatMap((exposure) =>
    exposure.perils.flatMap((peril) =>
      peril.rows.filter(isCurrent).map((row) =>
        line(`peril ${exposure.locator} ${peril.name} ${peril.renewalGroup}`, row, {
          ...values(row),
          amounts: row.amounts,
          price: row.price,
          policy: values(coveringRow(timeline.policyRows, row)),
          exposure: values(coveringRow(exposure.rows, row)),
        }),
      ),
    ),
  );
  const fees = timeline.fees
    .filter(isCurrent)
    .map((fee) => line(`fee ${fee.name}`, fee, { amount: fee.amount, description: fee.description }));
  const holdbacks = timeline.holdbacks
    .filter(isCurrent)
    .map((holdback) => line(`holdback ${holdback.of}`, holdback, { amount: holdback.amount }));
  const ended = timeline.ended ? [`ended ${timeline.ended.at}`] : [];
  return [...policy, ...exposures, ...perils, ...fees, ...holdbacks, ...ended].sort();
}

export function isCurrent(row: { readonly replacedBy?: string }): boolean {
  return row.replacedBy === undefined;
}

function values(of: Values | undefined): object {
  return of ? { fieldValues: of.fieldValues, groups: of.fieldGroupsByLocator } : { missing: true };
}

function line(what: string, { start, end }: Pick<Row, 'start' | 'end'>, says: object): string {
  return `${what} ${start}..${end} ${canonicalJson(says)}`;
}

/** Names of everything that a timeline holds, replaced or not. */
export function everyLocator(timeline: Timeline): readonly string[] {
  const rows: readonly (Row | FeeRow | HoldbackRow)[] = [
    ...timeline.policyRows,
    ...timeline.exposures.flatMap((exposure) => exposure.rows),
    ...[...perilRowsOf(timeline)].map(({ row }) => row),
    ...timeline.fees,
    ...timeline.holdbacks,
  ];
  return rows.map(({ locator }) => locator);
}

/** What is wrong with how the current rows stand to each other (SPEC TL50 to TL52); nothing when they are sound. */
export function faults(timeline: Timeline): readonly string[] {
  const policy = timeline.policyRows.filter(isCurrent);
  const found = [
    ...overlaps('the policy', policy),
    ...timeline.policyRows.filter(isCurrent).flatMap((row) => outside('the policy', row, timeline)),
    ...dangling(timeline),
    ...doubles(everyLocator(timeline)).map((locator) => `${locator} names two rows`),
  ];
  for (const exposure of timeline.exposures) {
    const rows = exposure.rows.filter(isCurrent);
    found.push(...overlaps(exposure.locator, rows));
    for (const { locator, rows: perilRows } of exposure.perils) {
      const current = perilRows.filter(isCurrent);
      found.push(...overlaps(locator, current));
      for (const row of current)
        found.push(
          ...outside(locator, row, timeline),
          ...hanging(locator, row, policy),
          ...hanging(locator, row, rows),
        );
    }
  }
  return found;
}

function overlaps(what: string, rows: readonly Row[]): readonly string[] {
  const sorted = rows.toSorted((a, b) => a.start - b.start);
  return sorted.flatMap((row, i) => {
    const next = sorted[i + 1];
    const empty = row.start < row.end ? [] : [`${what} has the empty row ${row.locator}`];
    return next && next.start < row.end ? [...empty, `${what} is covered twice from ${next.start}`] : empty;
  });
}

function outside(what: string, { start, end }: Row, { terms, ended }: Timeline): readonly string[] {
  const inTerm = terms.some((term) => start >= term.start && end <= term.end);
  return inTerm && (!ended || end <= ended.at) ? [] : [`${what} has a row outside of coverage: ${start}..${end}`];
}

function hanging(what: string, row: PerilRow, on: readonly Row[]): readonly string[] {
  return coveringRow(on, row) ? [] : [`${what} ${row.start}..${row.end} hangs on nothing`];
}

/** The current row that covers a span whole: what a peril's row hangs on (TL12b). */
export function coveringRow(rows: readonly Row[], { start, end }: Pick<Row, 'start' | 'end'>): Row | undefined {
  return rows.find((row) => isCurrent(row) && row.start <= start && end <= row.end);
}

function dangling(timeline: Timeline): readonly string[] {
  const known = new Set(everyLocator(timeline));
  return timeline.holdbacks
    .filter(({ perilRow }) => perilRow !== undefined && !known.has(perilRow))
    .map(({ locator, perilRow }) => `${locator} is held back of ${perilRow}, which the policy does not have`);
}

/** What a list holds twice. */
export function doubles(list: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return list.filter((item) => seen.size === seen.add(item).size);
}
