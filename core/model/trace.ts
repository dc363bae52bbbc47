import type { SectionStep, WorksheetStep } from './worksheet.ts';

/**
 * Collects the steps of a worksheet as the work goes on, so that a failure leaves the part that was done. Where no worksheet is
 * wanted there is no Trace, and `trace?.add(…)` does not even build the step.
 */
export class Trace {
  readonly #steps: WorksheetStep[];

  constructor(steps: WorksheetStep[] = []) {
    this.#steps = steps;
  }

  get steps(): readonly WorksheetStep[] {
    return this.#steps;
  }

  add(...steps: readonly WorksheetStep[]): void {
    for (const step of steps) this.#steps.push(step);
  }

  warn(message: string, place?: SectionStep['place']): void {
    this.add({ kind: 'warning', message, ...(place ? { place } : {}) });
  }

  /** A part of the work with steps of its own; it stands in the worksheet from now on. */
  section(title: string, more: Pick<SectionStep, 'locator' | 'place'> = {}): Trace {
    const steps: WorksheetStep[] = [];
    this.add({ kind: 'section', title, ...more, steps });
    return new Trace(steps);
  }

  /** Adds the steps of a guest run; every missed lookup is followed by a warning that names table, key and place. */
  addGuestSteps(steps: readonly WorksheetStep[]): void {
    for (const step of steps) {
      this.add(step.kind === 'section' ? { ...step, steps: guestSteps(step.steps) } : step);
      if (step.kind === 'lookup' && !step.found) this.add(missed(step));
    }
  }
}

function guestSteps(steps: readonly WorksheetStep[]): readonly WorksheetStep[] {
  const trace = new Trace();
  trace.addGuestSteps(steps);
  return trace.steps;
}

function missed(step: Extract<WorksheetStep, { kind: 'lookup' }>): WorksheetStep {
  const keys = step.keys.map((key) => `"${key}"`).join(', ');
  const place = step.place?.file ? ` (${step.place.file}:${step.place.line ?? '?'})` : '';
  const why = step.why ? `: ${step.why}` : '';
  const answer = step.place?.file?.startsWith('scripts/') ? 'an empty text' : 'nil';
  return {
    kind: 'warning',
    message: `Table "${step.table}" has no row for ${keys || 'an empty key'}${place}${why}. The lookup answered ${answer}, which counts as 0 in arithmetic.`,
    ...(step.place ? { place: step.place } : {}),
  };
}
