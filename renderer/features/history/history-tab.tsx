import { Button, Select, Skeleton, Text, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { PolicyHistoryEntry } from '#core/api/contracts/history.ts';
import { csvText } from '#core/model/csv.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { saveFile } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { HistoryEntry } from './history-entry.tsx';
import './history.css';
import { authorWords, entryWords, historyRows, type Notation } from './words.ts';

/** Who changed what when, and what it was before. */
export function HistoryTab({
  locator,
  name,
  ...notation
}: Notation & { readonly locator: string; readonly name: string }) {
  const { currency, timeZone } = notation;
  const [words, setWords] = useState('');
  const [author, setAuthor] = useState<string | null>(null);
  const [kind, setKind] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const history = useQuery({
    queryKey: ['history', locator],
    queryFn: () => call<readonly PolicyHistoryEntry[]>('GET', `/api/policies/${encodeURIComponent(locator)}/history`),
    // Whatever happened on another part of the risk stands here when one comes back.
    staleTime: 0,
  });
  const entries = history.data ?? [];
  const authors = [...new Set(entries.map(authorWords))].sort();
  const kinds = [...new Set(entries.flatMap(({ records }) => records.map(({ type }) => type)))];
  const shown = useMemo(
    () =>
      (history.data ?? []).filter(
        (entry) =>
          (author === null || authorWords(entry) === author) &&
          (kind === null || entry.records.some(({ type }) => type === kind)) &&
          (words.trim() === '' || entryWords(entry, { currency, timeZone }).includes(words.trim().toLowerCase())),
      ),
    [history.data, author, kind, words, currency, timeZone],
  );
  const save = (): void => {
    saveFile(text.history.file(name), csvText(historyRows(shown, notation)), 'text/csv;charset=utf-8').catch(
      toastFailure,
    );
  };
  useActions(text.history.title, [
    { label: text.history.filter, keys: '/', run: () => field.current?.focus() },
    { label: text.history.export, run: save },
  ]);
  return (
    <section aria-label={text.history.title} className="history">
      <div className="history-bar">
        <TextInput
          ref={field}
          aria-label={text.history.filter}
          placeholder={text.history.filter}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Select
          aria-label={text.history.author}
          placeholder={text.history.everybody}
          data={authors}
          value={author}
          onChange={setAuthor}
          clearable
        />
        <Select
          aria-label={text.history.kind}
          placeholder={text.history.everything}
          data={kinds.map((type) => ({ value: type, label: text.history.kinds[type] }))}
          value={kind}
          onChange={setKind}
          clearable
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          disabled={shown.length === 0}
          onClick={save}
        >
          {text.history.export}
        </Button>
      </div>
      {history.error ? <Failure error={history.error} /> : null}
      {history.isPending ? <Skeleton height={240} /> : null}
      {history.data && shown.length === 0 ? (
        <Text c="dimmed" size="sm" mt="md">
          {text.history.none}
        </Text>
      ) : null}
      <ol className="history-list">
        {shown.map((entry) => (
          <HistoryEntry key={entry.id} entry={entry} notation={notation} />
        ))}
      </ol>
    </section>
  );
}
