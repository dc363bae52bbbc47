import { FileInput, Group, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { text } from '../../../app/text.ts';
import type { ImpactSettings } from './use-impact.ts';

const names = text.labImpact;

/** Which book somebody chose, before its file is read. */
export interface BookChoice {
  readonly kind: 'sampled' | 'in-force' | 'file';
  readonly count: number;
  readonly seed: string;
  readonly file: File | null;
  readonly map: File | null;
}
export const FIRST_BOOK: BookChoice = { kind: 'sampled', count: 1000, seed: 'book', file: null, map: null };

interface BookChoiceProps {
  readonly value: BookChoice;
  readonly onChange: (value: BookChoice) => void;
}

export function BookFields({ value, onChange }: BookChoiceProps) {
  return (
    <Group gap="xs" align="end" wrap="nowrap">
      <SegmentedControl
        size="xs"
        aria-label={names.book}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind: kind as BookChoice['kind'] })}
        data={[
          { value: 'sampled', label: names.sampled },
          { value: 'in-force', label: names.inForce },
          { value: 'file', label: names.file },
        ]}
      />
      {value.kind === 'sampled' ? (
        <>
          <NumberInput
            size="xs"
            label={names.count}
            min={1}
            max={1_000_000}
            w={92}
            value={value.count}
            onChange={(count) => onChange({ ...value, count: Math.min(1_000_000, Math.max(1, Number(count) || 1)) })}
          />
          <TextInput
            label={names.seed}
            w={80}
            value={value.seed}
            onChange={(event) => onChange({ ...value, seed: event.currentTarget.value })}
          />
        </>
      ) : null}
      {value.kind === 'file' ? (
        <>
          <FileInput
            label={names.bookFile}
            accept=".csv,.ndjson,.jsonl,.gz"
            w={170}
            value={value.file}
            onChange={(file) => onChange({ ...value, file })}
          />
          <FileInput
            label={names.mapFile}
            accept=".json"
            w={150}
            clearable
            value={value.map}
            onChange={(map) => onChange({ ...value, map })}
          />
        </>
      ) : null}
    </Group>
  );
}

/** The book as it is asked for; reads its files. Undefined while there is none. */
export async function bookAsked(choice: BookChoice): Promise<ImpactSettings['book'] | undefined> {
  if (choice.kind === 'sampled') return { kind: 'sampled', count: choice.count, seed: choice.seed || 'book' };
  if (choice.kind === 'in-force') return { kind: 'in-force' };
  if (!choice.file) return undefined;
  const name = choice.file.name.replace(/\.gz$/i, '');
  const map = choice.map ? (JSON.parse(await choice.map.text()) as object) : {};
  const content = await textOf(choice.file);
  return { kind: 'file', name, format: /\.csv$/i.test(name) ? 'csv' : 'ndjson', content, ...map };
}

function textOf(file: File): Promise<string> {
  if (!/\.gz$/i.test(file.name)) return file.text();
  return new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}
