import type { LookupResult, TableIndex, TableSource } from '#core/model/table.ts';
import type { TableAnswer, TableQuestion } from '../messages.ts';

/** A run is stopped at its next lookup when it asked the same so often, or so much: it may go round in a circle for want of answers. */
const MOST_REPEATED = 256;
const MOST_OPEN = 5_000;

/** What guest code looks up in tables that stay with the pool: the answers that a run was told, and the questions that are open. */
export interface AskedTables {
  index(source: TableSource): TableIndex;
  /**
   * The answers of the run that comes.
   * @param text JSON of `TableAnswer[]`, '' for none
   * @param guess whether the run goes on after a missing answer, as after a missed key, to find what else it asks for
   */
  tell(text: string, guess: boolean): void;
  /** JSON text of the `TableQuestion[]` that had no answer; '' when there were none. The run means nothing then. */
  open(): string;
}

/** One text for one question: dates matter only where rows have any. */
export function questionKey({ table, keys, asOf, column }: TableQuestion): string {
  return JSON.stringify([table, keys, asOf ?? null, column ?? null]);
}

export function askedTables(): AskedTables {
  let told = new Map<string, LookupResult>();
  let missed = new Map<string, TableQuestion>();
  let [guessing, misses] = [true, 0];
  return {
    index: (source) => ({
      source,
      lookup(keys, asOf, column) {
        const question: TableQuestion = {
          table: source.name,
          keys,
          ...(source.schema?.effective && asOf !== undefined ? { asOf } : {}),
          ...(column === undefined ? {} : { column }),
        };
        const key = questionKey(question);
        const known = told.get(key);
        if (known) return known;
        missed.set(key, question);
        misses += 1;
        if (!guessing || missed.size >= MOST_OPEN || misses - missed.size > MOST_REPEATED)
          throw new Error('the workbench has to look this up first');
        return { found: false, value: null, rows: [], why: 'it was not looked up yet' };
      },
    }),
    tell(text, guess) {
      const answers: readonly TableAnswer[] = text === '' ? [] : JSON.parse(text);
      told = new Map(answers.map((answer) => [questionKey(answer), answer.result]));
      missed = new Map();
      [guessing, misses] = [guess, 0];
    },
    open: () => (missed.size === 0 ? '' : JSON.stringify([...missed.values()])),
  };
}
