import type { Effect } from '#core/liquid/contract.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { AutomatedUnderwritingResultResponse, UnderwritingDecision } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Trace } from '#core/model/trace.ts';

/** What rules said: pure, so that it can be read wherever they run. */
export type Verdict = Pick<AutomatedUnderwritingResultResponse, 'decision' | 'notes'>;

/** Checks what a plugin answered (U4, U5). Throws underwriting-failed that says what came. */
export function readAnswer(answer: JsonValue, path: string, trace?: Trace): Verdict {
  const place = { file: `scripts/${path}` };
  const refuse = (what: string): Problem =>
    new Problem('underwriting-failed', `getUnderwritingResult in scripts/${path} ${what}`, { place });
  if (!isObject(answer)) throw refuse(`answered ${shown(answer)}; expected {decision, notes}.`);
  const { decision, notes } = answer;
  if (!isDecision(decision)) {
    throw refuse(`answered the decision ${shown(decision)}; expected "accept", "reject" or "none".`);
  }
  if (notes === undefined || notes === null) return { decision, notes: [] };
  if (!Array.isArray(notes)) throw refuse(`answered notes ${shown(notes)}; expected a list of texts.`);
  return {
    decision,
    notes: notes.map((note: JsonValue) => {
      if (typeof note === 'string') return note;
      trace?.warn(`The note ${shown(note)} is no text; it is kept as it is written here.`, place);
      return JSON.stringify(note);
    }),
  };
}

/** What the calls of a guidelines file amount to (U7, U8). */
export function verdictOf(effects: readonly Effect[], file: string, trace?: Trace): Verdict {
  let decision: UnderwritingDecision | undefined;
  const notes: string[] = [];
  for (const effect of effects) {
    const place = { file, line: effect.line };
    if (effect.filter === 'set_underwriting_decision') {
      if (!isDecision(effect.value)) {
        throw new Problem(
          'underwriting-failed',
          `${file}:${effect.line}: set_underwriting_decision was given ${shown(effect.value)}; expected "accept" or "reject".`,
          { place },
        );
      }
      decision = effect.value;
    } else if (effect.filter === 'add_underwriting_note') {
      if (effect.value === null) trace?.warn('add_underwriting_note was given nothing (nil): no note.', place);
      else notes.push(String(effect.value));
    } else {
      trace?.warn(`${effect.filter} has no meaning in underwriting guidelines: ignored.`, place);
    }
  }
  if (decision === undefined) trace?.warn('No rule called set_underwriting_decision: the decision is none.', { file });
  return { decision: decision ?? 'none', notes };
}

function isDecision(value: unknown): value is UnderwritingDecision {
  return value === 'accept' || value === 'reject' || value === 'none';
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
