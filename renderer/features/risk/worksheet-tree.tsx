import { Badge } from '@mantine/core';
import type { JsonValue } from '#core/model/json.ts';
import type { Place } from '#core/model/problem.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { text } from '../../app/text.ts';

/** A worksheet as a tree that opens with mouse or keyboard; every line says what, how much, and from which line of which file. */
export function WorksheetTree({
  steps,
  open = true,
}: {
  readonly steps: readonly WorksheetStep[];
  readonly open?: boolean;
}) {
  return (
    <ul className="worksheet">
      {steps.map((step, index) => (
        // The steps of a worksheet never change place: it is a record of what happened, in order.
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        <li key={index} className={`step step-${step.kind}`}>
          {step.kind === 'section' ? (
            <details open={open && step.steps.length < 40}>
              <summary>
                <span className="step-what">{step.title}</span>
                <PlaceText place={step.place} />
              </summary>
              <WorksheetTree steps={step.steps} open={false} />
            </details>
          ) : (
            <Line step={step} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Line({ step }: { readonly step: Exclude<WorksheetStep, { kind: 'section' }> }) {
  const { what, value, tone } = describe(step);
  return (
    <div className="step-line">
      <span className="step-what">{what}</span>
      {tone ? (
        <Badge size="sm" variant="light" color={tone.color}>
          {tone.word}
        </Badge>
      ) : null}
      <span className="step-value">{value}</span>
      <PlaceText place={step.place} />
    </div>
  );
}

interface Description {
  readonly what: string;
  readonly value: string;
  readonly tone?: { readonly color: string; readonly word: string };
}

function describe(step: Exclude<WorksheetStep, { kind: 'section' }>): Description {
  switch (step.kind) {
    case 'input':
      return { what: step.path, value: show(step.value) };
    case 'lookup':
      return {
        what: `${text.risk.fromTable(step.table)} [${step.keys.join(', ')}]${step.why ? `: ${step.why}` : ''}`,
        value: step.found ? (step.value ?? '') : '',
        ...(step.found ? {} : { tone: { color: 'red', word: text.risk.missed } }),
      };
    case 'assign':
      return { what: step.expression ? `${step.name} = ${step.expression}` : step.name, value: show(step.value) };
    case 'branch':
      return {
        what: step.condition,
        value: '',
        tone: step.taken ? { color: 'teal', word: text.risk.held } : { color: 'gray', word: text.risk.notHeld },
      };
    case 'set':
      return { what: [step.filter, ...step.arguments.map(show)].join(' '), value: show(step.value) };
    case 'round':
      return { what: `${step.what}: ${step.from} → ${step.decimals}`, value: step.to };
    case 'amount':
      return { what: step.formula ? `${step.what} = ${step.formula}` : step.what, value: step.value };
    case 'log':
      return { what: step.text, value: step.level };
    case 'warning':
      return { what: step.message, value: '', tone: { color: 'orange', word: '!' } };
    case 'failure':
      return { what: step.message, value: '', tone: { color: 'red', word: '✕' } };
  }
}

function show(value: JsonValue): string {
  if (value === null) return 'nil';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function PlaceText({ place }: { readonly place: Place | undefined }) {
  if (!place?.file) return null;
  const name = place.file.slice(place.file.lastIndexOf('/') + 1);
  return (
    <span className="step-place" title={place.file}>
      {place.line ? `${name}:${place.line}` : name}
    </span>
  );
}
