import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import { datesRead as readDates } from '#core/policy/written-dates.ts';

/** One risk of a book: what `fieldwriter quote` takes, with the name that the book has for it. */
export interface RatingRequest {
  readonly key: string | undefined;
  readonly policyholder: RequestValues;
  readonly policy: PolicyCreateRequest;
}

const FIELDS = ['fieldValues', 'fieldGroups'];
const MEMBERS = {
  request: new Set(['key', 'policyholder', 'policy']),
  policyholder: new Set(['completed', 'values', 'subEntities']),
  policy: new Set([
    ...FIELDS,
    ...['policyholderLocator', 'productName', 'policyStartTimestamp', 'policyEndTimestamp', 'exposures', 'currency'],
    ...['paymentScheduleName', 'finalize', 'configVersion', 'formVersion', 'autofill', 'premiumReportName'],
    'overrideResourcesAsOfTimestamp',
  ]),
  exposure: new Set([...FIELDS, 'exposureName', 'perils']),
  peril: new Set<string>([...FIELDS, ...PERIL_AMOUNTS, 'name']),
  group: new Set(['fieldName', 'fieldValues']),
};

/**
 * Reads one line of a book (BR2): a request `{key?, policyholder?, policy}`, dates as `fieldwriter quote` reads them.
 * Throws `malformed-request` with the member that is wrong.
 * @param product what the policy is of, where it names none itself @param datesRead reads the dates of a policy; default as `quote` does
 */
export function readRequest(
  text: string,
  product: string,
  timeZone: string,
  datesRead: typeof readDates = readDates,
): RatingRequest {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw wrong('', `The line is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  return requestOf(value, product, timeZone, datesRead);
}

/** As `readRequest`, of a value that was read already. `{unreadable}` stands for a row that is no request, with the reason. */
function requestOf(value: JsonValue, product: string, timeZone: string, datesRead: typeof readDates): RatingRequest {
  const unreadable = (value as { readonly unreadable?: JsonValue } | null)?.unreadable;
  if (typeof unreadable === 'string') throw wrong('', `${unreadable}.`);
  const request = objectAt(value, '', MEMBERS.request);
  const { key, policyholder } = request;
  if (key !== undefined && typeof key !== 'string' && typeof key !== 'number')
    throw wrong('key', 'it is what the book calls the risk: text or a number.');
  const holder = policyholder === undefined ? {} : objectAt(policyholder, 'policyholder', MEMBERS.policyholder);
  return {
    key: key === undefined ? undefined : String(key),
    policyholder: holder.values === undefined ? {} : (objectAt(holder.values, 'policyholder.values') as RequestValues),
    policy: policyOf(request.policy, product, (policy) => datesRead(policy, timeZone, 'policy')),
  };
}

function policyOf(
  value: JsonValue | undefined,
  product: string,
  datesRead: (policy: JsonObject) => JsonObject,
): PolicyCreateRequest {
  if (value === undefined) throw wrong('policy', 'it is missing: a line is {"policy": {"exposures": […]}}.');
  const policy = objectAt(value, 'policy', MEMBERS.policy);
  const { productName = product } = policy;
  if (productName !== product)
    throw wrong('policy.productName', `the book is rated as ${product}, not as ${JSON.stringify(productName)}.`);
  for (const name of ['policyStartTimestamp', 'policyEndTimestamp'])
    if (policy[name] !== undefined && typeof policy[name] !== 'string' && typeof policy[name] !== 'number')
      throw wrong(`policy.${name}`, 'it is a day (2026-01-31), an instant or milliseconds.');
  for (const name of ['paymentScheduleName', 'currency'])
    if (policy[name] !== undefined && typeof policy[name] !== 'string') throw wrong(`policy.${name}`, 'it is text.');
  checkFields(policy, 'policy');
  listAt(policy.exposures, 'policy.exposures').forEach((exposure, i) => {
    checkExposure(exposure, `policy.exposures[${i}]`);
  });
  const dated = datesRead(policy);
  return { ...dated, productName } as unknown as PolicyCreateRequest;
}

function checkExposure(value: JsonValue, at: string): void {
  const exposure = objectAt(value, at, MEMBERS.exposure);
  if (typeof exposure.exposureName !== 'string') throw wrong(`${at}.exposureName`, 'it is missing or no text.');
  checkFields(exposure, at);
  listAt(exposure.perils, `${at}.perils`).forEach((given, i) => {
    const where = `${at}.perils[${i}]`;
    const peril = objectAt(given, where, MEMBERS.peril);
    if (typeof peril.name !== 'string') throw wrong(`${where}.name`, 'it is missing or no text.');
    for (const amount of PERIL_AMOUNTS)
      if (peril[amount] !== undefined && typeof peril[amount] !== 'string' && typeof peril[amount] !== 'number')
        throw wrong(`${where}.${amount}`, 'it is a number, or text.');
    checkFields(peril, where);
  });
}

function checkFields(entity: JsonObject, at: string): void {
  if (entity.fieldValues !== undefined) objectAt(entity.fieldValues, `${at}.fieldValues`);
  listAt(entity.fieldGroups, `${at}.fieldGroups`).forEach((given, i) => {
    const where = `${at}.fieldGroups[${i}]`;
    const group = objectAt(given, where, MEMBERS.group);
    if (typeof group.fieldName !== 'string') throw wrong(`${where}.fieldName`, 'it is missing or no text.');
    if (group.fieldValues !== undefined) objectAt(group.fieldValues, `${where}.fieldValues`);
  });
}

/** A member that nobody knows is refused: a misspelt one would be a wrong price. */
function objectAt(value: JsonValue, at: string, members?: ReadonlySet<string>): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(at, at === '' ? 'The line is no object {"policy": …}.' : 'it is no object.');
  if (members)
    for (const name in value)
      if (!members.has(name)) throw wrong(at === '' ? name : `${at}.${name}`, 'there is no such member.');
  return value as JsonObject;
}

const MOST = 10_000;
function listAt(value: JsonValue | undefined, at: string): readonly JsonValue[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrong(at, 'it is no list.');
  if (value.length > MOST) throw wrong(at, `it has ${value.length} items, and ${MOST} are the most.`);
  return value as readonly JsonValue[];
}

function wrong(field: string, why: string): Problem {
  return field === ''
    ? new Problem('malformed-request', why)
    : new Problem('malformed-request', `${field}: ${why}`, { place: { field } });
}
