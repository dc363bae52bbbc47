import type { JsonValue } from './json.ts';
import type { Place } from './problem.ts';
import type { AskedPart, Worksheet, WorksheetStep } from './worksheet.ts';

/** A call of an underwriting rule: a decision or a note, or whatever else its author called. */
export interface RuleEffect {
  readonly filter: string;
  readonly value: JsonValue;
  readonly place?: Place;
}
/** One condition of the guidelines as it was asked once; a rule in a loop is asked for every turn. */
export interface Rule {
  /** In the author's words. */
  readonly condition: string;
  /** Of an `else`: the condition before it that did not hold. */
  readonly otherwise?: string;
  readonly held: boolean;
  /** Whether it, or a rule inside it, set a decision or a note. */
  readonly fired: boolean;
  /** Whether the decision of the worksheet is the one that this rule, or one inside it, set last. */
  readonly decides: boolean;
  /** Of an `else`: what the condition before it was asked. */
  readonly asked: readonly AskedPart[];
  /** What it did; of a rule that did not hold, what it would have done. */
  readonly does: readonly RuleEffect[];
  readonly inside: readonly Rule[];
  readonly place?: Place;
}
/** How a decision was reached, as far as its worksheet tells. */
export interface RuleBook {
  /** Plugins have no conditions that could be listed: their worksheet is what they looked up, logged and answered. */
  readonly by: 'guidelines' | 'plugin' | 'nothing';
  /** The file that decided. */
  readonly file?: string;
  /** Calls that no condition guards, such as an `accept` at the top that later rules overrule. */
  readonly always: readonly RuleEffect[];
  readonly rules: readonly Rule[];
  /** Of a plugin: its lookups, console and answer. Of both: warnings and failures. */
  readonly remarks: readonly WorksheetStep[];
}

interface Draft {
  readonly step: Extract<WorksheetStep, { kind: 'branch' }>;
  /** Of an `else`: the condition before it. */
  readonly before?: Draft['step'];
  readonly does: RuleEffect[];
  readonly inside: Draft[];
}

/**
 * The rules of an underwriting worksheet, fired or not, in the order in which they were asked (core/underwriting/SPEC.md, U13).
 * Rules inside a branch that was not taken were not asked and are not among them. Pure.
 */
export function rulesOf(worksheet: Worksheet): RuleBook {
  const section = worksheet.steps.find((step) => step.kind === 'section');
  const file = section?.place?.file;
  const inner = section?.steps ?? [];
  const remarks = [...worksheet.steps, ...inner].filter(({ kind }) => kind === 'warning' || kind === 'failure');
  const source = file === undefined ? {} : { file };
  if (!section) return { by: 'nothing', always: [], rules: [], remarks };
  if (!file?.endsWith('.liquid')) {
    const said = inner.filter(({ kind }) => kind !== 'warning' && kind !== 'failure');
    return { by: 'plugin', ...source, always: [], rules: [], remarks: [...remarks, ...said] };
  }
  const always: RuleEffect[] = [];
  const drafts: Draft[] = [];
  /** The rules around the work at hand, from the outside in. */
  const around: Draft[] = [];
  let decision: RuleEffect | undefined;
  for (const step of inner) {
    if (step.kind !== 'branch' && step.kind !== 'set') continue;
    const depth = step.depth ?? 0;
    around.length = Math.min(around.length, depth);
    const parent = around.at(-1);
    if (step.kind === 'set') {
      const effect = { filter: step.filter, value: step.value, ...(step.place ? { place: step.place } : {}) };
      if (step.filter === 'set_underwriting_decision') decision = effect;
      (parent?.does ?? always).push(effect);
    } else {
      const siblings = parent?.inside ?? drafts;
      const before = step.condition === 'else' ? siblings.at(-1)?.step : undefined;
      const draft: Draft = { step, ...(before ? { before } : {}), does: [...(step.would ?? [])], inside: [] };
      siblings.push(draft);
      if (step.taken) around.push(draft);
    }
  }
  return { by: 'guidelines', ...source, always, rules: drafts.map((draft) => ruleOf(draft, decision)), remarks };
}

function ruleOf({ step, before, does, inside }: Draft, decision: RuleEffect | undefined): Rule {
  const nested = inside.map((draft) => ruleOf(draft, decision));
  return {
    condition: step.condition,
    ...(before ? { otherwise: before.condition } : {}),
    held: step.taken,
    fired: step.taken && (does.length > 0 || nested.some(({ fired }) => fired)),
    decides: step.taken && ((decision !== undefined && does.includes(decision)) || nested.some((rule) => rule.decides)),
    asked: (before ?? step).asked ?? [],
    does,
    inside: nested,
    ...(step.place ? { place: step.place } : {}),
  };
}
