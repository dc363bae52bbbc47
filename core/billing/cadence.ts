import { Decimal } from '#core/model/decimal.ts';
import { addCalendar, calendarDay, type Millis, monthCount, startOfDay } from '#core/model/time.ts';

/** How often a payment schedule bills; `once`: the whole term at a time. */
export type Cadence = 'once' | { readonly days: number } | { readonly months: number };

/** What schedules are called (formats §1.3, §2.9), letters only, without what says "every". */
const CADENCES: ReadonlyMap<string, Cadence> = new Map<string, Cadence>([
  ...['fullpay', 'payinfull', 'paidinfull', 'full', 'upfront', 'total', 'single', 'once'].map(
    (name) => [name, 'once'] as const,
  ),
  ...['weekly', 'week'].map((name) => [name, { days: 7 }] as const),
  ...['fortnightly', 'fortnight', 'biweekly'].map((name) => [name, { days: 14 }] as const),
  ...['monthly', 'month'].map((name) => [name, { months: 1 }] as const),
  ...['quarterly', 'quarter'].map((name) => [name, { months: 3 }] as const),
  ...['semiannually', 'semiannual', 'biannually', 'halfyearly', 'halfyear'].map(
    (name) => [name, { months: 6 }] as const,
  ),
  ...['annually', 'annual', 'yearly', 'year'].map((name) => [name, { months: 12 }] as const),
]);

/** The cadence of a schedule by its name, else by its type; undefined when neither says one (BI11). */
export function cadenceOf(schedule: { readonly name: string; readonly type?: string }): Cadence | undefined {
  return [schedule.name, schedule.type ?? '']
    .map((text) => CADENCES.get(text.toLowerCase().replaceAll(/[^a-z]/g, '')))
    .find((cadence) => cadence !== undefined);
}

/** A span that one installment pays for. */
export interface Period {
  readonly start: Millis;
  readonly end: Millis;
  /** Where it would end if the term did not end before: it weighs as much of a whole one as it is long. */
  readonly whole: Millis;
}

/** More installments of one term than anybody is sent: the last one takes the rest. */
const MOST_PERIODS = 1_200;

/**
 * The periods of one term: each boundary is counted from the term's start in the tenant's calendar, so that a start on the 31st
 * meets every end of month and comes back to the 31st (BI12).
 */
export function periodsOf(
  term: { readonly start: Millis; readonly end: Millis },
  cadence: Cadence,
  timeZone: string,
): readonly Period[] {
  const { start, end } = term;
  if (cadence === 'once') return [{ start, end, whole: end }];
  const boundary = (count: number): Millis =>
    addCalendar(
      start,
      'days' in cadence ? { days: cadence.days * count } : { months: cadence.months * count },
      timeZone,
    );
  const periods: Period[] = [];
  let from = start;
  for (let count = 1; from < end; count += 1) {
    const whole = boundary(count);
    const to = count === MOST_PERIODS ? end : Math.min(whole, end);
    periods.push({ start: from, end: to, whole: Math.max(whole, to) });
    from = to;
  }
  return periods.length > 0 ? periods : [{ start, end, whole: end }];
}

/** How long a time is in a cadence's own unit: months as the platform counts them (formats §2.6), else milliseconds. */
export function measureOf(cadence: Cadence, anchor: Millis, timeZone: string): (start: Millis, end: Millis) => Decimal {
  if (cadence === 'once' || 'days' in cadence) return (start, end) => new Decimal(end - start);
  return (start, end) => monthCount(start, end, anchor, timeZone);
}

/** The last millisecond of the day that lies some days after an instant, in the zone (formats §3.1). */
export function endOfDay(instant: Millis, days: number, timeZone: string): Millis {
  const midnight = startOfDay(calendarDay(addCalendar(instant, { days }, timeZone), timeZone), timeZone);
  return startOfDay(calendarDay(addCalendar(midnight, { days: 1 }, timeZone), timeZone), timeZone) - 1;
}
