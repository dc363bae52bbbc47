/** What a check says of a table (RT15 to RT21). It names rows and cells, so that a screen can mark them. */
export interface TableFinding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code:
    | 'duplicate-key'
    | 'unreadable-number'
    | 'unreadable-date'
    | 'empty-band'
    | 'gap'
    | 'overlapping-bands'
    | 'not-monotone'
    | 'jump'
    | 'out-of-bounds'
    | 'formula-differs'
    | 'impossible-key'
    | 'option-without-key';
  /** What is wrong, with an example where there is one. */
  readonly message: string;
  /** Absent: the table as a whole. */
  readonly row?: number;
  readonly column?: number;
}

/** The values that a field can give a key column. */
export interface KeyDomain {
  /** Name of the key column. */
  readonly column: string;
  readonly field: string;
  readonly values: readonly string[];
}

/** More findings of one kind than this are only counted: somebody who sees these knows. */
export const MOST_FINDINGS = 200;

/** Collects findings up to a number of each kind. */
export class Findings {
  readonly #list: TableFinding[] = [];
  readonly #counts = new Map<TableFinding['code'], number>();

  add(finding: TableFinding): void {
    const count = (this.#counts.get(finding.code) ?? 0) + 1;
    this.#counts.set(finding.code, count);
    if (count <= MOST_FINDINGS) this.#list.push(finding);
  }

  /** With a last one for each kind of which there are more. */
  done(): readonly TableFinding[] {
    const order = { error: 0, warning: 1, info: 2 } as const;
    const more = [...this.#counts].flatMap(([code, count]): TableFinding[] => {
      const last = this.#list.findLast((finding) => finding.code === code);
      if (count <= MOST_FINDINGS || !last) return [];
      return [
        {
          severity: last.severity,
          code,
          message: `${(count - MOST_FINDINGS).toLocaleString('en')} more of this kind.`,
        },
      ];
    });
    return [...this.#list, ...more].sort((a, b) => order[a.severity] - order[b.severity]);
  }
}
