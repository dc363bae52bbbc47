import type { ConflictRecordSides, SyncStatus } from '#core/api/contracts/sync.ts';
import { text } from '../../app/text.ts';
import { isFailed } from './use-sync.ts';

/** What the status bar says of replication; `tone` is the colour beside the words. */
export interface StatusWords {
  readonly tone: 'calm' | 'busy' | 'attention' | 'trouble';
  readonly words: string;
  readonly hint: string;
}

const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
/** Times of today say the hour alone. */
const HOUR = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
/** A clock that is off by less than this needs no words, milliseconds. */
const CLOCK_FINE = 60_000;

/** The one thing that matters most about replication right now; conflicts stand beside it. */
export function statusWords(status: SyncStatus): StatusWords {
  const { bar, state } = text.sync;
  const { activity, waiting } = status;
  if (status.blocked) {
    const why = state.blockedTitle[status.blocked.reason];
    return { tone: 'trouble', words: bar.blocked(why), hint: status.blocked.message };
  }
  if (!status.cloud) return { tone: 'calm', words: bar.alone, hint: bar.aloneHint };
  if (activity.phase === 'snapshot' || (!status.complete && status.on && !isFailed(status)))
    return { tone: 'busy', words: bar.first(shareOf(activity)), hint: bar.firstHint };
  if (isFailed(status)) {
    const words = status.lastSuccess === null ? bar.awayNever : bar.away(shortMoment(status.lastSuccess, Date.now()));
    return { tone: 'attention', words, hint: bar.awayHint(waiting.entries) };
  }
  if (activity.phase === 'pulling' || activity.phase === 'pushing')
    return { tone: 'busy', words: bar.working, hint: state.phases[activity.phase] };
  if (waiting.entries > 0)
    return { tone: 'attention', words: bar.waiting(waiting.entries), hint: bar.waitingHint(waiting.entries) };
  if (!status.on) return { tone: 'attention', words: bar.off, hint: bar.offHint };
  return {
    tone: 'calm',
    words: bar.inStep,
    hint: status.lastSuccess === null ? bar.inStep : bar.inStepHint(shortMoment(status.lastSuccess, Date.now())),
  };
}

function shareOf(activity: SyncStatus['activity']): string {
  if (!('total' in activity) || activity.total === null || activity.total === 0) return '';
  return PERCENT.format(activity.done / activity.total);
}

/** `14:05` today, day and time otherwise, in the reader's zone. */
export function shortMoment(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return (isToday ? HOUR : DAY).format(at);
}

/** Advice about the clock, or nothing when it is fine. @param offset the cloud's clock minus this one's, milliseconds */
export function clockWords(offset: number | null): { readonly fine: boolean; readonly words: string } | undefined {
  const { state } = text.sync;
  if (offset === null) return undefined;
  if (Math.abs(offset) < CLOCK_FINE) return { fine: true, words: state.clockFine };
  const by = durationWords(Math.abs(offset));
  return { fine: false, words: offset < 0 ? state.clockFast(by) : state.clockSlow(by) };
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function durationWords(length: number): string {
  const [unit, size] = UNITS.find(([, candidate]) => length >= candidate) ?? UNITS[2];
  const value = Math.max(1, Math.round(length / size));
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** What kind of record it is, and which. */
export function recordTitle({ type, title }: Pick<ConflictRecordSides, 'type' | 'title'>): string {
  const types: Readonly<Record<string, string>> = text.sync.conflicts.types;
  const kind = types[type] ?? type;
  return title === '' || title === kind ? kind : title.startsWith(kind) ? title : `${kind} · ${title}`;
}
