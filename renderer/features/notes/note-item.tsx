import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Note } from '#core/api/contracts/notes.ts';
import { call } from '../../app/client.ts';
import { moment } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { Due, today } from './due.tsx';
import { onSubmitKey, refreshNotes } from './note-parts.ts';

type NoteChange = Partial<Pick<Note, 'text' | 'done' | 'removed'>> & { readonly due?: string | null };

/** Changes a note; what it says afterwards comes back. */
function useNoteChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ note, change }: { readonly note: Note; readonly change: NoteChange }) =>
      call<Note>('PATCH', `/api/notes/${note.locator}`, { version: note.version, ...change }),
    onSuccess: () => refreshNotes(queries),
  });
}

/** One note: who wrote what when, when it is due, and what can be done with it. */
export function NoteItem({ note, timeZone }: { readonly note: Note; readonly timeZone: string }) {
  const [editing, setEditing] = useState(false);
  const change = useNoteChange();
  const apply = async (what: NoteChange, said?: string, back?: NoteChange): Promise<void> => {
    try {
      const changed = await change.mutateAsync({ note, change: what });
      if (said && back) toast(said, () => change.mutate({ note: changed, change: back }));
    } catch (error) {
      toastFailure(error);
    }
  };
  if (editing) return <NoteEditor note={note} onClose={() => setEditing(false)} />;
  return (
    <li className={note.done ? 'note done' : 'note'}>
      <Text size="sm" className="note-text">
        {note.erased ? <em>{text.notes.erased}</em> : note.text}
      </Text>
      <Group justify="space-between" gap="xs" className="note-foot">
        <Text size="xs" c="dimmed">
          {note.author} · {moment(note.createdTimestamp, timeZone)}
          {note.updatedTimestamp === note.createdTimestamp
            ? ''
            : ` · ${text.notes.edited(moment(note.updatedTimestamp, timeZone))}`}
          {note.due === undefined || note.done ? null : (
            <>
              {' · '}
              <Due due={note.due} now={today(timeZone)} />
            </>
          )}
          {note.done ? ` · ${text.notes.done}` : ''}
        </Text>
        {note.erased ? null : (
          <Group gap={2}>
            {note.due === undefined ? null : (
              <Button
                variant="subtle"
                size="compact-xs"
                onClick={() =>
                  apply({ done: !note.done }, note.done ? undefined : text.notes.markedDone, { done: false })
                }
              >
                {note.done ? text.notes.reopen : text.notes.markDone}
              </Button>
            )}
            <Button variant="subtle" size="compact-xs" onClick={() => setEditing(true)}>
              {text.notes.edit}
            </Button>
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              onClick={() => apply({ removed: true }, text.notes.removed, { removed: false })}
            >
              {text.notes.remove}
            </Button>
          </Group>
        )}
      </Group>
    </li>
  );
}

function NoteEditor({ note, onClose }: { readonly note: Note; readonly onClose: () => void }) {
  const [words, setWords] = useState(note.text);
  const [due, setDue] = useState(note.due ?? '');
  const change = useNoteChange();
  const save = (): void =>
    change.mutate({ note, change: { text: words, due: due === '' ? null : due } }, { onSuccess: onClose });
  return (
    <li className="note">
      <form
        className="note-composer"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onClose();
        }}
      >
        <Textarea
          className="note-words"
          label={text.notes.edit}
          autosize
          autoFocus
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={onSubmitKey(save)}
        />
        <TextInput
          type="date"
          label={text.notes.due}
          value={due}
          onChange={(event) => setDue(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button type="submit" disabled={words.trim() === ''} loading={change.isPending}>
            {text.notes.save}
          </Button>
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
        </Group>
        {change.error ? <Failure error={change.error} /> : null}
      </form>
    </li>
  );
}
