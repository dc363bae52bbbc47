import { parseDecimal } from '#core/model/decimal.ts';
import type { Millis } from '#core/model/time.ts';
import type { RiskErrors } from '#core/policy/risk.ts';
import type { ClaimTimes } from './request.ts';

interface Times {
  readonly incidentAt?: Millis | undefined;
  readonly notifiedAt?: Millis | undefined;
}

/**
 * When it happened and when the insurer heard of it (K3): in this order, neither in the future. What is wrong goes to `errors`.
 * @param needed whether the incident's time must be known
 */
export function claimTimes(
  request: ClaimTimes,
  before: Times,
  now: Millis,
  needed: boolean,
  errors: RiskErrors,
): { readonly incidentAt?: Millis; readonly notifiedAt: Millis } {
  const read = (name: keyof ClaimTimes): Millis | undefined => {
    const given = request[name];
    if (given === undefined || given === '') return undefined;
    const number = parseDecimal(given);
    if (!number?.isInteger() || number.abs().gt(MOST_MILLIS))
      errors.add('', name, 'INVALID_TYPE', `"${given}" is no timestamp: give milliseconds since 1970.`);
    else if (number.gt(now)) errors.add('', name, 'INVALID_VALUE', `"${given}" has not come yet.`);
    else return number.toNumber();
    return undefined;
  };
  const incidentAt = read('incidentTimestamp') ?? before.incidentAt;
  const notifiedAt = read('notificationTimestamp') ?? before.notifiedAt ?? now;
  if (needed && incidentAt === undefined && !errors.list.some(({ fieldName }) => fieldName === 'incidentTimestamp'))
    errors.add('', 'incidentTimestamp', 'MISSING', 'Say when it happened before the claim is opened.');
  if (incidentAt !== undefined && notifiedAt < incidentAt)
    errors.add('', 'notificationTimestamp', 'INVALID_VALUE', 'A claim is notified after it happened, not before.');
  return { ...(incidentAt === undefined ? {} : { incidentAt }), notifiedAt };
}
/** The end of the year 9999. */
const MOST_MILLIS = 253_402_300_799_999;
