import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { ExposureResponse, PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { pathOf } from '#core/model/timeline/values.ts';

/**
 * A request of a history or a case with its references resolved (settled questions, 12): `{"$ref": "/policy/exposures/0/locator"}`
 * is a JSON pointer (RFC 6901) into the earlier answers; `exposure: 0` and `peril: "collision"` name an exposure by its place and a
 * peril by its name instead of their locators; a resolution may say `{transaction: 0, exposure: 0, peril: "collision", field:
 * "deductible"}` instead of locator and path. Throws `malformed-request` for what points nowhere.
 * @param answers with `policy` and `transactions`, as far as they are there @param policy as the transaction before left it
 */
export function resolved(given: JsonValue, answers: JsonObject, policy: PolicyResponse, at: string): JsonValue {
  const value = pointed(given, answers, at);
  if (!isObject(value) || !isObject(value.request)) return value;
  const request = `${at}.request`;
  return {
    ...value,
    request: {
      ...value.request,
      ...listed(value.request, 'updateExposures', request, (item, where) => exposureUpdate(item, policy, where)),
      ...listed(value.request, 'endExposures', request, (item, where) =>
        typeof item === 'number' ? exposureAt(item, policy, where).locator : item,
      ),
      ...listed(value.request, 'resolutions', request, (item, where) => resolution(item, answers, policy, where)),
    },
  };
}

/** The list of that name with each item mapped; nothing where there is no such list. */
function listed(
  holder: JsonObject,
  name: string,
  at: string,
  map: (item: JsonValue, where: string) => JsonValue,
): JsonObject {
  const list = holder[name];
  if (!Array.isArray(list)) return {};
  return { [name]: list.map((item: JsonValue, i) => map(item, `${at}.${name}[${i}]`)) };
}

function pointed(value: JsonValue, answers: JsonObject, at: string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => pointed(item, answers, `${at}[${i}]`));
  if (!isObject(value)) return value;
  if (typeof value.$ref === 'string') return target(value.$ref, answers, at);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name, pointed(member, answers, `${at}.${name}`)]],
    ),
  );
}

function target(pointer: string, answers: JsonObject, at: string): JsonValue {
  if (!pointer.startsWith('/'))
    throw nowhere(at, `the reference "${pointer}" is no JSON pointer: write it as /policy/exposures/0/locator.`);
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: JsonValue = answers;
  for (const [i, step] of steps.entries()) {
    const next: JsonValue | undefined =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string, JsonValue>>)[step]
        : undefined;
    if (next === undefined) {
      const before = `/${steps.slice(0, i).join('/')}`;
      throw nowhere(
        at,
        `the reference "${pointer}" points to nothing: ${before === '/' ? 'the earlier answers have' : `${before} has`} ${contents(value)}.`,
      );
    }
    value = next;
  }
  return value;
}

/** What can be pointed to in a value, for messages. */
function contents(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 0 ? 'no entries yet' : `only the entries 0 to ${value.length - 1}`;
  return isObject(value) ? `the members ${Object.keys(value).join(', ')}` : 'no members';
}

function exposureUpdate(value: JsonValue, policy: PolicyResponse, at: string): JsonValue {
  if (!isObject(value)) return value;
  const { exposure: place, ...rest } = value;
  if (place !== undefined && rest.exposureLocator !== undefined)
    throw nowhere(at, 'it names its exposure twice, by exposure and by exposureLocator: give one of them.');
  const exposure =
    place === undefined
      ? policy.exposures.find(({ locator }) => locator === rest.exposureLocator)
      : exposureAt(place, policy, at);
  if (!exposure) return value;
  return {
    ...rest,
    exposureLocator: exposure.locator,
    ...listed(rest, 'updatePerils', at, (item, where) => {
      if (!isObject(item) || item.peril === undefined) return item;
      const { peril: name, ...update } = item;
      return { ...update, perilLocator: perilOf(exposure, name, where).locator };
    }),
    ...listed(rest, 'endPerils', at, (item, where) => {
      if (isObject(item)) return perilOf(exposure, item.peril, where).locator;
      const isLocator = exposure.perils.some(({ locator }) => locator === item);
      return isLocator || typeof item !== 'string' ? item : perilOf(exposure, item, where).locator;
    }),
  };
}

function resolution(value: JsonValue, answers: JsonObject, policy: PolicyResponse, at: string): JsonValue {
  if (!isObject(value) || value.transaction === undefined) return value;
  const { transaction, exposure: place, peril, field, ...rest } = value;
  if (typeof transaction !== 'number' || typeof field !== 'string')
    throw nowhere(at, 'say which setting gives way: {"transaction": 0, "exposure": 0, "field": "vehicle_value"}.');
  const exposure = place === undefined ? undefined : exposureAt(place, policy, at);
  const of = !exposure
    ? pathOf.policy
    : peril === undefined
      ? pathOf.exposure(exposure.locator)
      : pathOf.peril(perilOf(exposure, peril, at).renewalGroup);
  const transactionLocator = target(`/transactions/${transaction}/locator`, answers, at);
  return { ...rest, transactionLocator, path: `${of}.${field}` };
}

function perilOf(exposure: ExposureResponse, name: JsonValue | undefined, at: string) {
  // A renewal copies perils: the last of a name is the one in force.
  const found = exposure.perils.findLast((candidate) => candidate.name === name);
  if (found) return found;
  const known = [...new Set(exposure.perils.map((peril) => peril.name))].join(', ');
  throw nowhere(at, `${exposure.name} has no peril ${JSON.stringify(name)}. It has: ${known}.`);
}

function exposureAt(place: JsonValue, policy: PolicyResponse, at: string): ExposureResponse {
  const found = typeof place === 'number' ? policy.exposures[place] : undefined;
  if (found) return found;
  throw nowhere(
    at,
    `the policy has no exposure ${JSON.stringify(place)}; it has ${policy.exposures.length}, counted from 0.`,
  );
}

function nowhere(at: string, why: string): Problem {
  return new Problem('malformed-request', `${at}: ${why}`, { place: { field: at } });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
