import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { type Millis, startOfDay } from '#core/model/time.ts';

/**
 * The request of a history or a case with its dates read: a `…Timestamp` may be written as a day (`2021-06-28`, midnight in the
 * tenant's zone: formats §3.1) or as an instant (`2021-06-28T12:00:00Z`), so that a person can read the file. What is no date is left to the
 * schema. Only members of the request itself: what a product calls its fields is its own affair.
 * Throws `malformed-request` for a day that the calendar has not.
 * @param at where the request stands, for messages
 */
export function datesRead<T extends JsonValue>(request: T, timeZone: string, at: string): T | JsonObject {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return request;
  return Object.fromEntries(
    Object.entries(request as JsonObject).flatMap(([name, value]): [string, JsonValue][] =>
      value === undefined
        ? []
        : [[name, name.endsWith('Timestamp') ? millisOf(value, timeZone, `${at}.${name}`) : value]],
    ),
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/;

function millisOf(value: JsonValue, timeZone: string, at: string): JsonValue {
  if (typeof value !== 'string') return value;
  const read = DAY.test(value) ? dayStart(value, timeZone) : INSTANT.test(value) ? Date.parse(value) : undefined;
  if (read === undefined) return value;
  if (Number.isFinite(read)) return String(read);
  throw new Problem('malformed-request', `${at} is "${value}", and there is no such day.`, { place: { field: at } });
}

function dayStart(day: string, timeZone: string): Millis {
  try {
    return startOfDay(day, timeZone);
  } catch (cause) {
    if (cause instanceof RangeError) return Number.NaN;
    throw cause;
  }
}
