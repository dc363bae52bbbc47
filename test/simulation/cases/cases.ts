import type { Case, Does } from './case.ts';

const make = (by: string, value: string): Does => ({
  by,
  does: 'quote.update',
  set: { 'quote q': { 'fieldValues.make': [value] } },
});
const model = (by: string, value: string): Does => ({
  by,
  does: 'quote.update',
  set: { 'quote q': { 'fieldValues.model': [value] } },
});
const issue = (by: string, number: string): Does => ({
  by,
  does: 'policy.issue',
  set: { 'policy r': { displayId: number, issuedAt: 2_000 } },
  make: { 'billing r': { locator: 'r', periods: 1 } },
});
const endorse = (by: string, name: string, kind = 'endorsement'): Does => ({
  by,
  does: 'transaction.issue',
  set: { 'policy P': { updatedAt: 3_000 }, 'billing P': { periods: 2 } },
  make: {
    [`transaction ${name}`]: {
      locator: name,
      policyLocator: 'P',
      kind,
      modification: name,
      state: 'issued',
      createdAt: 3_000,
      issuedAt: 3_000,
      order: 2,
      effective: 15,
      change: { values: {} },
    },
  },
});
const note = (by: string, name: string, policyLocator = 'P'): Does => ({
  by,
  does: 'note.add',
  make: { [`note ${name}`]: { locator: name, policyLocator, text: name, createdAt: 1 } },
});
const bill = (by: string, number: string): Does => ({
  by,
  does: 'billing.issue',
  user: 'workbench',
  set: { 'billing P': { periods: 2 } },
  make: {
    [`invoice I${by}`]: {
      locator: `I${by}`,
      policyLocator: 'P',
      displayId: number,
      period: 1,
      totalDue: '10.00',
      settlementStatus: 'outstanding',
      createdAt: 1,
    },
  },
});
/** The three commits of a lapse (core/policy/lapse.ts): each writes the grace period. */
const lapse = (by: string): readonly Does[] => [
  {
    by,
    does: 'cancellation.create',
    user: 'workbench',
    set: { 'gracePeriod g': {} },
    make: {
      'transaction L': {
        locator: 'L',
        policyLocator: 'P',
        kind: 'cancellation',
        modification: 'L',
        state: 'draft',
        createdAt: 3_000,
      },
    },
  },
  {
    by,
    does: 'transaction.issue',
    user: 'workbench',
    set: {
      'transaction L': { state: 'issued', issuedAt: 3_000 },
      'policy P': { updatedAt: 3_000 },
      'gracePeriod g': {},
    },
  },
  { by, does: 'gracePeriod.end', user: 'workbench', set: { 'gracePeriod g': { state: 'lapsed' } } },
];
const pays = (by: string, number: string): Does => ({
  by,
  does: 'invoice.pay',
  set: { 'invoice I': { settlementStatus: 'settled' }, 'gracePeriod g': { state: 'settled' } },
  make: {
    'payment Y': {
      locator: 'Y',
      policyLocator: 'P',
      invoiceLocator: 'I',
      displayId: number,
      amount: '10.00',
      postedAt: 1,
    },
  },
});
/** A grace period on the invoice, which both laptops have. */
const grace: readonly Case['steps'][number][] = [
  {
    by: 'A',
    does: 'gracePeriod.open',
    user: 'workbench',
    make: { 'gracePeriod g': { locator: 'g', policyLocator: 'P', invoiceLocator: 'I', state: 'open' } },
  },
  { push: 'A', answers: ['accepted'] },
  ...['A', 'B'].map((pull) => ({ pull })),
];
const both = ['A', 'B'] as const;
const movedOn = (record: string, fields: readonly string[]) => {
  const [type = '', locator = ''] = record.split(' ');
  return { code: 'moved-on', records: [{ type, locator, fields }] };
};
/** One laptop changes something that another may not; the answer says why. */
const unlawful = (rule: string, says: string, does: Omit<Does, 'by' | 'does'>, answer: string): Case => ({
  rule,
  says,
  forged: true,
  steps: [
    { by: 'A', does: 'forged', ...does },
    { push: 'A', answers: [answer] },
  ],
});

export const CASES: readonly Case[] = [
  {
    rule: 'SY10 SY11',
    says: 'pushing again gives the same answers and changes nothing; what is left out is asked for',
    steps: [
      make('A', '1'),
      model('A', '1'),
      make('A', '2'),
      { push: 'A', from: 2, answers: ['gap 1'] },
      { push: 'A', answers: ['accepted', 'accepted', 'accepted'] },
      { push: 'A', from: 2, answers: ['again accepted', 'again accepted'] },
    ],
    stands: { 'quote q': { 'fieldValues.make': ['2'], 'fieldValues.model': ['1'] } },
  },
  {
    rule: 'SY14 SY26',
    says: 'two laptops change different fields of a draft, one exposure each, and nobody is asked',
    steps: [
      make('A', '1'),
      { by: 'B', does: 'quote.update', set: { 'quote q': { 'exposures.e2.fieldValues.model': ['2'] } } },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['merged'] },
    ],
    stands: {
      'quote q': {
        'fieldValues.make': ['1'],
        'exposures.e2.fieldValues.model': ['2'],
        'exposures.e1.fieldValues.model': ['0'],
      },
    },
    open: [],
  },
  {
    rule: 'SY14',
    says: 'a device that goes on after a merge it has not heard of is merged again from what it made before',
    steps: [
      make('A', '1'),
      { push: 'A', answers: ['accepted'] },
      model('B', '2'),
      model('B', '3'),
      { push: 'B', answers: ['merged', 'merged'] },
    ],
    stands: { 'quote q': { 'fieldValues.make': ['1'], 'fieldValues.model': ['3'] } },
  },
  {
    rule: 'SY15 SY26',
    says: 'two laptops change one field of a draft differently: the first stands, the second is asked, the field is named',
    steps: [make('A', '1'), make('B', '2'), { push: 'A', answers: ['accepted'] }, { push: 'B', answers: ['moved-on'] }],
    stands: { 'quote q': { 'fieldValues.make': ['1'] } },
    open: [{ device: 'B', reason: movedOn('quote q', ['fieldValues.make']) }],
  },
  {
    rule: 'SY26',
    says: 'two who change a field to the same agree',
    steps: [make('A', '1'), make('B', '1'), { push: 'A', answers: ['accepted'] }, { push: 'B', answers: ['merged'] }],
    stands: { 'quote q': { 'fieldValues.make': ['1'] } },
    open: [],
  },
  {
    rule: 'SY26',
    says: 'one removes an exposure that the other changes: somebody must decide',
    steps: [
      { by: 'A', does: 'quote.update', set: { 'quote q': { 'exposures.e1': undefined } } },
      { by: 'B', does: 'quote.update', set: { 'quote q': { 'exposures.e1.fieldValues.make': ['2'] } } },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
    ],
    open: [{ reason: movedOn('quote q', ['exposures[e1]']) }],
  },
  {
    rule: 'SY25',
    says: 'what one side has locked merges no more, whichever comes first',
    steps: [
      { by: 'A', does: 'quote.quote', set: { 'quote q': { state: 'quoted', price: { grossPremium: '5.00' } } } },
      make('B', '2'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
    ],
    stands: { 'quote q': { state: 'quoted', 'fieldValues.make': ['0'] } },
    open: [{ reason: movedOn('quote q', []) }],
  },
  {
    rule: 'SY27',
    says: 'a merged draft has no price',
    steps: [
      { by: 'A', does: 'quote.price', set: { 'quote q': { price: { grossPremium: '5.00' } } } },
      model('B', '2'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['merged'] },
    ],
    stands: { 'quote q': { price: null, 'fieldValues.model': ['2'] } },
  },
  {
    rule: 'SY20',
    says: 'what each side may do alone and both together may not is refused',
    steps: [
      { by: 'A', does: 'quote.update', set: { 'quote q': { contractStart: 18 } } },
      { by: 'B', does: 'quote.update', set: { 'quote q': { contractEnd: 15 } } },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['invalid-record'] },
    ],
    forged: true,
    stands: { 'quote q': { contractStart: 18, contractEnd: 20 } },
  },
  {
    rule: 'SY25',
    says: 'auxiliary data that both made are one thing; two policies under one locator are two',
    steps: [
      { by: 'A', does: 'auxData.set', make: { 'auxData P': { locator: 'P', items: { a: { value: '1' } } } } },
      { by: 'B', does: 'auxData.set', make: { 'auxData P': { locator: 'P', items: { b: { value: '2' } } } } },
      { by: 'A', does: 'policyholder.create', make: { 'policyholder x': { locator: 'x', entity: { values: {} } } } },
      { by: 'B', does: 'policyholder.create', make: { 'policyholder x': { locator: 'x', entity: { values: {} } } } },
      { push: 'A', answers: ['accepted', 'accepted'] },
      { push: 'B', answers: ['merged', 'moved-on'] },
    ],
    stands: { 'auxData P': { 'items.a': { value: '1' }, 'items.b': { value: '2' } } },
  },
  {
    rule: 'SY31',
    says: 'two laptops issue the same quote: the first issue is the issue, the other number stays findable',
    steps: [
      issue('A', '11'),
      issue('B', '21'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
    ],
    stands: { 'policy r': { displayId: '11' } },
    open: [{ device: 'B', command: 'policy.issue' }],
  },
  {
    rule: 'SY31',
    says: 'two endorse the same policy offline: the second makes his again on top of the first',
    steps: [
      endorse('A', 'tA'),
      endorse('B', 'tB'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
      { pull: 'B' },
      endorse('B', 'tB2'),
      { push: 'B', answers: ['accepted'] },
    ],
    stands: { 'transaction tA': { state: 'issued' }, 'transaction tB': null, 'transaction tB2': { state: 'issued' } },
    open: [{ device: 'B', command: 'transaction.issue' }],
  },
  {
    rule: 'SY31',
    says: 'one cancels what the other endorses: whoever comes second is asked, with what stands there named',
    steps: [
      endorse('A', 'tA', 'cancellation'),
      endorse('B', 'tB'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
    ],
    stands: { 'transaction tA': { state: 'issued' }, 'transaction tB': null },
    open: [
      {
        device: 'B',
        changes: [
          { type: 'policy', locator: 'P', base: 'start.1.1', head: 'A.1.1' },
          { type: 'billing', locator: 'P', base: 'start.1.1', head: 'A.1.1' },
          { type: 'transaction', locator: 'tB', base: null, head: null },
        ],
      },
    ],
  },
  {
    rule: 'SY16',
    says: 'what rests on refused work is refused with it, and joins its conflict; everything else flows on',
    steps: [
      endorse('A', 'tA'),
      { push: 'A', answers: ['accepted'] },
      endorse('B', 'tB'),
      note('B', 'n1'),
      note('B', 'n2', 'p'),
      { push: 'B', answers: ['moved-on', 'follows', 'accepted'] },
      { pull: 'B' },
      note('B', 'n3'),
      { push: 'B', answers: ['accepted'] },
    ],
    stands: { 'note n1': null, 'note n2': { text: 'n2' }, 'note n3': { text: 'n3' } },
    open: [{ command: 'transaction.issue' }, { command: 'note.add', reason: { code: 'follows', conflict: 'B.1.1' } }],
  },
  {
    rule: 'SY16',
    says: 'a chain of refusals stays one piece of work where the workbench itself worked in between',
    steps: [
      endorse('A', 'tA'),
      { push: 'A', answers: ['accepted'] },
      endorse('B', 'tB'),
      bill('B', '21'),
      note('B', 'n1'),
      { push: 'B', answers: ['moved-on', 'silently', 'follows'] },
    ],
    open: [{ command: 'transaction.issue' }, { command: 'note.add', reason: { code: 'follows', conflict: 'B.1.1' } }],
  },
  {
    rule: 'SY16',
    says: 'a policy under a configuration that was refused is refused with it, although it is another aggregate',
    steps: [
      ...both.map(
        (by): Does => ({
          by,
          does: 'configuration.deploy',
          make: { 'configuration 000000002': { locator: '000000002', configVersion: 2, commit: by } },
        }),
      ),
      {
        by: 'B',
        does: 'policy.create',
        make: { 'policy n': { locator: 'n', policyholderLocator: 'h', productName: 'auto', configVersion: 2 } },
      },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on', 'follows'] },
    ],
    stands: { 'configuration 000000002': { commit: 'A' }, 'policy n': null },
  },
  {
    rule: 'SY17',
    says: 'two laptops run the billing of one period: once is enough, and nobody is asked',
    steps: [
      bill('A', '12'),
      bill('B', '21'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['silently'] },
    ],
    stands: { 'billing P': { periods: 2 }, 'invoice IA': { displayId: '12' }, 'invoice IB': null },
    open: [],
  },
  {
    rule: 'SY16 SY17',
    says: 'a refused billing run holds back nothing that a person did, unless it rests on it',
    steps: [
      bill('A', '12'),
      bill('B', '21'),
      note('B', 'n1'),
      { by: 'B', does: 'invoice.pay', set: { 'invoice IB': { settlementStatus: 'settled' } } },
      bill('B', '22'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['silently', 'accepted', 'moved-on', 'silently'] },
    ],
    stands: { 'note n1': { text: 'n1' }, 'billing P': { periods: 2 }, 'invoice IB': null },
    open: [{ command: 'invoice.pay' }],
  },
  {
    rule: 'SY33',
    says: 'a policy lapses on one laptop and is paid on the other: the lapse arrived, the payment is for its author to look at',
    steps: [
      ...grace,
      ...lapse('A'),
      pays('B', '21'),
      { push: 'A', answers: ['accepted', 'accepted', 'accepted'] },
      { push: 'B', answers: ['moved-on'] },
    ],
    stands: {
      'gracePeriod g': { state: 'lapsed' },
      'invoice I': { settlementStatus: 'outstanding' },
      'payment Y': null,
    },
    open: [{ command: 'invoice.pay' }],
  },
  {
    rule: 'SY33 SY17',
    says: 'the payment arrived first: nothing of the lapse stands, and nobody is asked',
    steps: [
      ...grace,
      ...lapse('A'),
      pays('B', '21'),
      { push: 'B', answers: ['accepted'] },
      { push: 'A', answers: ['silently', 'silently', 'silently'] },
    ],
    stands: { 'gracePeriod g': { state: 'settled' }, 'transaction L': null, 'payment Y': { amount: '10.00' } },
    open: [],
  },
  {
    rule: 'SY30 SY32',
    says: 'a conflict is resolved by a command; who resolves what is resolved already is told nothing',
    steps: [
      make('A', '1'),
      make('B', '2'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['moved-on'] },
      { pull: 'A' },
      { pull: 'B' },
      {
        by: 'B',
        does: 'conflict.resolve',
        set: { 'conflict B.1.1': { state: 'resolved' }, 'quote q': { 'fieldValues.make': ['2'] } },
      },
      { by: 'A', does: 'conflict.resolve', set: { 'conflict B.1.1': { state: 'resolved', resolution: 'theirs' } } },
      { push: 'B', answers: ['accepted'] },
      { push: 'A', answers: ['silently'] },
    ],
    stands: { 'quote q': { 'fieldValues.make': ['2'] }, 'conflict B.1.1': { state: 'resolved', resolution: null } },
    open: [],
  },
  {
    rule: 'SY29',
    says: 'forgetting a person never conflicts: what was written meanwhile is emptied too, and an issued change is',
    steps: [
      { by: 'A', does: 'policyholder.update', set: { 'policyholder h': { 'entity.values.phone': ['2'] } } },
      {
        by: 'B',
        does: 'person.erase',
        set: { 'policyholder h': { 'entity.values': {} }, 'transaction T': { comments: '', 'change.values': {} } },
      },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['merged'] },
    ],
    stands: { 'policyholder h': { 'entity.values': {} }, 'transaction T': { comments: '', 'change.values': {} } },
    open: [],
    forged: true,
  },
  {
    rule: 'SY20',
    says: 'a quote that was taken back meanwhile is not bound, although issuing does not change it',
    steps: [
      { by: 'A', does: 'quote.invalidate', set: { 'quote rq': { state: 'quoted' } } },
      issue('B', '21'),
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['unlawful state'] },
    ],
    stands: { 'policy r': { issuedAt: null }, 'quote rq': { state: 'quoted' } },
  },
  {
    rule: 'SY20',
    says: 'the quote of an issued policy is bound for good',
    steps: [
      issue('A', '12'),
      { by: 'B', does: 'quote.discard', set: { 'quote rq': { state: 'discarded' } } },
      { push: 'A', answers: ['accepted'] },
      { push: 'B', answers: ['unlawful issued-policy'] },
    ],
    stands: { 'quote rq': { state: 'accepted' } },
  },
  unlawful(
    'SY20',
    'a number of somebody else',
    { set: { 'policy r': { displayId: '25', issuedAt: 9 } } },
    'number-not-granted',
  ),
  unlawful('SY20', 'a number that is taken', { set: { 'policy r': { displayId: '1', issuedAt: 9 } } }, 'number-taken'),
  unlawful(
    'SY20',
    'an invoice under the number of another',
    { make: { 'invoice J': { locator: 'J', policyLocator: 'P', displayId: '1' } } },
    'number-taken',
  ),
  unlawful(
    'SY20',
    'an issue that is taken back',
    { set: { 'policy P': { issuedAt: undefined } } },
    'unlawful issued-policy',
  ),
  unlawful(
    'SY20',
    'an issued policy under another number',
    { set: { 'policy P': { displayId: '2' } } },
    'unlawful issued-policy',
  ),
  unlawful(
    'SY20',
    'an issued transaction with another change',
    { set: { 'transaction T': { 'change.values': {} } } },
    'unlawful issued-transaction',
  ),
  unlawful(
    'SY20',
    'a transaction that is issued without its policy',
    { set: { 'transaction t': { state: 'issued' } } },
    'unlawful state',
  ),
  unlawful('SY20', 'an invoice over less', { set: { 'invoice I': { totalDue: '1.00' } } }, 'unlawful money-rewritten'),
  unlawful(
    'SY20',
    'a quote in a state that no quote comes to',
    { set: { 'quote q': { state: 'invented' } } },
    'unlawful state',
  ),
  unlawful('SY20', 'a policy that is taken away', { drop: ['policy p'] }, 'unlawful deleted'),
  unlawful('SY20', 'a record under the name of another', { set: { 'quote q': { locator: 'Q' } } }, 'unlawful locator'),
  unlawful('SY20', 'a record of the wrong shape', { set: { 'quote q': { bad: true } } }, 'invalid-record'),
  unlawful(
    'SY20 SY15',
    'a conflict that no refusal opened, under the name that its own refusal gets',
    { make: { 'conflict A.1.1': { locator: 'A.1.1', state: 'open' } } },
    'unlawful conflict-forged',
  ),
  {
    ...unlawful(
      'SY12',
      'a number that leaves none for the others',
      { set: { 'quote q': { name: 'x' } }, number: 2 ** 53 - 2 },
      'accepted',
    ),
    stands: { 'quote q': { name: 'x' } },
  },
];
