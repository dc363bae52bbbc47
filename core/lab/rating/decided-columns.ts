import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { DecidedBook, RiskFailure } from '../contract.ts';
import type { Decided } from './decide-risk.ts';

/** DecidedColumns of a book as they come in, each at its place. */
export class DecidedColumns {
  readonly #keys: readonly string[];
  readonly #decisions: (UnderwritingDecision | undefined)[];
  readonly #notes: (readonly string[])[];
  readonly #failures: RiskFailure[] = [];

  constructor(keys: readonly string[]) {
    this.#keys = keys;
    this.#decisions = keys.map(() => undefined);
    this.#notes = keys.map(() => NO_NOTES);
  }

  set(index: number, decided: Decided): void {
    if (!decided.ok) {
      this.fail(index, decided.error.code, decided.error.message);
      return;
    }
    this.decide(index, decided.decision);
    this.note(index, decided.notes);
  }

  decide(index: number, decision: UnderwritingDecision): void {
    this.#decisions[index] = decision;
  }

  note(index: number, notes: readonly string[]): void {
    this.#notes[index] = notes;
  }

  fail(index: number, code: string, message: string): void {
    this.#failures.push({ index, code, message });
  }

  book(): DecidedBook {
    return {
      keys: this.#keys,
      decisions: this.#decisions,
      notes: this.#notes,
      failures: this.#failures.sort((a, b) => a.index - b.index),
    };
  }
}

const NO_NOTES: readonly string[] = [];
