/** Height of a row and of the head, as the style sheet has them. */
export const ROW = 26;
export const HEAD = 28;
/** Browsers draw nothing beyond some 17 million pixels (Firefox) or 33 (Chromium). */
const MOST_HEIGHT = 15_000_000;

/** How rows lie under a scroll bar: one to one, or squeezed where the table is higher than a browser can scroll. */
export interface Geometry {
  /** Height of the scrolled space. */
  readonly space: number;
  /** Height of all rows and the head. */
  readonly whole: number;
  /** Where the rows begin for a place of the scroll bar, in pixels of rows. */
  rowsAt(scrollTop: number, sight: number): number;
  /** The place of the scroll bar for rows that begin there. */
  scrollFor(rows: number, sight: number): number;
}

export function geometryOf(count: number): Geometry {
  // One row more than there are: below the last one there is room to see that it is the last.
  const whole = (count + 1) * ROW + HEAD;
  const space = Math.min(whole, MOST_HEIGHT);
  const ratio = (sight: number): number => (space > sight ? Math.max(0, whole - sight) / (space - sight) : 1);
  return {
    space,
    whole,
    rowsAt: (scrollTop, sight) => (whole === space ? scrollTop : scrollTop * ratio(sight)),
    scrollFor: (rows, sight) => (whole === space ? rows : rows / ratio(sight)),
  };
}

/** Widths of columns by their names and what their first rows hold. */
export function widthsOf(columns: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return columns.map((name, column) => {
    const longest = Math.max(name.length + 2, ...rows.map((row) => (row[column] ?? '').length));
    return Math.max(72, Math.min(320, Math.round(longest * 7.6) + 20));
  });
}
