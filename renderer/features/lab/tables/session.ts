import type { LabTable } from '#core/api/contracts/lab-tables.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import type { TableChanges, TableEdit } from '#core/model/rate-table/edit.ts';
import type { TableFinding } from '#core/model/rate-table/findings.ts';
import { EditHistory } from '#core/model/rate-table/history.ts';
import { type MergeConflict, mergeTables, takeOurs } from '#core/model/rate-table/merge.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';

/** Another version of the table beside the one that is edited, with what differs. */
export interface Comparison {
  readonly version: number;
  readonly words: readonly string[];
  /** By row of the edited table: columns that differ; null for a row that the other version does not have. */
  readonly marks: ReadonlyMap<number, ReadonlySet<number> | null>;
  /** The other version's cell. */
  before(row: number, column: number): string | undefined;
}
export interface Corner {
  readonly row: number;
  readonly column: number;
}

/** A table that is open: its text, its edits, and what was found in it. It lives on while other screens are looked at. */
export class TableSession {
  readonly info: LabTable;
  /** The version whose text is edited. */
  readonly base: number;
  readonly table: RateTable;
  findings: readonly TableFinding[] = [];
  comparison: Comparison | undefined;
  conflicts: readonly MergeConflict[] = [];
  /** Positions, as the rows stand; kept so that one comes back to where one was. */
  active: Corner = { row: 0, column: 0 };
  anchor: Corner = { row: 0, column: 0 };
  /** Goes up whenever something that is shown changed. */
  shown = 0;
  readonly #history: EditHistory;
  readonly #listeners = new Set<() => void>();
  #other: { readonly version: number; readonly table: RateTable } | undefined;

  /** Throws a Problem for a file that can not be edited by cells. */
  constructor(info: LabTable, base: number, text: string) {
    this.info = info;
    this.base = base;
    this.table = new RateTable(text, { schema: info.schema, file: info.path });
    this.#history = new EditHistory(this.table);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  changed(): void {
    this.shown += 1;
    for (const listener of this.#listeners) listener();
  }

  get isEdited(): boolean {
    return this.#history.canUndo;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  edit(edit: TableEdit | undefined): void {
    if (!edit) return;
    this.#history.do(edit);
    this.changed();
  }

  undo(): void {
    this.#goTo(this.#history.undo());
  }

  redo(): void {
    this.#goTo(this.#history.redo());
  }

  /** What was just undone is what one wants to see. */
  #goTo(edit: TableEdit | undefined): void {
    if (!edit) return;
    const cells = edit.kind === 'group' ? edit.edits.find(({ kind }) => kind === 'cells') : edit;
    const row = cells?.kind === 'cells' ? this.table.positionOf(cells.rows.at(-1) ?? -1) : -1;
    if (cells?.kind === 'cells' && row >= 0) this.active = { row, column: cells.columns.at(-1) ?? 0 };
    const last = Math.max(0, this.table.rowCount - 1);
    this.active = { ...this.active, row: Math.min(this.active.row, last) };
    this.anchor = this.active;
    this.changed();
  }

  select(active: Corner, anchor: Corner = active): void {
    this.active = active;
    this.anchor = anchor;
    this.changed();
  }

  get block() {
    const { active, anchor } = this;
    return {
      top: Math.min(active.row, anchor.row),
      bottom: Math.max(active.row, anchor.row),
      left: Math.min(active.column, anchor.column),
      right: Math.max(active.column, anchor.column),
    };
  }

  /** Applies changes of the file, e.g. of an import, as one edit that can be undone. Only while nothing was edited. */
  take(changes: TableChanges): void {
    this.edit(this.table.editOf(changes));
  }

  compareWith(version: number, text: string): void {
    this.#other = { version, table: new RateTable(text, { schema: this.info.schema }) };
    this.compareAgain();
  }

  stopComparing(): void {
    this.#other = undefined;
    this.comparison = undefined;
    this.changed();
  }

  /** After edits: what differs now. */
  compareAgain(): void {
    if (!this.#other) return;
    const { version, table: other } = this.#other;
    const difference = compareTables(other, this.table);
    const marks = new Map<number, ReadonlySet<number> | null>();
    const partners = new Map<number, number>();
    for (const { before, after, columns } of difference.changed) {
      marks.set(after, new Set(columns));
      partners.set(after, before);
    }
    for (const row of difference.added) marks.set(row, null);
    this.comparison = {
      version,
      words: differenceWords(other, this.table, difference),
      marks,
      before: (row, column) => {
        const at = other.columns.indexOf(this.table.columns[column] ?? '');
        const partner = partners.get(row);
        return partner === undefined || at < 0 ? undefined : other.cell(partner, at);
      },
    };
    this.changed();
  }

  /** The same edits upon a newer version, with conflicts where both changed one cell (RT12, RT13). Throws `version-conflict`. */
  mergedInto(info: LabTable, version: number, text: string): TableSession {
    const merged = new TableSession(info, version, text);
    const base = new RateTable(this.table.csv.text, { schema: this.info.schema });
    const { changes, conflicts } = mergeTables(base, this.table, merged.table);
    merged.take(changes);
    merged.conflicts = conflicts;
    return merged;
  }

  choose(conflict: MergeConflict, side: 'ours' | 'theirs'): void {
    this.conflicts = this.conflicts.filter((other) => other !== conflict);
    if (side === 'ours') this.edit(takeOurs(this.table, conflict));
    else this.changed();
  }
}
