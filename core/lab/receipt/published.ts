import * as z from 'zod';
import { parseDecimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import type { PublishedComparison } from './confirmation.ts';
import { stepWords } from './difference.ts';

/** Amounts that somebody else published, in the order of their calculation: `step` names a line of the worksheet. */
export const Published = z.strictObject({
  source: z.string().optional(),
  steps: z.array(z.strictObject({ step: z.string().min(1), amount: z.string() })).min(1),
});
export type Published = z.infer<typeof Published>;

interface Line {
  /** Titles of the sections and the name of the amount, lower case. */
  readonly path: readonly string[];
  readonly value: string;
  readonly around: readonly WorksheetStep[];
}

/**
 * Sets published amounts beside a worksheet and shows the first that differs (PR10). A step is named by the end of its path,
 * with `/` between: `gross premium`, `building / premium`; a section alone means its last premium.
 * Throws `not-found` for a step that the worksheet has not, with those that it has; `malformed-request` for no amount.
 */
export function comparePublished(published: Published, steps: readonly WorksheetStep[]): PublishedComparison {
  const lines = linesOf(steps, []);
  const compared = published.steps.map(({ step, amount }) => {
    const line = lineOf(step, lines);
    const [theirs, ours] = [parseDecimal(amount.replaceAll(',', '')), parseDecimal(line.value)];
    if (!theirs)
      throw new Problem('malformed-request', `"${amount}" of ${step} is no amount.`, { place: { field: step } });
    return { step, published: amount, rated: line.value, same: ours?.eq(theirs) ?? false, line };
  });
  const first = compared.findIndex(({ same }) => !same);
  return {
    ...(published.source === undefined ? {} : { source: published.source }),
    steps: compared.map(({ line: _, ...one }) => one),
    firstDiffering: first < 0 ? null : first,
    explanation: (compared[first]?.line.around ?? []).filter(({ kind }) => kind !== 'section').map(stepWords),
  };
}

function linesOf(steps: readonly WorksheetStep[], path: readonly string[]): readonly Line[] {
  return steps.flatMap((step): readonly Line[] => {
    if (step.kind === 'section') return linesOf(step.steps, [...path, step.title.toLowerCase()]);
    if (step.kind === 'amount') return [{ path: [...path, step.what.toLowerCase()], value: step.value, around: steps }];
    if (step.kind === 'round') return [{ path: [...path, step.what.toLowerCase()], value: step.to, around: steps }];
    return [];
  });
}

function lineOf(step: string, lines: readonly Line[]): Line {
  const wanted = step.split('/').map((part) => part.trim().toLowerCase());
  const endsIn = (path: readonly string[], end: readonly string[]): boolean =>
    end.every((part, index) => path[path.length - end.length + index] === part);
  const found =
    lines.findLast(({ path }) => endsIn(path, wanted)) ??
    lines.findLast(({ path }) => endsIn(path, [...wanted, 'premium']));
  if (found) return found;
  const known = [...new Set(lines.map(({ path }) => path.join(' / ')))].slice(0, 40).join('; ');
  throw new Problem('not-found', `The worksheet has no step "${step}". It has: ${known}.`, { place: { field: step } });
}
