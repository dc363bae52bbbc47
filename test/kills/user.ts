import type { ConflictSummary } from '#core/api/contracts/sync.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { SMALL_RISK } from '#test/contract/support.ts';
import { type KilledLaptop, Refused } from './laptop.ts';

/** How much there is to do things to; few, so that people meet. */
const MOST_POLICIES = 12;
const ENOUGH_DRAFTS = 4;

interface Listed {
  readonly locator: string;
}
type Action = (laptop: KilledLaptop, any: Listed, all: readonly Listed[]) => Promise<unknown>;

/** One thing that a user does over the workbench's door. What is refused there is nobody's fault. Throws Silent. */
export async function doSomething(laptop: KilledLaptop): Promise<void> {
  const { random } = laptop;
  try {
    const all = await laptop.ask<readonly Listed[]>('GET', '/api/policies?limit=100');
    const any = random.pick(all);
    const begin = !any || (all.length < MOST_POLICIES && random.chance(ENOUGH_DRAFTS / (ENOUGH_DRAFTS + all.length)));
    await (begin ? create : (random.pick(ACTIONS) ?? note))(laptop, any ?? { locator: '' }, all);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

const create = async (laptop: KilledLaptop): Promise<void> => {
  const values = { company_name: `${laptop.name} ${laptop.random.below(1e6)}` };
  const { locator } = await laptop.command<PolicyholderResponse>('POST', '/policyholder/create', { values });
  await laptop.command('POST', '/policy', { productName: 'small', policyholderLocator: locator, ...SMALL_RISK });
};
const something = ({ name, random }: KilledLaptop): string => `${name} ${random.below(1e9)}`;

const note: Action = (laptop, { locator }) =>
  laptop.command('POST', `/api/policies/${locator}/notes`, { text: something(laptop) });
const update: Action = (laptop, { locator }) =>
  laptop.command('POST', `/policy/${locator}/update`, {
    fieldValues: { [laptop.random.chance(0.5) ? 'note' : 'remark']: something(laptop) },
  });
const holder: Action = async (laptop, { locator }) => {
  const { policyholderLocator } = await laptop.ask<PolicyResponse>('GET', `/policy/${locator}`);
  const values = { [laptop.random.chance(0.5) ? 'company_name' : 'phone_number']: something(laptop) };
  return laptop.command('POST', '/policyholder/update', { locator: policyholderLocator, values });
};
const auxiliary: Action = (laptop, { locator }) =>
  laptop.command('PUT', `/auxData/${locator}`, {
    auxData: [{ key: `k${laptop.random.below(4)}`, value: something(laptop) }],
  });
/** The whole way to an issued policy, or as far as somebody else has not been. */
const issue: Action = async (laptop, { locator }) => {
  await laptop.command('POST', `/policy/${locator}/finalize`).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
  return laptop.command('POST', `/policy/${locator}/issue`);
};
const pay: Action = async (laptop, { locator }) => {
  const { invoices } = await laptop.ask<PolicyResponse>('GET', `/policy/${locator}`);
  const open = invoices.find(({ settlementStatus }) => settlementStatus === 'outstanding');
  return open && laptop.command('POST', `/invoice/${open.locator}/pay`);
};
const resolve: Action = async (laptop) => {
  const open = await laptop.ask<readonly ConflictSummary[]>('GET', '/api/sync/conflicts');
  const one = laptop.random.pick(open);
  return one && laptop.command('POST', `/api/sync/conflicts/${one.locator}/resolve`, { choice: 'theirs' });
};
const upload: Action = (laptop) => {
  const form = new FormData();
  form.set('file', new File([something(laptop)], 'a.txt', { type: 'text/plain' }));
  return laptop.command('POST', '/media', form);
};
const ACTIONS: readonly Action[] = [note, update, update, update, holder, auxiliary, issue, pay, resolve, upload];
