import type { Millis } from '#core/model/time.ts';

/** Days as whole numbers since 1970, by what a wall calendar in the zone shows: nothing of the house's own time is used. */
export interface CivilCalendar {
  /** The day on which an instant lies. */
  day(instant: Millis): number;
  /** The number of days of the contract year in which a day lies. */
  daysOfContractYear(anchor: Millis, day: number): number;
}

const DAY = 86_400_000;

export function civilCalendar(timeZone: string): CivilCalendar {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const seen = new Map<Millis, readonly [number, number, number]>();
  const date = (instant: Millis): readonly [number, number, number] => {
    const known = seen.get(instant);
    if (known) return known;
    const [year = 0, month = 1, day = 1] = format.format(instant).split('-').map(Number);
    seen.set(instant, [year, month, day]);
    return [year, month, day];
  };
  const day = (instant: Millis): number => {
    const [year, month, dayOfMonth] = date(instant);
    return Date.UTC(year, month - 1, dayOfMonth) / DAY;
  };
  return {
    day,
    daysOfContractYear(anchor, wanted) {
      const [year, month, dayOfMonth] = date(anchor);
      // A contract from the 29th of February begins its other years on the 28th.
      const anniversary = (index: number): number => {
        const leap = new Date(Date.UTC(year + index, 1, 29)).getUTCMonth() === 1;
        const days = month === 2 && dayOfMonth === 29 && !leap ? 28 : dayOfMonth;
        return Date.UTC(year + index, month - 1, days) / DAY;
      };
      let index = 0;
      while (anniversary(index + 1) <= wanted) index += 1;
      return anniversary(index + 1) - anniversary(index);
    },
  };
}
