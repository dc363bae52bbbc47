import { Badge, Button, Group, Text, TextInput } from '@mantine/core';
import { createContext, use, useState } from 'react';
import type { JsonValue } from '#core/model/json.ts';
import type { SectionStep, WorksheetStep } from '#core/model/worksheet.ts';
import { text } from '../../app/text.ts';
import { PlaceText } from '../../components/place-text.tsx';
import { usePrintSheet } from '../../components/print-sheet.tsx';

/** Where lines of a worksheet lead to, on a screen that shows the file beside it. */
export interface WorksheetPlaces {
  readonly open: (file: string, line: number) => void;
  /** The lines that this place made stand out. */
  readonly isMarked: (file: string, line: number) => boolean;
}
export const WorksheetPlacesContext = createContext<WorksheetPlaces | undefined>(undefined);

/** Titles from the outside in: which line of the worksheet somebody asked for. */
export type WorksheetPath = readonly string[];

interface WorksheetTreeProps {
  /** What it is the worksheet of, for the head of the printed page. */
  readonly title: string;
  readonly steps: readonly WorksheetStep[];
  /** Opened and brought into view, e.g. `['vehicle 1', 'collision']`; without one the outer sections are open. */
  readonly path?: WorksheetPath;
  /** Everything open at first. */
  readonly opened?: boolean;
}

/**
 * A worksheet as a tree that opens with mouse or keyboard; every line says what, how much, and from which line of which file. It can
 * be searched, opened as a whole, and printed to be followed by hand.
 */
export function WorksheetTree({ title, steps, path = [], opened = false }: WorksheetTreeProps) {
  const [wanted, want] = useState('');
  const [all, openAll] = useState(opened);
  const { print, sheet } = usePrintSheet(() => (
    <>
      <h1>{title}</h1>
      <Steps steps={steps} path={[]} open />
    </>
  ));
  const words = wanted.trim().toLowerCase();
  const found = words === '' ? steps : steps.flatMap((step) => matching(step, words));
  return (
    <div className="worksheet-view">
      <Group gap="xs" className="worksheet-bar">
        <TextInput
          aria-label={text.risk.findInWorksheet}
          placeholder={text.risk.findInWorksheet}
          value={wanted}
          onChange={(event) => want(event.currentTarget.value)}
          w={260}
        />
        <Button variant="subtle" color="gray" onClick={() => openAll(!all)}>
          {all ? text.risk.closeAll : text.risk.openAll}
        </Button>
        <Button variant="subtle" color="gray" onClick={print}>
          {text.risk.printWorksheet}
        </Button>
      </Group>
      {found.length === 0 ? <Text size="sm">{text.palette.nothing}</Text> : null}
      {/* Opened or searched anew it is another tree: what was opened by hand belonged to the one before. */}
      <Steps key={`${all} ${words}`} steps={found} path={path} outer open={all || words !== ''} />
      {sheet}
    </div>
  );
}

/** The step where it, or something in it, speaks of these words; a section keeps only what does. */
function matching(step: WorksheetStep, words: string): readonly WorksheetStep[] {
  if (step.kind !== 'section') return JSON.stringify(step).toLowerCase().includes(words) ? [step] : [];
  if (step.title.toLowerCase().includes(words)) return [step];
  const steps = step.steps.flatMap((inner) => matching(inner, words));
  return steps.length > 0 ? [{ ...step, steps }] : [];
}

/** The lines of a worksheet, without the bar to search and print it. */
export function Steps({
  steps,
  path = [],
  outer = false,
  open = false,
}: {
  readonly steps: readonly WorksheetStep[];
  readonly path?: WorksheetPath;
  readonly outer?: boolean;
  /** Every section open. */
  readonly open?: boolean;
}) {
  return (
    <ul className="worksheet">
      {steps.filter(speaks).map((step, index) => (
        // The steps of a worksheet never change place: it is a record of what happened, in order.
        // biome-ignore lint/suspicious/noArrayIndexKey: the order is the identity
        <li key={index} className={`step step-${step.kind}`}>
          {step.kind === 'section' ? (
            <Section section={step} path={path} outer={outer} open={open} />
          ) : (
            <Line step={step} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** A whole object that was read or named says nothing to people: its members follow when they are used. */
function speaks(step: WorksheetStep): boolean {
  return !((step.kind === 'input' || step.kind === 'assign') && String(step.value).startsWith('(object of'));
}

function Section({
  section,
  path,
  outer,
  open,
}: {
  readonly section: SectionStep;
  readonly path: WorksheetPath;
  readonly outer: boolean;
  readonly open: boolean;
}) {
  const wanted = path[0] === section.title;
  const last = wanted && path.length === 1;
  const result = resultOf(section);
  return (
    <details open={open || wanted || (outer && path.length === 0)}>
      <summary ref={last ? (element) => void element?.scrollIntoView({ block: 'start' }) : undefined}>
        <span className="step-what">{section.title}</span>
        <span className="step-value">{result}</span>
        <PlaceText place={section.place} />
      </summary>
      <Steps steps={section.steps} path={wanted ? path.slice(1) : []} open={open} />
    </details>
  );
}

/** What a section came to: its premium or tax as it was rounded last. */
function resultOf(section: SectionStep): string {
  const rounded = section.steps.findLast(
    (step) => step.kind === 'round' && (step.what === 'premium' || step.what.startsWith('tax')),
  );
  return rounded?.kind === 'round' ? rounded.to : '';
}

function Line({ step }: { readonly step: Exclude<WorksheetStep, { kind: 'section' }> }) {
  const { what, value, tone } = describe(step);
  const places = use(WorksheetPlacesContext);
  const { file, line } = step.place ?? {};
  const marked = places !== undefined && file !== undefined && line !== undefined && places.isMarked(file, line);
  return (
    <div className={marked ? 'step-line marked' : 'step-line'}>
      <span className="step-what">{what}</span>
      {tone ? (
        <Badge size="sm" variant="light" color={tone.color}>
          {tone.word}
        </Badge>
      ) : null}
      <span className="step-value">{value}</span>
      {places && file !== undefined && line !== undefined ? (
        <button
          type="button"
          className="step-place-link"
          title={file}
          aria-label={text.risk.toPlace(file.slice(file.lastIndexOf('/') + 1), line)}
          onClick={() => places.open(file, line)}
        >
          <PlaceText place={step.place} />
        </button>
      ) : (
        <PlaceText place={step.place} />
      )}
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
      return { what: text.risk.rounded(step.what, step.from, step.decimals), value: step.to };
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
