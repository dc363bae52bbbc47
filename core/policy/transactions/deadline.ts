import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { Product } from '#core/model/product.ts';
import { addCalendar, type Millis } from '#core/model/time.ts';

/**
 * Until when a cancellation may be reinstated (formats §1.7, §1.3): as it says itself, else the days of its type, else, for a
 * lapse, the product's reinstatement period, both from when it takes effect or, back-dated, from its issue. Undefined: no limit.
 */
export function reinstatementDeadline(
  product: Product,
  timeZone: string,
  cancellation: TransactionRecord,
): Millis | undefined {
  if (cancellation.deadline !== undefined) return cancellation.deadline;
  const definition = product.cancellations.find(({ name }) => name === cancellation.name);
  const lapsed = cancellation.name === 'lapse' ? product.lapse?.reinstatementPeriodDays : undefined;
  const days = definition?.reinstatement.defaultDeadlineDays ?? lapsed;
  return days === undefined
    ? undefined
    : addCalendar(Math.max(cancellation.effective, cancellation.issuedAt ?? 0), { days }, timeZone);
}
