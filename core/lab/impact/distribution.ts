import { Problem } from '#core/model/problem.ts';
import type { Comparison, Sums } from './comparison.ts';
import { SumsOf } from './comparison.ts';

/**
 * Risks whose change lies in a band. `range`: at least `from` and below `to` percent, null where it is open. `same`: not a cent of
 * change. `new`: nothing was paid before, so that there is no percentage.
 */
export interface Band extends Sums {
  readonly kind: 'range' | 'same' | 'new';
  /** Percent. */
  readonly from: number | null;
  readonly to: number | null;
}

/** Edges of the bands of a filing, percent. */
export const USUAL_EDGES: readonly number[] = [-20, -10, -5, 0, 5, 10, 20];
const MOST_EDGES = 200;

/**
 * The bands between the edges, every risk in exactly one (IM5): the open ones at both ends come along, unchanged risks have a band
 * of their own where 0 is an edge or between two, and risks without a premium before are the last.
 * @param edges percent with at most two decimals, ascending
 */
export function bandsOf(comparison: Comparison, edges: readonly number[] = USUAL_EDGES): readonly Band[] {
  const bounds = checkedEdges(edges);
  const ranges = [...bounds.map(() => new SumsOf()), new SumsOf()];
  const [same, fresh] = [new SumsOf(), new SumsOf()];
  const { before, after } = comparison;
  for (let at = 0; at < before.length; at += 1) {
    const [was, is] = [before[at] ?? 0, after[at] ?? 0];
    if (was === is) same.add(comparison, at);
    else if (was === 0) fresh.add(comparison, at);
    else ranges[bandOf(was, is, bounds)]?.add(comparison, at);
  }
  const bands: Band[] = [];
  ranges.forEach((sums, band) => {
    const [from, to] = [edges[band - 1] ?? null, edges[band] ?? null];
    // Unchanged stands before the first band that begins at nothing or above it.
    if (from !== null && from >= 0 && !bands.some(({ kind }) => kind === 'same')) bands.push(sameBand(same));
    bands.push({ kind: 'range', from, to, ...sums.result });
  });
  if (!bands.some(({ kind }) => kind === 'same')) bands.push(sameBand(same));
  bands.push({ kind: 'new', from: null, to: null, ...fresh.result });
  return bands;
}

const sameBand = (sums: SumsOf): Band => ({ kind: 'same', from: 0, to: 0, ...sums.result });

function checkedEdges(edges: readonly number[]): readonly number[] {
  const bounds = edges.map((edge) => Math.round(edge * 100));
  const wrong = bounds.findIndex(
    (bound, at) =>
      !Number.isSafeInteger(bound) ||
      Math.abs(bound - (edges[at] ?? 0) * 100) > 1e-6 ||
      bound <= (bounds[at - 1] ?? Number.NEGATIVE_INFINITY),
  );
  if (wrong < 0 && edges.length > 0 && edges.length <= MOST_EDGES) return bounds;
  throw new Problem(
    'malformed-request',
    wrong >= 0
      ? `The edge ${edges[wrong]} does not fit: edges are percentages with at most two decimals, each above the one before.`
      : `Give 1 to ${MOST_EDGES} edges, not ${edges.length}.`,
    { place: { field: 'edges' } },
  );
}

/** Number of the band by integers alone: (after − before) ÷ |before| ≥ bound ÷ 10,000, multiplied out (IM3). */
function bandOf(was: number, is: number, bounds: readonly number[]): number {
  const moved = (is - was) * 10_000;
  const size = Math.abs(was);
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (moved >= (bounds[middle] ?? 0) * size) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same bands, narrow enough for a picture: all risks are in it, those far out in the open bins at the ends (IM6). */
export function histogramOf(comparison: Comparison, bins = 40): readonly Band[] {
  const changes = changesOf(comparison);
  if (changes.length === 0) return bandsOf(comparison, [0]);
  const [low, high] = [quantile(changes, 0.01), quantile(changes, 0.99)];
  const width = STEPS.find((step) => Math.max(high, 0) - Math.min(low, 0) <= step * (bins - 2)) ?? 1_000;
  // A book that moves beyond all measure is cut off: the open bins hold what is left.
  const first = Math.max(Math.floor(Math.min(low, 0) / width), -bins);
  const last = Math.min(Math.ceil(Math.max(high, 0) / width), bins);
  const edges = Array.from({ length: last - first + 1 }, (_, at) => Math.round((first + at) * width * 100) / 100);
  return bandsOf(comparison, edges);
}

/** Widths that people read at a glance, percent. */
const STEPS = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 200, 500];

/** Changes in percent, ascending, of the risks that paid something before. For pictures and quantiles only. */
export function changesOf({ before, after }: Comparison): Float64Array {
  const changes = before.map((was, at) => (((after[at] ?? 0) - was) / Math.abs(was)) * 100);
  return changes.filter((change) => Number.isFinite(change)).sort();
}

/** @param sorted ascending, not empty; @param share 0 to 1; the nearest rank */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}
