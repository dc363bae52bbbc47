import { calendarDay, startOfDay } from '#core/model/time.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';

/** Midnight of a calendar day in the tenant's zone, milliseconds; undefined while the day is being typed. */
export function instantOf(day: string, timeZone: string): number | undefined {
  try {
    return startOfDay(day, timeZone);
  } catch {
    return undefined;
  }
}

/** Today, or the nearest day on which the policy covers something. */
export function coveredDay(
  { terms, ended }: Pick<TimelineResponse, 'terms' | 'ended'>,
  now: number,
  timeZone: string,
): string {
  const first = terms[0]?.start ?? now;
  const last = (ended ?? terms.at(-1)?.end ?? now) - 1;
  return calendarDay(Math.max(first, Math.min(now, last)), timeZone);
}
