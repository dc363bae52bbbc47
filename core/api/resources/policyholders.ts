import type { Typed } from '#core/desk/desk.ts';
import { findAll, need } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { listInvoices } from '#core/policy/invoices.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { createPolicyholder, getPolicyholder, updatePolicyholder } from '#core/policy/policyholders.ts';
import { policyholderResponse } from '#core/policy/responses.ts';
import type { Door, EndpointCall } from '../door.ts';
import { PolicyholderCreate, PolicyholderUpdate } from '../schemas.ts';

const tag = 'Policyholders';
const PAGE = 100;
const MOST_PAGE = 1_000;

/** Policyholders at the paths of the original platform (formats §3.9). */
export function policyholderResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/policyholder/create',
      tag,
      summary: 'Make a policyholder',
      body: PolicyholderCreate,
      answer: 'PolicyholderResponse',
    },
    ({ desk, body, caller }) => createPolicyholder(desk, caller(), { values: body.values, ...completed(body) }),
  );
  door.on(
    {
      method: 'post',
      path: '/policyholder/update',
      tag,
      summary: 'Change a policyholder',
      body: PolicyholderUpdate,
      answer: 'PolicyholderResponse',
    },
    ({ desk, body, caller }) => updatePolicyholder(desk, caller(), body),
  );
  door.on(
    {
      method: 'get',
      path: '/policyholders',
      tag,
      summary: 'All policyholders by creation, in pages',
      query: {
        createdAfter: 'milliseconds',
        createdBefore: 'milliseconds',
        pageSize: `at most ${MOST_PAGE}, default ${PAGE}`,
        pagingToken: 'from the page before',
      },
      answer: 'PolicyholdersResponse',
    },
    listPolicyholders,
  );
  door.on(
    { method: 'get', path: '/policyholder/:locator', tag, summary: 'One policyholder', answer: 'PolicyholderResponse' },
    ({ desk, param }) => getPolicyholder(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: '/policyholder/:locator/policies',
      tag,
      summary: 'The policies of a policyholder',
      answer: 'PolicyResponse[]',
    },
    ({ desk, param }) => {
      const { locator } = need(desk, 'policyholder', param('locator'));
      return findAll(desk, 'policy', 'policyholderLocator', locator).map((policy) => getPolicy(desk, policy.locator));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/policyholder/:locator/invoices',
      tag,
      summary: 'The invoices of a policyholder',
      answer: 'InvoiceResponse[]',
    },
    ({ desk, param }) => {
      const { locator } = need(desk, 'policyholder', param('locator'));
      return findAll(desk, 'policy', 'policyholderLocator', locator).flatMap((policy) =>
        listInvoices(desk, policy.locator),
      );
    },
  );
}

function completed(body: { readonly completed?: boolean | undefined }): { completed?: boolean } {
  return body.completed === undefined ? {} : { completed: body.completed };
}

function listPolicyholders({ desk, query }: EndpointCall<unknown>) {
  const [after, before] = [
    numberIn(query('createdAfter'), 'createdAfter'),
    numberIn(query('createdBefore'), 'createdBefore'),
  ];
  const size = Math.min(numberIn(query('pageSize'), 'pageSize') ?? PAGE, MOST_PAGE);
  const token = query('pagingToken');
  // Locators are UUIDs of version 7: their order is that of creation.
  const page = desk.store.list('policyholder', {
    limit: size,
    ...(token ? { after: token } : {}),
  }) as unknown as readonly Typed<'policyholder'>[];
  const last = page.length === size ? page.at(-1)?.locator : undefined;
  return {
    policyholders: page
      .filter(
        ({ record }) => record.createdAt > (after ?? -1) && record.createdAt < (before ?? Number.POSITIVE_INFINITY),
      )
      .map(({ record, version }) => policyholderResponse(record, version)),
    ...(last === undefined ? {} : { pagingToken: last }),
  };
}

/** A whole number of a query; undefined when it is not there. Throws `malformed-request`. */
export function numberIn(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem('malformed-request', `${name} must be a whole number, not "${text}".`, { place: { field: name } });
}
