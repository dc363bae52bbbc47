import { Temporal } from 'temporal-polyfill';

/** How many days, weeks and months keep a backup (BK3). */
export interface Keep {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}
export const KEEP: Keep = { days: 7, weeks: 5, months: 12 };

/**
 * Which backups are no longer needed (BK3). @param made instants of those that were made by themselves, milliseconds, in any order
 * @param timeZone the tenant's, IANA
 */
export function outlived(made: readonly number[], keep: Keep, timeZone: string): readonly number[] {
  const newestFirst = [...new Set(made)].sort((a, b) => b - a);
  const kept = new Set(newestFirst.slice(0, 1));
  const keepNewestOf = (periodOf: (day: Temporal.PlainDate) => string, count: number): void => {
    const seen = new Set<string>();
    for (const at of newestFirst) {
      const period = periodOf(dayOf(at, timeZone));
      if (seen.has(period)) continue;
      if (seen.size === count) return;
      seen.add(period);
      kept.add(at);
    }
  };
  keepNewestOf((day) => day.toString(), keep.days);
  keepNewestOf((day) => `${day.yearOfWeek} ${day.weekOfYear}`, keep.weeks);
  keepNewestOf((day) => day.toPlainYearMonth().toString(), keep.months);
  return newestFirst.filter((at) => !kept.has(at));
}

function dayOf(at: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
}
