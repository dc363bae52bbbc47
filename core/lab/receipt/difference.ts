import { canonicalJson, type JsonValue } from '#core/model/json.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import type { FirstDifference } from './confirmation.ts';

/** The first step that is not the same in two worksheets, in their order; undefined when they say the same (PR7). */
export function firstDifference(
  before: readonly WorksheetStep[],
  after: readonly WorksheetStep[],
  path: readonly string[] = [],
): FirstDifference | undefined {
  for (let at = 0; at < Math.max(before.length, after.length); at += 1) {
    const [a, b] = [before[at], after[at]];
    if (a?.kind === 'section' && b?.kind === 'section' && a.title === b.title) {
      const inside = firstDifference(a.steps, b.steps, [...path, a.title]);
      if (inside) return inside;
    } else if (!a || !b || essence(a) !== essence(b))
      return { path, before: a ? stepWords(a) : null, after: b ? stepWords(b) : null };
  }
  return undefined;
}

/** Whether two worksheets say the same. */
export const sameSteps = (a: readonly WorksheetStep[], b: readonly WorksheetStep[]): boolean =>
  firstDifference(a, b) === undefined;

/** A step without where it stands in a file, and without the size of objects, which fields that nobody read would change. */
function essence(step: WorksheetStep): string {
  const { place: _, ...rest } = step;
  const bare = step.kind === 'lookup' ? { ...rest, rows: [] } : rest;
  return canonicalJson(bare).replaceAll(/\((object|list) of \d+\)/g, '($1)');
}

/** A step as a person says it. */
export function stepWords(step: WorksheetStep): string {
  switch (step.kind) {
    case 'section':
      return step.title;
    case 'input':
      return `${step.path} is ${shown(step.value)}`;
    case 'lookup':
      return `table ${step.table} for ${step.keys.join(', ')} says ${step.found ? step.value : 'nothing'}`;
    case 'assign':
      return `${step.name} = ${shown(step.value)}`;
    case 'branch':
      return `${step.condition}: ${step.taken ? 'yes' : 'no'}`;
    case 'set':
      return `${step.filter} ${[...step.arguments, step.value].map(shown).join(' ')}`;
    case 'round':
      return `${step.what}: ${step.from} rounded to ${step.to}`;
    case 'amount':
      return `${step.what} = ${step.value}${step.formula ? ` (${step.formula})` : ''}`;
    case 'log':
      return step.text;
    case 'warning':
    case 'failure':
      return step.message;
  }
}

function shown(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
