import type { ExposureResponse, PerilCharacteristics, PerilResponse, PolicyResponse } from '#core/model/policy.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import { calendarDay, type Millis, zoned } from '#core/model/time.ts';

/** A peril of a policy and the row of it that was in force at an instant. */
export interface Coverage {
  readonly exposure: ExposureResponse;
  readonly peril: PerilResponse;
  readonly row: PerilCharacteristics;
}
interface Period {
  readonly start: Millis;
  /** Exclusive. */
  readonly end: Millis;
}

/** A peril of the policy by its locator, or undefined. */
export function findPeril(
  policy: PolicyResponse,
  perilLocator: string,
): Pick<Coverage, 'exposure' | 'peril'> | undefined {
  for (const exposure of policy.exposures) {
    const peril = exposure.perils.find(({ locator }) => locator === perilLocator);
    if (peril) return { exposure, peril };
  }
  return undefined;
}

/**
 * The row of a peril that was in force at an instant, as the policy stands now (SPEC K10, K11): issued, not replaced, the
 * instant in `[coverageStart, coverageEnd)`. A cancellation cut back the rows, so a cancelled policy needs no other rule.
 */
export function coverageAt(policy: PolicyResponse, perilLocator: string, at: Millis): Coverage | undefined {
  if (policy.issuedTimestamp === undefined) return undefined;
  const found = findPeril(policy, perilLocator);
  const row = found?.peril.characteristics.find(
    (candidate) => isCurrent(candidate) && contains(periodOf(candidate), at),
  );
  return found && row ? { ...found, row } : undefined;
}

/**
 * Why a peril can not be claimed on at an instant: the periods in which it is in force, and the peril of the same renewal group
 * that was in force then, where another term has it (SPEC K12).
 */
export function coverageRefusal(policy: PolicyResponse, perilLocator: string, at: Millis, timeZone: string): string {
  const found = findPeril(policy, perilLocator);
  if (!found) {
    const known = policy.exposures.flatMap(({ perils }) => perils.map(({ name, locator }) => `${name} ${locator}`));
    return `The policy has no peril ${perilLocator}. It has: ${known.join(', ') || 'none'}.`;
  }
  const { peril, exposure } = found;
  const what = `${peril.name} of ${exposure.name} was not in force on ${dayAndTime(at, timeZone)}.`;
  const periods = periodsOf(peril).map((period) => periodText(period, timeZone));
  const when = periods.length > 0 ? `It is in force ${periods.join(' and ')}.` : 'It is never in force.';
  const other = policy.exposures
    .flatMap(({ perils }) => perils)
    .find(
      (candidate) =>
        candidate.renewalGroup === peril.renewalGroup && coverageAt(policy, candidate.locator, at) !== undefined,
    );
  const instead = other ? ` Claim on ${other.name} ${other.locator}, which was in force then.` : '';
  return `${what} ${when}${instead}`;
}

/** The spans in which a peril is in force, in order; rows that touch are one span. */
export function periodsOf(peril: PerilResponse): readonly Period[] {
  const rows = peril.characteristics
    .filter(isCurrent)
    .map(periodOf)
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const joined: Period[] = [];
  for (const period of rows) {
    const last = joined.at(-1);
    if (last && last.end >= period.start)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, period.end) };
    else joined.push(period);
  }
  return joined;
}

/** The amounts that bound what is paid, as they stood when it happened, e.g. `{deductible: "500.00"}`. */
export function amountsOf(row: PerilCharacteristics): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PERIL_AMOUNTS.flatMap((name) => {
      const amount = row[name];
      return amount === undefined ? [] : [[name, amount]];
    }),
  );
}

function isCurrent(row: PerilCharacteristics): boolean {
  return row.replacedTimestamp === undefined;
}
function periodOf(row: PerilCharacteristics): Period {
  return { start: Number(row.coverageStartTimestamp), end: Number(row.coverageEndTimestamp) };
}
function contains({ start, end }: Period, at: Millis): boolean {
  return start <= at && at < end;
}

/** Ends are exclusive: `from 2026-01-01 00:00 to 2027-01-01 00:00`. */
function periodText({ start, end }: Period, timeZone: string): string {
  return `from ${dayAndTime(start, timeZone)} to ${dayAndTime(end, timeZone)}`;
}
function dayAndTime(at: Millis, timeZone: string): string {
  const time = zoned(at, timeZone).toPlainTime().toString({ smallestUnit: 'minute' });
  return `${calendarDay(at, timeZone)} ${time}`;
}
