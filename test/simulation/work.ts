import { configurationLocator } from '#core/desk/records.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import type { Laptop, Made } from './laptop.ts';
import type { Random } from './random.ts';
import { all } from './records.ts';

const FIELDS = ['make', 'model', 'value', 'territory'];

/** What an action must know of where it is done. */
export type Workplace = Pick<Laptop, 'device' | 'shown' | 'format' | 'takeNumber'> & {
  readonly journal: { readonly length: number };
  /** Refused entries of anybody, by id. */
  readonly refused: ReadonlyMap<string, PushedEntry>;
};
/** What a command of somebody is to be. */
interface Done {
  readonly command: string;
  readonly user: string;
  readonly made: readonly Made[];
}

/** Something that an underwriter, or the workbench by itself, does with what the laptop shows; undefined: there was nothing to do it to. */
export function work(laptop: Workplace, random: Random, at: number): Done | undefined {
  const action = random.pick(ACTIONS);
  const made = action?.do(new Sight(laptop, random, at));
  const user = action?.byItself ? 'workbench' : `user-${laptop.device}`;
  return action && made && { command: action.name, user, made };
}

/** What an action sees: the laptop's records, and a name for what it makes. */
class Sight {
  readonly laptop: Workplace;
  readonly random: Random;
  readonly at: number;
  /** Counted, as locators are: a store that was restored from a backup gives the same ones again. */
  readonly own: string;

  constructor(laptop: Workplace, random: Random, at: number) {
    this.laptop = laptop;
    this.random = random;
    this.at = at;
    this.own = `${laptop.device}/${laptop.journal.length}`;
  }
  one(type: string, which: (record: JsonObject) => boolean = () => true): JsonObject | undefined {
    return this.random.pick(all(this.laptop.shown, type).filter(which));
  }
  value(): readonly string[] {
    return [`${this.laptop.device}${this.random.below(3)}`];
  }
  get(type: string, locator: JsonValue | undefined): JsonObject | undefined {
    return this.laptop.shown.get(`${type} ${locator}`)?.record ?? undefined;
  }
}
interface Action {
  readonly name: string;
  readonly byItself?: true;
  do(sight: Sight): readonly Made[] | undefined;
}
const made = (type: Made['type'], record: JsonObject): Made => ({ type, locator: String(record.locator), record });
const fresh = (type: Made['type'], record: JsonObject): Made => ({ ...made(type, record), fresh: true });

const createHolder: Action = {
  name: 'policyholder.create',
  do: ({ own, at, laptop, random }) =>
    random.chance(1 / (1 + all(laptop.shown, 'policyholder').length))
      ? [
          fresh('policyholder', {
            locator: `h${own}`,
            createdAt: at,
            updatedAt: at,
            entity: { values: { name: ['A'] } },
          }),
        ]
      : undefined,
};
const create: Action = {
  name: 'policy.create',
  do(sight) {
    const { own, at } = sight;
    const holder = sight.one('policyholder');
    if (!holder) return createHolder.do(sight);
    // Few policies, so that people meet.
    if (!sight.random.chance(1 / (1 + all(sight.laptop.shown, 'policy').length))) return undefined;
    const values = Object.fromEntries(FIELDS.map((name) => [name, ['0']]));
    const configuration = sight.one('configuration');
    return [
      fresh('policy', {
        locator: `p${own}`,
        displayId: `p${own}`,
        policyholderLocator: holder.locator,
        productName: 'auto',
        quoteLocator: `q${own}`,
        ...(configuration && { configVersion: configuration.configVersion }),
        createdAt: at,
        updatedAt: at,
      }),
      fresh('quote', {
        locator: `q${own}`,
        policyLocator: `p${own}`,
        policyholderLocator: holder.locator,
        productName: 'auto',
        state: 'draft',
        createdAt: at,
        updatedAt: at,
        fieldValues: values,
        exposures: ['a', 'b'].map((part) => ({ locator: `e${own}${part}`, fieldValues: values })),
      }),
    ];
  },
};
const update: Action = {
  name: 'quote.update',
  do(sight) {
    const { random, at } = sight;
    const quote = sight.one('quote', ({ state }) => state === 'draft');
    if (!quote) return undefined;
    const exposures = quote.exposures as readonly JsonObject[];
    const change = { [random.pick(FIELDS) ?? '']: sight.value() };
    const changed = (of: JsonObject): JsonObject => ({
      ...of,
      fieldValues: { ...(of.fieldValues as JsonObject), ...change },
    });
    const place = random.below(exposures.length);
    const next = [
      () => changed(quote),
      () => changed(quote),
      () => ({ ...quote, exposures: exposures.map((of, i) => (i === place ? changed(of) : of)) }),
      () => ({ ...quote, exposures: [...exposures, changed({ locator: `e${sight.own}` })] }),
      () => ({ ...quote, exposures: exposures.filter((_, i) => i !== place) }),
      () => ({ ...quote, exposures: [...exposures].reverse() }),
    ][random.below(6)];
    const format = sight.laptop.format === 2 && random.chance(0.1) ? { format: 2 } : {};
    return next && [made('quote', { ...next(), ...format, updatedAt: at })];
  },
};
const updateHolder: Action = {
  name: 'policyholder.update',
  do(sight) {
    const holder = sight.one('policyholder');
    if (!holder) return undefined;
    const values = (holder.entity as JsonObject).values as JsonObject;
    const entity = { values: { ...values, [sight.random.chance(0.5) ? 'name' : 'phone']: sight.value() } };
    return [made('policyholder', { ...holder, updatedAt: sight.at, entity })];
  },
};

/** Moves a quote on: only its own record, as finalizing does where nothing is billed. */
function step(name: string, from: string, to: string, more: JsonObject = {}): Action {
  return {
    name,
    do(sight) {
      const bound = (quote: JsonObject) => sight.get('policy', quote.policyLocator)?.issuedAt !== undefined;
      const quote = sight.one('quote', (one) => one.state === from && !bound(one));
      return quote && [made('quote', { ...quote, state: to, updatedAt: sight.at, ...more })];
    },
  };
}
const price: Action = {
  name: 'quote.price',
  do(sight) {
    const quote = sight.one('quote', ({ state }) => state === 'draft');
    return (
      quote && [
        made('quote', { ...quote, price: { grossPremium: `${sight.random.below(9)}.00` }, updatedAt: sight.at }),
      ]
    );
  },
};
const issue: Action = {
  name: 'policy.issue',
  do(sight) {
    const { at, laptop } = sight;
    const policy = sight.one(
      'policy',
      ({ issuedAt, quoteLocator }) => issuedAt === undefined && sight.get('quote', quoteLocator)?.state === 'accepted',
    );
    const displayId = policy && laptop.takeNumber('policyNumber');
    if (!policy || displayId === undefined) return undefined;
    return charged(sight, policy, [made('policy', { ...policy, displayId, issuedAt: at, updatedAt: at })]);
  },
};
const draftChange: Action = {
  name: 'transaction.create',
  do(sight) {
    const policy = issued(sight);
    const kind = sight.random.chance(0.7) ? 'endorsement' : 'cancellation';
    return (
      policy && [
        fresh('transaction', {
          locator: `t${sight.own}`,
          policyLocator: policy.locator,
          policyholderLocator: policy.policyholderLocator,
          kind,
          modification: `m${sight.own}`,
          state: kind === 'endorsement' ? 'application' : 'draft',
          change: { values: {} },
          createdAt: sight.at,
          updatedAt: sight.at,
        }),
      ]
    );
  },
};
const updateChange: Action = {
  name: 'transaction.update',
  do(sight) {
    const found = sight.one('transaction', ({ state }) => state === 'application' || state === 'draft');
    if (!found) return undefined;
    const { values } = found.change as { values: JsonObject };
    const change = { values: { ...values, [sight.random.pick(FIELDS) ?? '']: sight.value() } };
    return [made('transaction', { ...found, change, updatedAt: sight.at })];
  },
};
const issueChange: Action = {
  name: 'transaction.issue',
  do(sight) {
    const { at } = sight;
    const found = sight.one('transaction', ({ state }) => state === 'application' || state === 'draft');
    const policy = found && sight.get('policy', found.policyLocator);
    if (!policy) return undefined;
    return charged(sight, policy, [
      made('transaction', { ...found, state: 'issued', issuedAt: at, effect: { premium: '1.00' }, updatedAt: at }),
      made('policy', { ...policy, updatedAt: at }),
    ]);
  },
};
const pay: Action = {
  name: 'invoice.pay',
  do(sight) {
    const invoice = sight.one('invoice', ({ settlementStatus }) => settlementStatus === 'outstanding');
    const displayId = invoice && sight.laptop.takeNumber('payment');
    if (!invoice || displayId === undefined) return undefined;
    return [
      made('invoice', { ...invoice, settlementStatus: 'settled' }),
      fresh('payment', {
        locator: `y${sight.own}`,
        policyLocator: invoice.policyLocator,
        invoiceLocator: invoice.locator,
        displayId,
        amount: '10.00',
        postedAt: sight.at,
      }),
    ];
  },
};
const note: Action = {
  name: 'note.add',
  do(sight) {
    const policy = sight.one('policy');
    const { own, at, laptop } = sight;
    if (!policy) return undefined;
    return [
      fresh('note', {
        locator: `n${own}`,
        policyLocator: policy.locator,
        text: 'n',
        createdAt: at,
        ...(laptop.format === 2 && sight.random.chance(0.3) ? { format: 2 } : {}),
      }),
    ];
  },
};
const aux: Action = {
  name: 'auxData.set',
  do(sight) {
    const policy = sight.one('policy');
    if (!policy) return undefined;
    const items = (sight.get('auxData', policy.locator)?.items ?? {}) as JsonObject;
    const key = sight.random.pick(FIELDS) ?? '';
    return [made('auxData', { locator: policy.locator, items: { ...items, [key]: { value: sight.value() } } })];
  },
};
const deploy: Action = {
  name: 'configuration.deploy',
  do(sight) {
    const configVersion = all(sight.laptop.shown, 'configuration').length + 1;
    if (configVersion > 3) return undefined;
    return [fresh('configuration', { locator: configurationLocator(configVersion), configVersion, commit: sight.own })];
  },
};
const bill: Action = {
  name: 'billing.issue',
  byItself: true,
  do(sight) {
    const policy = issued(sight);
    return policy && charged(sight, policy, []);
  },
};
const resolve: Action = {
  name: 'conflict.resolve',
  do(sight) {
    const { at, laptop } = sight;
    const conflict = sight.one('conflict', ({ state }) => state === 'open' || sight.random.chance(0.1));
    if (!conflict) return undefined;
    // One's own again, on top of what stands there: field by field.
    const refused = laptop.refused.get(String(conflict.locator));
    const again = refused?.changes.flatMap(({ type, record }) => {
      const stands = record && sight.get(type, record.locator);
      if (type !== 'quote' || stands?.state !== 'draft' || record?.state !== 'draft') return [];
      const fieldValues = { ...(stands.fieldValues as JsonObject), ...(record.fieldValues as JsonObject) };
      return [made('quote', { ...stands, fieldValues, updatedAt: at })];
    });
    const mine = again && again.length > 0 && sight.random.chance(0.5) ? again : [];
    const resolution = { choice: mine.length > 0 ? 'fields' : 'theirs', by: `user-${laptop.device}`, at };
    return [made('conflict', { ...conflict, state: 'resolved', resolution }), ...mine];
  },
};

const ACTIONS: readonly Action[] = [
  createHolder,
  create,
  create,
  update,
  update,
  update,
  updateHolder,
  price,
  step('policy.finalize', 'draft', 'accepted', { price: { grossPremium: '100.00' } }),
  step('policy.finalize', 'draft', 'accepted', { price: { grossPremium: '100.00' } }),
  step('quote.invalidate', 'accepted', 'quoted'),
  step('quote.accept', 'quoted', 'accepted'),
  step('quote.discard', 'accepted', 'discarded'),
  issue,
  issue,
  draftChange,
  draftChange,
  updateChange,
  updateChange,
  issueChange,
  pay,
  note,
  aux,
  deploy,
  bill,
  resolve,
];

function issued(sight: Sight): JsonObject | undefined {
  return sight.one('policy', ({ issuedAt }) => issuedAt !== undefined);
}

/** The next period of a policy is charged: the invariant is that none is charged twice. */
function charged(sight: Sight, { locator }: JsonObject, besides: readonly Made[]): readonly Made[] | undefined {
  const displayId = sight.laptop.takeNumber('invoice');
  if (displayId === undefined) return undefined;
  const period = Number(sight.get('billing', locator)?.periods ?? 0);
  return [
    ...besides,
    made('billing', { locator, periods: period + 1 }),
    fresh('invoice', {
      locator: `i${sight.own}`,
      policyLocator: locator,
      displayId,
      period,
      totalDue: '10.00',
      settlementStatus: 'outstanding',
      createdAt: sight.at,
    }),
  ];
}
