import { keyText } from './keys.ts';
import type { RateTable } from './rate-table.ts';

/** So many rows are looked at for the place where two versions go in step again. */
const LOOK_AHEAD = 200;

/** Which row of one version is which of another (RT9). Rows are ids of their own side. */
export interface RowPairs {
  /** By the position of the row before: its row after, -1 when it is gone. */
  readonly partners: Int32Array;
  /** Positions before whose partner is written in another way: the only ones whose cells can differ. */
  readonly mayDiffer: readonly number[];
  readonly removed: readonly number[];
  readonly added: readonly number[];
}

/**
 * Pairs the rows of two versions by key, each once. Versions that go in step but for some rows are paired in one pass; only what does
 * not is looked up by key, of rows with one key the first for the first.
 * @param keys names of the key columns
 */
export function pairRows(before: RateTable, after: RateTable, keys: readonly string[]): RowPairs {
  const oldColumns = keys.map((name) => before.columns.indexOf(name));
  const nowColumns = keys.map((name) => after.columns.indexOf(name));
  const oldKey = (row: number): string => keyText(before, row, oldColumns);
  const nowKey = (row: number): string => keyText(after, row, nowColumns);
  const sameColumns = before.columns.join('\n') === after.columns.join('\n');
  const same = (old: number, now: number): boolean => sameColumns && sameRecord(before, old, after, now);
  const partners = new Int32Array(before.rowCount).fill(-1);
  const mayDiffer: number[] = [];
  // Rows without a partner at their place: looked up by key in the end.
  const [olds, nows]: [number[], number[]] = [[], []];
  let [i, j, searches] = [0, 0, 0];
  while (i < before.rowCount && j < after.rowCount) {
    const [old, now] = [before.idAt(i), after.idAt(j)];
    const alike = same(old, now);
    if (alike || oldKey(old) === nowKey(now)) {
      partners[i] = now;
      if (!alike) mayDiffer.push(i);
      i += 1;
      j += 1;
      continue;
    }
    // A table in another order altogether would be searched in vain at every row.
    searches += 1;
    const skip = searches > 2_000 ? undefined : nextInStep(i, j);
    if (!skip) break;
    for (let k = 0; k < skip.before; k += 1) olds.push(i + k);
    for (let k = 0; k < skip.after; k += 1) nows.push(after.idAt(j + k));
    i += skip.before;
    j += skip.after;
  }
  for (; i < before.rowCount; i += 1) olds.push(i);
  for (; j < after.rowCount; j += 1) nows.push(after.idAt(j));
  const waiting = waitingRows(olds, (position) => oldKey(before.idAt(position)));
  const added: number[] = [];
  for (const now of nows) {
    const position = olds.length === 0 ? undefined : waiting.take(nowKey(now));
    if (position === undefined) added.push(now);
    else {
      partners[position] = now;
      if (!same(before.idAt(position), now)) mayDiffer.push(position);
    }
  }
  const removed = olds.filter((position) => partners[position] === -1).map((position) => before.idAt(position));
  return { partners, mayDiffer: mayDiffer.sort((a, b) => a - b), removed, added };

  /** How many rows were removed or added here, where they are few; the rows behind them go in step again. */
  function nextInStep(oldAt: number, nowAt: number): { readonly before: number; readonly after: number } | undefined {
    const wantedNow = nowKey(after.idAt(nowAt));
    const wantedOld = oldKey(before.idAt(oldAt));
    for (let k = 1; k <= LOOK_AHEAD; k += 1) {
      if (oldAt + k < before.rowCount && oldKey(before.idAt(oldAt + k)) === wantedNow) return { before: k, after: 0 };
      if (nowAt + k < after.rowCount && nowKey(after.idAt(nowAt + k)) === wantedOld) return { before: 0, after: k };
    }
    // A row in the place of another.
    const following = oldAt + 1 < before.rowCount && nowAt + 1 < after.rowCount;
    if (following && oldKey(before.idAt(oldAt + 1)) === nowKey(after.idAt(nowAt + 1))) return { before: 1, after: 1 };
    return undefined;
  }
}

/** Positions by key, each given away once, the first of a key first. A list is made only where a key has several rows. */
function waitingRows(positions: readonly number[], keyOf: (position: number) => string) {
  const first = new Map<string, number>();
  const others = new Map<string, number[]>();
  for (const position of positions) {
    const key = keyOf(position);
    if (!first.has(key)) first.set(key, position);
    else {
      const list = others.get(key);
      if (list) list.push(position);
      else others.set(key, [position]);
    }
  }
  return {
    take(key: string): number | undefined {
      const position = first.get(key);
      if (position === undefined) return undefined;
      const following = others.get(key)?.shift();
      if (following === undefined) first.delete(key);
      else first.set(key, following);
      return position;
    },
  };
}

/** Whether two rows are written alike; one that was edited is compared by its cells. */
function sameRecord(before: RateTable, old: number, after: RateTable, now: number): boolean {
  if (before.isEdited(old) || after.isEdited(now)) return false;
  const from = before.csv.starts[old + 1] ?? 0;
  const to = after.csv.starts[now + 1] ?? 0;
  const length = (before.csv.ends[old + 1] ?? 0) - from;
  if (length !== (after.csv.ends[now + 1] ?? 0) - to) return false;
  const a = before.csv.text;
  const b = after.csv.text;
  for (let i = 0; i < length; i += 1) if (a.charCodeAt(from + i) !== b.charCodeAt(to + i)) return false;
  return true;
}
