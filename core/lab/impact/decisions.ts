import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { DecidedBook } from '../contract.ts';
import type { RatingControl } from '../rating/contract.ts';
import { type Impact, programOf } from './impact.ts';

/** What rules said of a risk; `failed` where they, or its price, said what is wrong with it. */
export type Outcome = UnderwritingDecision | 'failed';
export type OutcomeCounts = Readonly<Record<Outcome, number>>;

export interface DecisionSide {
  readonly outcome: Outcome;
  readonly notes: readonly string[];
  /** Why there is no decision. */
  readonly problem?: string;
}
/** A risk that another version decides on otherwise. */
export interface ChangedDecision {
  /** Place in the book, from 0. */
  readonly index: number;
  readonly key: string;
  readonly before: DecisionSide;
  readonly after: DecisionSide;
}
export interface ComparedDecisions {
  readonly before: OutcomeCounts;
  readonly after: OutcomeCounts;
  /** How many went from one outcome to another; none from one to itself. */
  readonly moves: readonly { readonly from: Outcome; readonly to: Outcome; readonly count: number }[];
  /** In the order of the book. */
  readonly changed: readonly ChangedDecision[];
  /** Risks with the same decision and other notes. */
  readonly otherNotes: number;
}

const OUTCOMES: readonly Outcome[] = ['accept', 'none', 'reject', 'failed'];

/** What was said of one risk after the other. */
export function sidesOf({ keys, decisions, notes, failures }: DecidedBook): readonly DecisionSide[] {
  const problems = new Map(failures.map(({ index, message }) => [index, message]));
  return keys.map((_, index) => {
    const outcome = decisions[index];
    if (outcome) return { outcome, notes: notes[index] ?? [] };
    return { outcome: 'failed', notes: [], problem: problems.get(index) ?? 'There is no decision.' };
  });
}

export function countedOutcomes(sides: readonly DecisionSide[]): OutcomeCounts {
  const counts = { accept: 0, none: 0, reject: 0, failed: 0 };
  for (const { outcome } of sides) counts[outcome] += 1;
  return counts;
}

/** Two versions over one book, risk by risk (UB7). */
export function comparedDecisions(before: DecidedBook, after: DecidedBook): ComparedDecisions {
  const [was, is] = [sidesOf(before), sidesOf(after)];
  const changed: ChangedDecision[] = [];
  let otherNotes = 0;
  was.forEach((one, index) => {
    const other = is[index] ?? { outcome: 'failed', notes: [] };
    if (one.outcome !== other.outcome)
      changed.push({ index, key: before.keys[index] ?? '', before: one, after: other });
    else if (one.notes.join('\n') !== other.notes.join('\n')) otherNotes += 1;
  });
  const moves = OUTCOMES.flatMap((from) =>
    OUTCOMES.map((to) => {
      const count = changed.filter((one) => one.before.outcome === from && one.after.outcome === to).length;
      return { from, to, count };
    }),
  ).filter(({ count }) => count > 0);
  return { before: countedOutcomes(was), after: countedOutcomes(is), moves, changed, otherNotes };
}

/** What the rules of both sides of an impact say of its book. Throws `wrong-state` for a side without rules (UB5). */
export async function decideImpact(
  { book, sides, product }: Impact,
  control: RatingControl = {},
): Promise<ComparedDecisions> {
  const before = await book.resident.decide(programOf(book, sides.before, product), control);
  const after = await book.resident.decide(programOf(book, sides.after, product), control);
  return comparedDecisions(before, after);
}
