import type { Effect } from '#core/liquid/contract.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PerilRates, Rate } from './premium.ts';

/** Reads the amount of an acting filter (P6): nil is 0 with a warning; a boolean or a text that is no number fails. */
export function effectAmount(effect: Effect, file: string, trace: Trace | undefined): Decimal {
  const place = { file, line: effect.line };
  if (effect.value === null || effect.value === '') {
    trace?.warn(`${effect.filter} was given nothing (nil): 0 is taken.`, place);
    return new Decimal(0);
  }
  const amount = parseDecimal(effect.value);
  if (amount) return amount;
  throw new Problem(
    'pricing-failed',
    `${file}:${effect.line}: ${effect.filter} was given ${JSON.stringify(effect.value)}, which is not a number.`,
    { place },
  );
}

/** What the calls of one premium file amount to (P6, P27). */
export function ratesFromEffects(effects: readonly Effect[], file: string, trace: Trace | undefined): PerilRates {
  let premium: Rate = {};
  let technical: Rate = {};
  const commissions: { recipient: string; rate: Rate }[] = [];
  for (const effect of effects) {
    const amount = (): Decimal => effectAmount(effect, file, trace);
    switch (effect.filter) {
      case 'set_year_premium':
        premium = { ...exactOf(premium), yearly: amount() };
        break;
      case 'set_month_premium':
        premium = { ...exactOf(premium), monthly: amount() };
        break;
      case 'set_peril_premium':
        premium = { ...premium, exact: amount() };
        break;
      case 'set_year_technical_premium':
        technical = { ...exactOf(technical), yearly: amount() };
        break;
      case 'set_month_technical_premium':
        technical = { ...exactOf(technical), monthly: amount() };
        break;
      case 'set_peril_technical_premium':
        technical = { ...technical, exact: amount() };
        break;
      case 'add_year_commission':
        commissions.push({ recipient: recipientOf(effect, file, trace), rate: { yearly: amount() } });
        break;
      case 'add_month_commission':
        commissions.push({ recipient: recipientOf(effect, file, trace), rate: { monthly: amount() } });
        break;
      case 'add_commission':
        commissions.push({ recipient: recipientOf(effect, file, trace), rate: { exact: amount() } });
        break;
      default:
        trace?.warn(`${effect.filter} has no meaning in a premium file: ignored.`, { file, line: effect.line });
    }
  }
  if (isUnset(premium)) {
    trace?.warn(`${file} set no premium: 0 is taken. Call set_year_premium on every path.`, { file });
    premium = { exact: new Decimal(0) };
  }
  return { premium, ...(isUnset(technical) ? {} : { technical }), commissions };
}

function exactOf(rate: Rate): Rate {
  return rate.exact ? { exact: rate.exact } : {};
}

function isUnset(rate: Rate): boolean {
  return !rate.yearly && !rate.monthly && !rate.exact;
}

function recipientOf(effect: Effect, file: string, trace: Trace | undefined): string {
  const recipient = recipientName(effect.arguments[0]);
  if (recipient === '') trace?.warn(`${effect.filter} names no recipient.`, { file, line: effect.line });
  return recipient;
}

/** A recipient is a name or a number, often read from a field, whose value plugins see as a list of one; `''` when it is neither. */
export function recipientName(given: JsonValue | undefined): string {
  const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
