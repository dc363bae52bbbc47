import type { Worksheet, WorksheetStep } from '#core/model/worksheet.ts';

const MOST_LINES = 40;

/** The section of the worksheet that made the amount; the whole of it for anything that belongs to no peril. */
export function explanation(worksheet: Worksheet, row: string | undefined): readonly string[] {
  const { steps } = worksheet;
  const section = row === undefined ? undefined : sectionOf(steps, row);
  const wanted = section ? [section] : steps.filter((step) => step.kind === 'section' && step.locator === undefined);
  return wanted.flatMap((step) => linesOf(step, 0)).slice(0, MOST_LINES);
}

function sectionOf(steps: readonly WorksheetStep[], locator: string): WorksheetStep | undefined {
  for (const step of steps) {
    if (step.kind !== 'section') continue;
    if (step.locator === locator) return step;
    const inside = sectionOf(step.steps, locator);
    if (inside) return inside;
  }
  return undefined;
}

function linesOf(step: WorksheetStep, depth: number): readonly string[] {
  const place = step.place?.line === undefined ? '' : `  (${step.place.file?.split('/').at(-1)}:${step.place.line})`;
  const line = `${'  '.repeat(depth)}${stepText(step)}${step.kind === 'section' ? '' : place}`;
  return step.kind === 'section' ? [line, ...step.steps.flatMap((inner) => linesOf(inner, depth + 1))] : [line];
}

function stepText(step: WorksheetStep): string {
  switch (step.kind) {
    case 'section':
      return step.title;
    case 'input':
      return `${step.path} is ${show(step.value)}`;
    case 'lookup':
      return `${step.table}[${step.keys.join(', ')}] ${step.found ? `= ${step.value}` : `MISSED${step.why ? ` (${step.why})` : ''}`}`;
    case 'assign':
      return `${step.name} = ${show(step.value)}`;
    case 'branch':
      return `${step.taken ? 'holds' : 'does not hold'}: ${step.condition}`;
    case 'set':
      return `${step.filter}: ${show(step.value)}`;
    case 'round':
      return `${step.what}: ${step.from} rounded to ${step.to}`;
    case 'amount':
      return `${step.what} = ${step.value}${step.formula ? ` (${step.formula})` : ''}`;
    case 'log':
      return `console: ${step.text}`;
    case 'warning':
    case 'failure':
      return `${step.kind}: ${step.message}`;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
