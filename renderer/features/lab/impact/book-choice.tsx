import { FileInput, Group, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { KeepBook, KeptBook } from '#core/api/contracts/lab-rating.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import type { ImpactSettings } from './use-impact.ts';

const names = text.labImpact;

/** Which book somebody chose, before its file is read. */
export interface BookChoice {
  readonly kind: 'sampled' | 'in-force' | 'stored' | 'file';
  readonly count: number;
  readonly seed: string;
  readonly file: File | null;
  readonly map: File | null;
  /** Locator of a kept book. */
  readonly kept: string | null;
}
export const FIRST_BOOK: BookChoice = { kind: 'sampled', count: 1000, seed: 'book', file: null, map: null, kept: null };

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
          { value: 'stored', label: names.stored },
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
      {value.kind === 'stored' ? (
        <KeptBooks value={value.kept} onChange={(kept) => onChange({ ...value, kept })} />
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

function KeptBooks({
  value,
  onChange,
}: {
  readonly value: string | null;
  readonly onChange: (locator: string | null) => void;
}) {
  const kept = useQuery({
    queryKey: ['lab-books'],
    queryFn: async () => (await call<{ readonly books: readonly KeptBook[] }>('GET', '/api/lab/books')).books,
  });
  return (
    <Select
      label={names.keptBook}
      placeholder={kept.data?.length === 0 ? names.noKept : undefined}
      w={220}
      value={value}
      onChange={onChange}
      data={(kept.data ?? []).map(({ locator, name }) => ({ value: locator, label: name }))}
    />
  );
}

/** The book as it is asked for; reads its files. Undefined while there is none. */
export async function bookAsked(choice: BookChoice): Promise<ImpactSettings['book'] | undefined> {
  if (choice.kind === 'sampled') return { kind: 'sampled', count: choice.count, seed: choice.seed || 'book' };
  if (choice.kind === 'in-force') return { kind: 'in-force' };
  if (choice.kind === 'stored') return choice.kept === null ? undefined : { kind: 'stored', locator: choice.kept };
  return choice.file ? { kind: 'file', ...(await bookInFile(choice.file, choice.map)) } : undefined;
}

/** A file as a book, with what a mapping file says of its columns. Throws for a mapping that is no JSON. */
export async function bookInFile(file: File, mapFile: File | null): Promise<KeepBook> {
  const name = file.name.replace(/\.gz$/i, '');
  const content = await textOf(file);
  return { name, format: /\.csv$/i.test(name) ? 'csv' : 'ndjson', content, ...(await mapIn(mapFile)) };
}

async function mapIn(file: File | null): Promise<Pick<KeepBook, 'columns' | 'constants'>> {
  if (!file) return {};
  try {
    return JSON.parse(await file.text()) as Pick<KeepBook, 'columns' | 'constants'>;
  } catch (cause) {
    throw new Error(text.labBooks.noMap(file.name), { cause });
  }
}

function textOf(file: File): Promise<string> {
  if (!/\.gz$/i.test(file.name)) return file.text();
  return new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}
