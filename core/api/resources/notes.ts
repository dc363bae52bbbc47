import { addNote, changeNote, getNote, listDiary, listNotes } from '#core/policy/notes.ts';
import type { DiaryEntry, Note } from '../contracts/notes.ts';
import type { Door } from '../door.ts';
import { NoteAdd, NoteUpdate } from '../notes-schemas.ts';

const tag = 'Notes and diary';

/** Notes on policies, and the diary of those that are due. */
export function noteResources(door: Door): void {
  door.on(
    { method: 'get', path: '/api/policies/:locator/notes', tag, summary: 'Notes, newest first', answer: 'Note[]' },
    ({ desk, param }): readonly Note[] => listNotes(desk, param('locator')),
  );
  door.on(
    {
      method: 'post',
      path: '/api/policies/:locator/notes',
      tag,
      summary: 'Write a note; with a due date it stands in the diary',
      body: NoteAdd,
      answer: 'Note',
      status: 201,
    },
    ({ desk, param, body, caller }): Note => getNote(desk, addNote(desk, caller(), param('locator'), body)),
  );
  door.on(
    {
      method: 'patch',
      path: '/api/notes/:locator',
      tag,
      summary: 'Change a note, mark it done, take it away or bring it back',
      body: NoteUpdate,
      answer: 'Note',
    },
    ({ desk, param, body, caller }): Note => {
      changeNote(desk, caller(), param('locator'), body);
      return getNote(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/diary',
      tag,
      summary: 'What is due over all policies, the longest due first',
      query: { until: 'the last day that counts, e.g. 2026-11-21; without it everything that is due' },
      answer: 'DiaryEntry[]',
    },
    ({ desk, query }): readonly DiaryEntry[] => listDiary(desk, query('until')),
  );
}
