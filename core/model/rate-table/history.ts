import { type DerivedColumn, derivedColumns, recalculated } from './derived.ts';
import type { TableEdit } from './edit.ts';
import type { RateTable } from './rate-table.ts';

/** More steps than this are not undone: each holds what it replaced. */
const MOST_STEPS = 1_000;

/** The edits of a table that can be taken back, and those that were (RT6). Derived cells follow an edit within its step (RT26). */
export class EditHistory {
  readonly #table: RateTable;
  readonly #done: TableEdit[] = [];
  readonly #undone: TableEdit[] = [];
  readonly #derived: readonly DerivedColumn[];

  constructor(table: RateTable) {
    this.#table = table;
    this.#derived = derivedColumns(table);
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Does an edit; what had been undone can not be redone any more. */
  do(edit: TableEdit): void {
    const undo = this.#table.apply(edit);
    const follow = recalculated(this.#table, this.#derived, edit, undo);
    this.#done.push(follow ? { kind: 'group', edits: [this.#table.apply(follow), undo] } : undo);
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone.length = 0;
  }

  /** @returns what was done to undo, so that a screen can go there; undefined when there is nothing */
  undo(): TableEdit | undefined {
    return this.#move(this.#done, this.#undone);
  }

  redo(): TableEdit | undefined {
    return this.#move(this.#undone, this.#done);
  }

  #move(from: TableEdit[], to: TableEdit[]): TableEdit | undefined {
    const edit = from.pop();
    if (edit) to.push(this.#table.apply(edit));
    return edit;
  }
}
