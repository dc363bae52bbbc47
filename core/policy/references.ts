import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';

/**
 * A request of a history or a case with its references resolved (settled questions, 12): `{"$ref": "/policy/exposures/0/locator"}`
 * is a JSON pointer (RFC 6901) into the earlier answers; `exposure: 0` and `peril: "collision"` name an exposure by its place and a
 * peril by its name instead of their locators. Throws `malformed-request` for what points nowhere.
 * @param policy as the transaction before left it
 */
export function resolved(given: JsonValue, answers: JsonObject, policy: PolicyResponse, at: string): JsonValue {
  return named(pointed(given, answers, at), policy, at);
}

function pointed(value: JsonValue, answers: JsonObject, at: string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => pointed(item, answers, `${at}[${i}]`));
  if (!isObject(value)) return value;
  if (typeof value.$ref === 'string') return target(value.$ref, answers, at);
  return mapMembers(value, (member, name) => pointed(member, answers, `${at}.${name}`));
}

function target(pointer: string, answers: JsonObject, at: string): JsonValue {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: JsonValue | undefined = answers;
  for (const step of steps) {
    const holder: JsonValue | undefined = value;
    value =
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, step)
        ? (holder as Readonly<Record<string, JsonValue>>)[step]
        : undefined;
  }
  if (value !== undefined && pointer.startsWith('/')) return value;
  throw new Problem(
    'malformed-request',
    `${at}: the reference "${pointer}" points to nothing in the earlier answers.`,
    { place: { field: at } },
  );
}

function named(value: JsonValue, policy: PolicyResponse, at: string): JsonValue {
  if (!isObject(value) || !isObject(value.request)) return value;
  const { updateExposures, endExposures } = value.request;
  const exposures = Array.isArray(updateExposures)
    ? {
        updateExposures: updateExposures.map((item: JsonValue, i) =>
          exposureUpdate(item, policy, `${at}.request.updateExposures[${i}]`),
        ),
      }
    : {};
  const ended = Array.isArray(endExposures)
    ? {
        endExposures: endExposures.map((item: JsonValue, i) =>
          typeof item === 'number' ? exposureAt(item, policy, `${at}.request.endExposures[${i}]`).locator : item,
        ),
      }
    : {};
  return { ...value, request: { ...value.request, ...exposures, ...ended } };
}

function exposureUpdate(value: JsonValue, policy: PolicyResponse, at: string): JsonValue {
  if (!isObject(value) || value.exposure === undefined) return value;
  const { exposure: place, updatePerils, endPerils, ...rest } = value;
  const exposure = exposureAt(place, policy, at);
  const peril = (name: JsonValue | undefined, where: string): string => {
    // A renewal copies perils: the last of a name is the one in force.
    const found = exposure.perils.findLast((candidate) => candidate.name === name);
    if (found) return found.locator;
    throw new Problem('malformed-request', `${where}: ${exposure.name} has no peril ${JSON.stringify(name)}.`, {
      place: { field: where },
    });
  };
  return {
    ...rest,
    exposureLocator: exposure.locator,
    ...(Array.isArray(updatePerils)
      ? {
          updatePerils: updatePerils.map((item: JsonValue, i) => {
            if (!isObject(item) || item.peril === undefined) return item;
            const { peril: name, ...update } = item;
            return { ...update, perilLocator: peril(name, `${at}.updatePerils[${i}]`) };
          }),
        }
      : {}),
    ...(Array.isArray(endPerils)
      ? {
          endPerils: endPerils.map((item: JsonValue, i) =>
            isObject(item) ? peril(item.peril, `${at}.endPerils[${i}]`) : item,
          ),
        }
      : {}),
  };
}

function exposureAt(place: JsonValue | undefined, policy: PolicyResponse, at: string) {
  const found = typeof place === 'number' ? policy.exposures[place] : undefined;
  if (found) return found;
  throw new Problem(
    'malformed-request',
    `${at}: the policy has no exposure ${JSON.stringify(place)}; it has ${policy.exposures.length}, counted from 0.`,
    { place: { field: at } },
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapMembers(value: JsonObject, map: (member: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, map(member, name)]])),
  );
}
