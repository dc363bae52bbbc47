import { Button, Skeleton, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Note } from '#core/api/contracts/notes.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { NoteItem } from './note-item.tsx';
import { onSubmitKey, refreshNotes } from './note-parts.ts';
import './notes.css';

/** What people wrote down about a risk, newest first. */
export function NotesTab({ locator, timeZone }: { readonly locator: string; readonly timeZone: string }) {
  const notes = useQuery({
    queryKey: ['notes', locator],
    queryFn: () => call<readonly Note[]>('GET', `/api/policies/${encodeURIComponent(locator)}/notes`),
  });
  return (
    <section aria-label={text.notes.title} className="notes-tab">
      <Composer locator={locator} />
      {notes.error ? <Failure error={notes.error} /> : null}
      {notes.isPending ? <Skeleton height={96} /> : null}
      {notes.data?.length === 0 ? (
        <div className="empty">
          <Title order={2}>{text.notes.empty}</Title>
          <Text c="dimmed">{text.notes.emptyHint}</Text>
        </div>
      ) : null}
      {notes.data && notes.data.length > 0 ? (
        <ol className="note-list">
          {notes.data.map((note) => (
            <NoteItem key={note.locator} note={note} timeZone={timeZone} />
          ))}
        </ol>
      ) : null}
    </section>
  );
}

function Composer({ locator }: { readonly locator: string }) {
  const [words, setWords] = useState('');
  const [due, setDue] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: () =>
      call<Note>('POST', `/api/policies/${encodeURIComponent(locator)}/notes`, {
        text: words,
        ...(due ? { due } : {}),
      }),
    onSuccess: async () => {
      setWords('');
      setDue('');
      await refreshNotes(queries);
    },
  });
  const ready = words.trim() !== '' && !add.isPending;
  useActions(text.notes.title, [{ label: text.notes.write, keys: 'n', run: () => field.current?.focus() }]);
  return (
    <form
      className="note-composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) add.mutate();
      }}
    >
      <Textarea
        ref={field}
        className="note-words"
        label={text.notes.write}
        placeholder={text.notes.placeholder}
        autosize
        minRows={2}
        maxRows={10}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={onSubmitKey(() => ready && add.mutate())}
      />
      <TextInput
        type="date"
        label={text.notes.due}
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!ready} loading={add.isPending} aria-keyshortcuts="Control+Enter Meta+Enter">
        {text.notes.add}
      </Button>
      {add.error ? <Failure error={add.error} /> : null}
    </form>
  );
}
