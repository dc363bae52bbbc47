import { Temporal } from 'temporal-polyfill';
import type { ClaimResponse, SubClaimResponse } from '#core/api/contracts/transactions.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Entity } from '../risk/form.ts';

/** The fields of a stored claim or sub-claim, as forms take them. */
export function entityIn(
  fields: readonly FieldDefinition[],
  { fieldValues, fieldGroupsByLocator }: Pick<ClaimResponse | SubClaimResponse, 'fieldValues' | 'fieldGroupsByLocator'>,
): Entity {
  const groupFields = new Set(fields.filter(({ type }) => type === 'group').map(({ name }) => name));
  return {
    values: Object.fromEntries(Object.entries(fieldValues).filter(([name]) => !groupFields.has(name))),
    groups: Object.fromEntries(
      [...groupFields].map((name) => [
        name,
        (fieldValues[name] ?? []).map((locator) => ({
          key: locator,
          locator,
          values: fieldGroupsByLocator[locator] ?? {},
        })),
      ]),
    ),
  };
}

/** `2021-11-03T17:40` in the tenant's zone as milliseconds; undefined while it is being typed. */
export function instantAt(local: string, timeZone: string): number | undefined {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** An instant as an input for day and time takes it. */
export function localAt(instant: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
}

/** What costs the insurer is negative in the store (core/claims/SPEC.md K20) and stands without a sign on the screens, and back. */
export function turned(amount: string): string {
  const value = new Decimal(amount);
  return value.isZero() ? '0' : value.negated().toString();
}

/** A typed amount for the store; undefined for what is no amount. */
export function turnedInput(typed: string): string | undefined {
  const value = parseDecimal(typed.trim());
  return value === undefined ? undefined : turned(value.toString());
}
