import { type Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { type Place, Problem } from '#core/model/problem.ts';
import { numbersAsText } from '#core/model/scope.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PricingInput } from './contract.ts';
import { recipientName } from './effects.ts';
import type { PerilRates, Rate } from './premium.ts';
import { type PricedRow, rowTitle } from './rows.ts';

/**
 * What a rating plugin and an external rater are asked (P10, P11; formats §2.4): one object in which every number and timestamp
 * is text.
 */
export function raterRequest(input: PricingInput): JsonObject {
  const listed = new Set(input.toPrice.map((triple) => triple.perilCharacteristicsLocator));
  const { policy } = input;
  const pending = {
    ...policy,
    characteristics: policy.characteristics.map((row) =>
      row.issuedTimestamp === undefined ? { ...row, grossPremium: '0.00', grossTaxes: '0.00', taxGroups: [] } : row,
    ),
    exposures: policy.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril) => ({
        ...peril,
        characteristics: peril.characteristics.map((row) => (listed.has(row.locator) ? unpriced(row) : row)),
      })),
    })),
  };
  return {
    operation: input.operation,
    policy: numbersAsText(pending),
    policyExposurePerils: input.toPrice.map((triple) => ({ ...triple })),
    tenantTimeZone: input.configuration.timeZone,
    ...input.locators,
  };
}

type PerilRow = PricedRow['row'];

function unpriced(row: PerilRow): PerilRow {
  const {
    premium,
    premiumCurrency,
    monthPremium,
    technicalPremium,
    monthTechnicalPremium,
    commissions,
    taxes,
    ...rest
  } = row;
  return rest;
}

/**
 * Reads what a rater answered (P12 to P15).
 * @param place the script that answered
 * @returns the rates by peril characteristics locator, one for each row
 * Throws rater-refused with the rater's own words, or pricing-failed naming every peril that has no usable price.
 */
export function readRaterAnswer(
  answer: JsonValue,
  rows: readonly PricedRow[],
  trace?: Trace,
  place?: Place,
): ReadonlyMap<string, PerilRates> {
  const at = place ? { place } : {};
  if (!isObject(answer)) {
    throw new Problem(
      'pricing-failed',
      `The rater answered ${shown(answer)}, not an object with pricedPerilCharacteristics.`,
      at,
    );
  }
  const refusal = answer.exceptionMessage;
  if (refusal !== undefined && refusal !== null && refusal !== '') {
    throw new Problem('rater-refused', typeof refusal === 'string' ? refusal : shown(refusal), at);
  }
  const priced = answer.pricedPerilCharacteristics;
  if (!isObject(priced)) {
    throw new Problem(
      'pricing-failed',
      `The rater answered without pricedPerilCharacteristics (it is ${shown(priced)}).`,
      at,
    );
  }
  const faults: string[] = [];
  const rates = new Map<string, PerilRates>();
  for (const row of rows) {
    const entry = own(priced, row.row.locator);
    try {
      rates.set(row.row.locator, readEntry(entry));
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults.push(`${rowTitle(row)} (${row.row.locator}): ${fault.message}`);
    }
  }
  if (faults.length > 0)
    throw new Problem('pricing-failed', `The rater gave no usable price for ${faults.join('; ')}.`, at);
  for (const locator of Object.keys(priced)) {
    if (!rates.has(locator)) trace?.warn(`The rater priced ${locator}, which was not asked for: ignored.`);
  }
  return rates;
}

/** Something wrong with one entry; gathered, so that one failure names them all. */
class Fault extends Error {}

function readEntry(entry: JsonValue | undefined): PerilRates {
  if (entry === undefined) throw new Fault('it is missing from the answer');
  if (!isObject(entry)) throw new Fault(`it is ${shown(entry)}, not an object`);
  const premium = readRate(entry, ['yearlyPremium', 'premium'], 'exactPremium');
  if (!premium) {
    const nil = ['yearlyPremium', 'premium', 'exactPremium'].find((key) => own(entry, key) === null);
    throw new Fault(
      nil
        ? `${nil} is null (in JavaScript NaN and undefined results become null)`
        : 'it has neither yearlyPremium nor exactPremium',
    );
  }
  const technical = readRate(entry, ['yearlyTechnicalPremium', 'technicalPremium'], 'exactTechnicalPremium');
  return { premium, ...(technical ? { technical } : {}), commissions: readCommissions(own(entry, 'commissions')) };
}

function readCommissions(list: JsonValue | undefined): PerilRates['commissions'] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new Fault(`commissions is ${shown(list)}, not a list`);
  return list.map((item: JsonValue, index) => {
    const at = `commissions[${index}]`;
    const recipient = isObject(item) ? recipientName(own(item, 'recipient')) : '';
    if (!isObject(item) || recipient === '') throw new Fault(`${at} names no recipient`);
    const rate = readRate(item, ['yearlyAmount', 'amount'], 'exactAmount');
    if (!rate) throw new Fault(`${at} has neither yearlyAmount nor exactAmount`);
    return { recipient, rate };
  });
}

function readRate(entry: JsonObject, yearlyNames: readonly string[], exactName: string): Rate | undefined {
  const yearlyName = yearlyNames.find((name) => (own(entry, name) ?? null) !== null);
  const yearly = yearlyName === undefined ? undefined : readAmount(entry, yearlyName);
  const exact = (own(entry, exactName) ?? null) === null ? undefined : readAmount(entry, exactName);
  return yearly || exact ? { ...(yearly ? { yearly } : {}), ...(exact ? { exact } : {}) } : undefined;
}

function readAmount(entry: JsonObject, name: string): Decimal {
  const amount = parseDecimal(own(entry, name));
  if (!amount) throw new Fault(`${name} is ${shown(own(entry, name))}, not a number`);
  return amount;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
