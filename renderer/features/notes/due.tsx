import { Text } from '@mantine/core';
import { dayOf } from '../../app/format.ts';
import { text } from '../../app/text.ts';

/** The calendar day of now, e.g. `2026-11-21`. @param timeZone the tenant's; default the reader's own */
export function today(timeZone?: string): string {
  // The Swedish notation is the one of ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', timeZone === undefined ? {} : { timeZone }).format(new Date());
}

/** When a note is due, in words: what is late says so. */
export function Due({ due, now }: { readonly due: string; readonly now: string }) {
  const late = due < now;
  return (
    <Text span size="xs" className={late ? 'due late' : due === now ? 'due today' : 'due'}>
      {late ? text.notes.overdue(dayOf(due)) : due === now ? text.notes.today : text.notes.later(dayOf(due))}
    </Text>
  );
}
