import type { FieldChange, PolicyHistoryEntry, RecordChange } from '#core/api/contracts/history.ts';
import { dayOf, moment, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';

/** How values of a risk are written. */
export interface Notation {
  readonly currency: string;
  readonly timeZone: string;
}

/** What somebody did, as a sentence. */
export function sentence({ command }: PolicyHistoryEntry): string {
  return text.history.commands[command] ?? text.history.unnamed(command);
}

/** Who did it; what Fieldwriter does by itself has no person. */
export function authorWords({ author }: PolicyHistoryEntry): string {
  return text.history.authors[author] ?? author;
}

/** `Vehicle 1 › Value` */
export function pathWords(path: FieldChange['path']): string {
  return path
    .map((part) => ('title' in part ? part.title : (text.history.members[part.member] ?? titled(part.member))))
    .join(' › ');
}

/** A value in the reader's notation; empty where there is none. */
export function valueWords(value: string | undefined, { kind }: FieldChange, { currency, timeZone }: Notation): string {
  if (value === undefined) return '';
  switch (kind) {
    case 'amount':
      return money(value, currency);
    case 'instant':
      return moment(value, timeZone);
    case 'day':
      return dayOf(value);
    case 'word':
      return text.history.words[value] ?? titled(value.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase());
    case 'text':
      return value;
  }
}

/** `Quote 2`, or what kind of record it is. */
export function recordWords({ type, name }: RecordChange): string {
  const kind = text.history.kinds[type];
  return name === undefined ? kind : name.startsWith(kind) ? name : `${kind} ${name}`;
}

/** Everything that can be found of an entry, in small letters. */
export function entryWords(entry: PolicyHistoryEntry, notation: Notation): string {
  return [
    sentence(entry),
    authorWords(entry),
    ...entry.records.flatMap((record) => [
      recordWords(record),
      ...record.changes.flatMap((change) => [
        pathWords(change.path),
        valueWords(change.before, change, notation),
        valueWords(change.after, change, notation),
      ]),
    ]),
  ]
    .join('\n')
    .toLowerCase();
}

/** One row for each change, as a table for a spreadsheet. */
export function historyRows(
  entries: readonly PolicyHistoryEntry[],
  notation: Notation,
): readonly (readonly string[])[] {
  const rows = entries.flatMap((entry) => {
    const who = [moment(entry.at, notation.timeZone), authorWords(entry), sentence(entry)];
    const changes = entry.records.flatMap((record) =>
      record.changes.map((change) => [
        ...who,
        recordWords(record),
        pathWords(change.path),
        // Amounts stay plain numbers: a spreadsheet reckons with them.
        change.kind === 'amount' ? (change.before ?? '') : valueWords(change.before, change, notation),
        change.kind === 'amount' ? (change.after ?? '') : valueWords(change.after, change, notation),
      ]),
    );
    return changes.length > 0 ? changes : [[...who, '', entry.erased ? text.history.erased : '', '', '']];
  });
  return [text.history.columns, ...rows];
}
