import { answeredBefore, type Caller, commit, type Desk, locatorOf, need, write } from '#core/desk/desk.ts';
import type { PolicyholderRecord } from '#core/desk/records.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import type { RequestValues } from '#core/model/request.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { checkPolicyholder, policyholderRules } from './policyholder-fields.ts';
import { policyholderResponse } from './responses.ts';

export interface PolicyholderRequest {
  /** False while somebody still fills it in: then nothing is required yet. Default true. */
  readonly completed?: boolean;
  readonly values: RequestValues;
}

/** A policyholder as the API shows it. Throws `not-found`. */
export function getPolicyholder(desk: Desk, locator: string): PolicyholderResponse {
  const { record, version } = need(desk, 'policyholder', locator);
  return policyholderResponse(record, version);
}

/** Makes a policyholder. Throws `invalid-fields` with everything that is wrong with the values. */
export async function createPolicyholder(
  desk: Desk,
  caller: Caller,
  request: PolicyholderRequest,
): Promise<PolicyholderResponse> {
  const before = answeredBefore(desk, caller, 'policyholder.create', request);
  if (before !== undefined) return getPolicyholder(desk, before);
  const configuration = await newestConfiguration(desk);
  const at = desk.now();
  const locator = locatorOf(desk);
  const record = policyholderRecord(request, { locator, createdAt: at, updatedAt: at }, configuration, desk);
  commit(desk, caller, {
    name: 'policyholder.create',
    arguments: { policyholder: locator },
    changes: [write('policyholder', locator, 0, record, locator)],
    result: locator,
    request,
  });
  return getPolicyholder(desk, locator);
}

/** Changes a policyholder's values: those named are replaced, the others stay; null or an empty list takes one away. */
export async function updatePolicyholder(
  desk: Desk,
  caller: Caller,
  request: {
    readonly locator: string;
    readonly version?: number;
    readonly completed?: boolean;
    readonly values?: RequestValues;
  },
): Promise<PolicyholderResponse> {
  const before = answeredBefore(desk, caller, 'policyholder.update', request);
  if (before !== undefined) return getPolicyholder(desk, before);
  const configuration = await newestConfiguration(desk);
  const { record, version } = need(desk, 'policyholder', request.locator);
  if (request.version !== undefined && request.version !== version)
    throw new Problem(
      'version-conflict',
      `Policyholder ${record.locator} is at version ${version} by now, you changed version ${request.version}: read it again.`,
      { place: { locator: record.locator }, details: { version } },
    );
  const changed = policyholderRecord(
    { completed: request.completed ?? record.completed, values: { ...record.entity.values, ...request.values } },
    { locator: record.locator, createdAt: record.createdAt, updatedAt: desk.now() },
    configuration,
    desk,
  );
  commit(desk, caller, {
    name: 'policyholder.update',
    arguments: { policyholder: record.locator },
    changes: [write('policyholder', record.locator, version, changed, record.locator)],
    result: record.locator,
    request,
  });
  return getPolicyholder(desk, record.locator);
}

/** The record of a policyholder's values, checked against the configuration. One without policyholder fields takes anything. */
export function policyholderRecord(
  request: PolicyholderRequest,
  identity: Pick<PolicyholderRecord, 'locator' | 'createdAt' | 'updatedAt'>,
  configuration: Configuration | undefined,
  desk: Desk,
): PolicyholderRecord {
  const { values, errors } = policyholderValues(request.values, configuration, desk);
  const completed = request.completed ?? true;
  const wrong = completed ? errors : errors.filter(({ code }) => code !== 'MISSING');
  const [first] = wrong;
  if (first)
    throw new Problem('invalid-fields', `The policyholder can not be taken: ${first.message}`, {
      fieldErrors: wrong,
      place: { field: first.fieldName },
    });
  return { ...identity, completed, entity: { values } };
}

/** @returns values in their stored form, and everything that is wrong with them */
export function policyholderValues(values: RequestValues, configuration: Configuration | undefined, desk: Desk) {
  const rules = policyholderRules(configuration);
  const context = { now: desk.now(), newLocator: () => locatorOf(desk) };
  return withinTime('The fields of the policyholder', () => checkPolicyholder(values, rules, context));
}

/** Policyholder fields are the tenant's, not a product's: those of the newest deployment count. */
async function newestConfiguration(desk: Desk): Promise<Configuration | undefined> {
  const newest = desk.configurations.list()[0];
  return newest && (await desk.configurations.version(newest.configVersion)).configuration;
}
