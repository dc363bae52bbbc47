import type { Desk } from '#core/desk/desk.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { EndorsementUpdateRequest, PolicyUpdateRequest } from '#core/model/request.ts';
import { addCalendar, calendarDay, type Millis, startOfDay } from '#core/model/time.ts';
import type { Change, Insured, Resolution } from '#core/model/timeline/contract.ts';
import { applyChange } from '#core/model/timeline/insured.ts';
import { changeBetween, insuredExposure } from '#core/model/timeline/values.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { riskContext } from '../policies.ts';
import { type Risk, type RiskContext, RiskErrors, scheduleOf } from '../risk.ts';
import { updatedRisk } from '../risk-update.ts';
import { type History, insuredAt } from './history.ts';
import { needTransaction, type OpenPolicy } from './open.ts';

/**
 * What a request changes (TL21): applied on what is insured at the effective time, and on what the draft changed before, checked
 * whole, and kept as the difference. Throws `invalid-fields` with everything that is wrong.
 */
export function changeOf(
  desk: Desk,
  open: OpenPolicy,
  request: EndorsementUpdateRequest,
  at: Millis,
  before: Change,
): Change {
  const { insured } = insuredAt(open.history, at);
  const drafted = applyChange(insured, before, () => false).insured;
  const errors = new RiskErrors(endName);
  const context = riskContext(desk, open.deployed, open.product);
  const after = withinTime(`The fields of ${open.product.name}`, () =>
    updatedRisk(riskOf(drafted, open), updateOf(request), context, errors),
  );
  if (request.newPaymentScheduleName !== undefined) scheduleOf(request.newPaymentScheduleName, open.product, errors);
  errors.refuse('The change');
  return changeBetween(insured, { ...after, exposures: after.exposures.map(insuredExposure) });
}

/** What is insured, as the checks of a draft take it. */
export function riskOf(insured: Insured, { quote }: Pick<OpenPolicy, 'quote'>): Risk {
  const { contractStart, contractEnd, currency } = quote.record;
  const row = { row: '', modification: '' };
  return {
    contractStart,
    contractEnd,
    currency,
    fieldValues: insured.fieldValues,
    fieldGroupsByLocator: insured.fieldGroupsByLocator,
    exposures: insured.exposures.map((exposure) => ({
      ...exposure,
      ...row,
      perils: exposure.perils.map((peril) => ({ ...peril, ...row, amounts: { ...peril.amounts } })),
    })),
  };
}

/** Where an endorsement says what the checks of a draft call removed. */
function endName(fieldName: string): string {
  return fieldName.replace(/\bremove(?=Exposures$|Perils$)/, 'end');
}

/** In a draft what an endorsement ends is simply not there any more. */
function updateOf(request: EndorsementUpdateRequest): PolicyUpdateRequest {
  const {
    fieldValues,
    addFieldGroups,
    updateFieldGroups,
    removeFieldGroups,
    addExposures,
    updateExposures,
    endExposures,
  } = request;
  return {
    ...(fieldValues ? { fieldValues } : {}),
    ...(addFieldGroups ? { addFieldGroups } : {}),
    ...(updateFieldGroups ? { updateFieldGroups } : {}),
    ...(removeFieldGroups ? { removeFieldGroups } : {}),
    ...(addExposures ? { addExposures } : {}),
    ...(endExposures ? { removeExposures: endExposures } : {}),
    ...(updateExposures
      ? {
          updateExposures: updateExposures.map(({ endPerils, ...update }) => ({
            ...update,
            ...(endPerils ? { removePerils: endPerils } : {}),
          })),
        }
      : {}),
  };
}

/** Checks what is insured after a transaction was applied again on other ground: a field may have become invalid there. */
export function checkInsured(desk: Desk, open: OpenPolicy, locator: string): (insured: Insured, about: string) => void {
  const context: RiskContext = riskContext(desk, open.deployed, open.product);
  return (insured, about) => {
    const errors = new RiskErrors();
    withinTime(`The fields of ${open.product.name}`, () => updatedRisk(riskOf(insured, open), {}, context, errors));
    if (about === locator) errors.refuse('The change');
    else errors.refuse(`With this change in front of it, the transaction ${about} leaves what`);
  };
}

/** The resolutions of a request with the names that the timeline uses. Throws `not-found`. */
export function resolutionsOf(desk: Desk, request: EndorsementUpdateRequest): Resolution[] {
  return (request.resolutions ?? []).map(({ transactionLocator, path }) => ({
    transaction: needTransaction(desk, transactionLocator).record.modification,
    path,
  }));
}

/** An instant of a request; a day's midnight in the tenant's zone where nothing is said. Throws `malformed-request`. */
export function instantOf(given: string | number | undefined, name: string, otherwise: () => Millis): Millis {
  if (given === undefined || given === '') return otherwise();
  const number = parseDecimal(given);
  if (number?.isInteger() && number.abs().lte(253_402_300_799_999)) return number.toNumber();
  throw new Problem(
    'malformed-request',
    `${name} is "${String(given)}", which is no timestamp: give milliseconds since 1970.`,
    {
      place: { field: name },
    },
  );
}

export function today(desk: Desk, timeZone: string): Millis {
  return startOfDay(calendarDay(desk.now(), timeZone), timeZone);
}

/** End of the last term, and of a renewal of it: a year later, in the tenant's zone. */
export function nextTerm(history: History, timeZone: string): { readonly start: Millis; readonly end: Millis } {
  const start = history.timeline.terms.at(-1)?.end ?? 0;
  return { start, end: addCalendar(start, { years: 1 }, timeZone) };
}
