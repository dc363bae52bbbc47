import {
  answeredBefore,
  type Caller,
  commit,
  type Desk,
  findAll,
  locatorOf,
  look,
  need,
  write,
} from '#core/desk/desk.ts';
import type { NoteRecord } from '#core/desk/note-record.ts';
import { Problem } from '#core/model/problem.ts';
import { startOfDay } from '#core/model/time.ts';
import { insuredName } from './insured-name.ts';
import { needPolicy } from './policies.ts';

/** What may be changed of a note; absent: left as it is. */
export interface NoteChange {
  /** The version that the change was made from. */
  readonly version: number;
  readonly text?: string | undefined;
  /** Calendar day; null takes it out of the diary. */
  readonly due?: string | null | undefined;
  readonly done?: boolean | undefined;
  readonly removed?: boolean | undefined;
}

/** The notes of a policy, newest first; removed ones are left out. */
export function listNotes(desk: Desk, policyLocator: string) {
  const { locator } = needPolicy(desk, policyLocator);
  return findAll(desk, 'note', 'policyLocator', locator)
    .filter(({ record }) => !record.removed)
    .reverse()
    .map(({ record, version }) => noteResponse(desk, record, version));
}

/** Writes a note. @returns its locator. Throws `not-found` without the policy, `invalid-fields` for no text or no day. */
export function addNote(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: { readonly text: string; readonly due?: string | undefined },
): string {
  const before = answeredBefore(desk, caller, 'note.add', { policyLocator, ...request });
  if (before !== undefined) return before;
  const policy = needPolicy(desk, policyLocator).record;
  const locator = locatorOf(desk);
  const at = desk.now();
  const record = withDiary({
    locator,
    policyLocator: policy.locator,
    policyholderLocator: policy.policyholderLocator,
    text: textOf(request.text),
    author: caller.actor.user,
    createdAt: at,
    updatedAt: at,
    ...(request.due === undefined ? {} : { due: dayOf(request.due) }),
    done: false,
    removed: false,
  });
  commit(desk, caller, {
    name: 'note.add',
    arguments: { note: locator, policy: policy.locator },
    changes: [write('note', locator, 0, record, policy.policyholderLocator)],
    result: locator,
    request: { policyLocator, ...request },
  });
  return locator;
}

/**
 * Changes a note, takes it off the screen or brings it back. Throws `not-found`, `version-conflict` when somebody else was
 * first, `invalid-fields`.
 */
export function changeNote(desk: Desk, caller: Caller, locator: string, change: NoteChange): void {
  if (answeredBefore(desk, caller, 'note.change', { locator, ...change }) !== undefined) return;
  const { record } = need(desk, 'note', locator);
  const { due: dueBefore, diary: _, ...rest } = record;
  const due = change.due === undefined ? dueBefore : change.due === null ? undefined : dayOf(change.due);
  const changed = withDiary({
    ...rest,
    ...(change.text === undefined ? {} : { text: textOf(change.text) }),
    ...(due === undefined ? {} : { due }),
    done: change.done ?? record.done,
    removed: change.removed ?? record.removed,
    updatedAt: desk.now(),
  });
  commit(desk, caller, {
    name: 'note.change',
    arguments: { note: locator },
    changes: [write('note', locator, change.version, changed, record.policyholderLocator)],
    result: locator,
    request: { locator, ...change },
  });
}

/** A note as the API shows it. Throws `not-found`. */
export function getNote(desk: Desk, locator: string) {
  const { record, version } = need(desk, 'note', locator);
  return noteResponse(desk, record, version);
}

/** What is due over all policies, the longest due first. @param until calendar day, the last that counts; absent: all */
export function listDiary(desk: Desk, until?: string) {
  const last = until === undefined ? undefined : dayOf(until);
  return findAll(desk, 'note', 'diary', 'open')
    .flatMap(({ record, version }) => {
      const { due, policyLocator } = record;
      if (due === undefined || (last !== undefined && due > last)) return [];
      const policy = needPolicy(desk, policyLocator).record;
      return [
        {
          ...noteResponse(desk, record, version),
          due,
          policyLocator,
          productName: policy.productName,
          insured: insuredName(desk, policy.policyholderLocator),
          ...(policy.issuedAt === undefined ? {} : { policyNumber: policy.displayId }),
        },
      ];
    })
    .sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : a.locator < b.locator ? -1 : 1));
}

function noteResponse(desk: Desk, record: NoteRecord, version: number) {
  const { locator, text, author, createdAt, updatedAt, due, done, removed } = record;
  return {
    locator,
    version,
    text,
    author: look(desk, 'user', author)?.record.name ?? author,
    createdTimestamp: String(createdAt),
    updatedTimestamp: String(updatedAt),
    ...(due === undefined ? {} : { due }),
    done,
    removed,
    // Nobody can write an empty note: one that is empty was emptied.
    ...(text === '' ? { erased: true as const } : {}),
  };
}

function withDiary(record: NoteRecord): NoteRecord {
  const open = record.due !== undefined && !record.done && !record.removed;
  return open ? { ...record, diary: 'open' } : record;
}

function textOf(text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '') return trimmed;
  throw invalid('text', 'MISSING', 'A note says something: write its text.');
}

/** A calendar day as it is kept; throws `invalid-fields` for anything else. */
function dayOf(day: string): string {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(day) && startOfDay(day, 'UTC') !== undefined) return day;
  } catch {
    // No day of the calendar: said below, with every other text that is none.
  }
  throw invalid('due', 'INVALID_VALUE', `"${day}" is no day: write it as 2026-11-21.`);
}

function invalid(fieldName: string, code: 'MISSING' | 'INVALID_VALUE', message: string): Problem {
  return new Problem('invalid-fields', message, {
    place: { field: fieldName },
    fieldErrors: [{ fieldName, code, message }],
  });
}
