import type { JsonObject } from '#core/model/json.ts';

const at = 1_000;
const fieldValues = { make: ['0'], model: ['0'], value: ['0'] };
const quote = {
  policyholderLocator: 'h',
  productName: 'auto',
  createdAt: at,
  updatedAt: at,
  contractStart: 10,
  contractEnd: 20,
  fieldValues,
  exposures: ['e1', 'e2'].map((locator) => ({ locator, fieldValues })),
};
const policy = { policyholderLocator: 'h', productName: 'auto', createdAt: at, updatedAt: at };

/**
 * What everybody has: a policyholder; a policy `p` with the draft `q`; one, `r`, whose quote `rq` is accepted; and one, `P`, that is
 * issued, with its quote, an endorsement that is issued and one that is a draft, its billing and an invoice.
 */
export const START: Readonly<Record<string, JsonObject>> = {
  'configuration 000000001': { locator: '000000001', configVersion: 1, commit: 'c1' },
  'policyholder h': { locator: 'h', createdAt: at, updatedAt: at, entity: { values: { name: ['A'], phone: ['1'] } } },
  'policy p': { locator: 'p', displayId: 'p', quoteLocator: 'q', ...policy },
  'quote q': { locator: 'q', policyLocator: 'p', state: 'draft', ...quote },
  'policy r': { locator: 'r', displayId: 'r', quoteLocator: 'rq', ...policy },
  'quote rq': { locator: 'rq', policyLocator: 'r', state: 'accepted', price: { grossPremium: '100.00' }, ...quote },
  'policy P': { locator: 'P', displayId: '1', quoteLocator: 'Q', issuedAt: at, ...policy },
  'quote Q': { locator: 'Q', policyLocator: 'P', state: 'accepted', price: { grossPremium: '100.00' }, ...quote },
  'transaction T': {
    locator: 'T',
    policyLocator: 'P',
    kind: 'endorsement',
    modification: 'm1',
    state: 'issued',
    createdAt: at,
    issuedAt: at,
    order: 1,
    effective: 12,
    comments: 'said on the phone',
    change: { values: { make: ['9'] } },
  },
  'transaction t': {
    locator: 't',
    policyLocator: 'P',
    kind: 'endorsement',
    modification: 'm2',
    state: 'application',
    createdAt: at,
    updatedAt: at,
    effective: 14,
    change: { values: {} },
  },
  'billing P': { locator: 'P', periods: 1 },
  'invoice I': {
    locator: 'I',
    policyLocator: 'P',
    displayId: '1',
    period: 0,
    totalDue: '10.00',
    settlementStatus: 'outstanding',
    createdAt: at,
  },
};
/** So many numbers of every series have been granted: to the start, from 1 on, then to A, then to B. */
export const NUMBERS = 10;
