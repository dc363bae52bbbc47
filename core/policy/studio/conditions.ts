import type { BranchStep, Worksheet, WorksheetStep } from '#core/model/worksheet.ts';

/** A condition of a rule, with where it stands. */
export interface Condition {
  readonly condition: string;
  readonly file?: string;
  readonly line?: number;
}
export interface ConditionsThatDiffer {
  /** Held before the changes and do not after, or are not there any more. */
  readonly onlyBefore: readonly Condition[];
  readonly onlyAfter: readonly Condition[];
}

/** The conditions that hold on one side only: why a decision is another one (ST14). Scripts leave none behind. */
export function differing(before: Worksheet | undefined, after: Worksheet | undefined): ConditionsThatDiffer {
  const [was, is] = [held(before), held(after)];
  const without = (these: ReadonlyMap<string, Condition>, those: ReadonlyMap<string, Condition>) =>
    [...these].filter(([text]) => !those.has(text)).map(([, condition]) => condition);
  return { onlyBefore: without(was, is), onlyAfter: without(is, was) };
}

/** By their text: a rule that only moved to another line is the same one. */
function held(worksheet: Worksheet | undefined): ReadonlyMap<string, Condition> {
  const conditions = new Map<string, Condition>();
  for (const { condition, taken, place } of branches(worksheet?.steps ?? []))
    if (taken)
      conditions.set(condition, {
        condition,
        ...(place?.file === undefined ? {} : { file: place.file }),
        ...(place?.line === undefined ? {} : { line: place.line }),
      });
  return conditions;
}

function branches(steps: readonly WorksheetStep[]): readonly BranchStep[] {
  return steps.flatMap((step) =>
    step.kind === 'section' ? branches(step.steps) : step.kind === 'branch' ? [step] : [],
  );
}
