import type { JsonObject } from '#core/model/json.ts';
import type { Laptop, Made } from './laptop.ts';
import type { Random } from './random.ts';
import { all } from './records.ts';

const FIELDS = ['make', 'model', 'value', 'territory'];

/** Something that an underwriter, or the workbench by itself, does with what the laptop shows; undefined: there was nothing to do it to. */
export function work(
  laptop: Workplace,
  random: Random,
  at: number,
): readonly [string, string, readonly Made[]] | undefined {
  const user = `user-${laptop.device}`;
  const one = random.pick(ACTIONS);
  const made = one?.do(laptop, random, at);
  return one && made ? [one.name, one.byItself ? 'workbench' : user, made] : undefined;
}

/** What an action must know of where it is done. */
export type Workplace = Pick<Laptop, 'device' | 'shown'> & { readonly journal: { readonly length: number } };
interface Action {
  readonly name: string;
  readonly byItself?: true;
  do(laptop: Workplace, random: Random, at: number): readonly Made[] | undefined;
}
const made = (type: Made['type'], record: JsonObject): Made => ({ type, locator: String(record.locator), record });

const ACTIONS: readonly Action[] = [
  {
    name: 'policy.create',
    do({ device, journal }, _random, at) {
      const own = `${device}/${journal.length}`;
      const values = Object.fromEntries(FIELDS.map((name) => [name, ['0']]));
      return [
        made('policyholder', { locator: `h${own}`, createdAt: at, updatedAt: at, entity: { values: { name: ['A'] } } }),
        made('policy', {
          locator: `p${own}`,
          displayId: `p${own}`,
          policyholderLocator: `h${own}`,
          productName: 'auto',
          quoteLocator: `q${own}`,
          createdAt: at,
          updatedAt: at,
        }),
        made('quote', {
          locator: `q${own}`,
          policyLocator: `p${own}`,
          productName: 'auto',
          state: 'draft',
          createdAt: at,
          updatedAt: at,
          fieldValues: values,
          exposures: [{ locator: `e${own}`, fieldValues: values }],
        }),
      ];
    },
  },
  {
    name: 'quote.update',
    do({ shown, device }, random, at) {
      const quote = random.pick(all(shown, 'quote').filter(({ state }) => state === 'draft'));
      if (!quote) return undefined;
      const field = random.pick(FIELDS) ?? '';
      const value = [`${device}${random.below(3)}`];
      const change = { ...(quote.fieldValues as JsonObject), [field]: value };
      const exposures = quote.exposures as readonly JsonObject[];
      if (random.chance(0.3))
        return [
          made('quote', {
            ...quote,
            updatedAt: at,
            exposures: exposures.map((of) => ({ ...of, fieldValues: change })),
          }),
        ];
      if (random.chance(0.2)) {
        const added = { locator: `e${device}/${at}/${random.below(1e6)}`, fieldValues: change };
        return [made('quote', { ...quote, updatedAt: at, exposures: [...exposures, added] })];
      }
      if (random.chance(0.1) && exposures.length > 1)
        return [made('quote', { ...quote, updatedAt: at, exposures: exposures.slice(0, -1) })];
      return [made('quote', { ...quote, updatedAt: at, fieldValues: change })];
    },
  },
  {
    name: 'policyholder.update',
    do({ shown, device }, random, at) {
      const holder = random.pick(all(shown, 'policyholder'));
      if (!holder) return undefined;
      const values = (holder.entity as JsonObject).values as JsonObject;
      const value = [`${device}${random.below(3)}`];
      const entity = { values: { ...values, [random.chance(0.5) ? 'name' : 'phone']: value } };
      return [made('policyholder', { ...holder, updatedAt: at, entity })];
    },
  },
  {
    name: 'policy.finalize',
    do({ shown }, random, at) {
      const quote = random.pick(all(shown, 'quote').filter(({ state }) => state === 'draft'));
      if (!quote) return undefined;
      return [made('quote', { ...quote, state: 'accepted', updatedAt: at, price: { grossPremium: '100.00' } })];
    },
  },
  {
    name: 'policy.issue',
    do({ shown, device, journal }, random, at) {
      const quotes = new Map(all(shown, 'quote').map((quote) => [quote.locator, quote]));
      const policy = random.pick(
        all(shown, 'policy').filter(
          ({ issuedAt, quoteLocator }) => issuedAt === undefined && quotes.get(quoteLocator)?.state === 'accepted',
        ),
      );
      if (!policy) return undefined;
      const displayId = `${device}-${journal.length}`;
      return [
        made('policy', { ...policy, displayId, issuedAt: at, updatedAt: at }),
        ...charged(shown, policy, device, journal.length, at),
      ];
    },
  },
  {
    name: 'transaction.issue',
    do({ shown, device, journal }, random, at) {
      const policy = issued(shown, random);
      if (!policy) return undefined;
      const own = `t${device}/${journal.length}`;
      const transaction = {
        locator: own,
        policyLocator: policy.locator,
        kind: 'endorsement',
        modification: own,
        state: 'issued',
        createdAt: at,
        issuedAt: at,
        effective: at,
      };
      return [
        made('transaction', transaction as JsonObject),
        made('policy', { ...policy, updatedAt: at }),
        ...charged(shown, policy, device, journal.length, at),
      ];
    },
  },
  {
    name: 'billing.run',
    byItself: true,
    do({ shown, device, journal }, random, at) {
      const policy = issued(shown, random);
      return policy && charged(shown, policy, device, journal.length, at);
    },
  },
  {
    name: 'payment.add',
    do({ shown, device, journal }, random, at) {
      const invoice = random.pick(
        all(shown, 'invoice').filter(({ settlementStatus }) => settlementStatus === 'outstanding'),
      );
      if (!invoice) return undefined;
      return [
        made('invoice', { ...invoice, settlementStatus: 'settled' }),
        made('payment', {
          locator: `y${device}/${journal.length}`,
          policyLocator: invoice.policyLocator ?? '',
          invoiceLocator: invoice.locator ?? '',
          displayId: `${device}-${journal.length}`,
          amount: '10.00',
          postedAt: at,
        }),
      ];
    },
  },
  {
    name: 'note.add',
    do({ shown, device, journal }, random, at) {
      const policy = random.pick(all(shown, 'policy'));
      if (!policy) return undefined;
      const note = { locator: `n${device}/${journal.length}`, policyLocator: policy.locator, text: 'n', createdAt: at };
      return [made('note', note as JsonObject)];
    },
  },
  {
    name: 'conflict.resolve',
    do({ shown, device }, random, at) {
      const conflict = random.pick(all(shown, 'conflict').filter(({ state }) => state === 'open'));
      if (!conflict) return undefined;
      const resolution = { choice: 'theirs', by: `user-${device}`, at };
      return [made('conflict', { ...conflict, state: 'resolved', resolution })];
    },
  },
];

function issued(shown: Laptop['shown'], random: Random): JsonObject | undefined {
  return random.pick(all(shown, 'policy').filter(({ issuedAt }) => issuedAt !== undefined));
}

/** The next period of a policy is charged: the invariant is that none is charged twice. */
function charged(
  shown: Laptop['shown'],
  { locator }: JsonObject,
  device: string,
  count: number,
  at: number,
): readonly Made[] {
  const billing = shown.get(`billing ${locator}`)?.record;
  const period = Number(billing?.periods ?? 0);
  const invoice = {
    locator: `i${device}/${count}`,
    policyLocator: locator,
    displayId: `${device}-${count}`,
    period,
    totalDue: '10.00',
    settlementStatus: 'outstanding',
    createdAt: at,
  };
  return [made('billing', { locator: String(locator), periods: period + 1 }), made('invoice', invoice as JsonObject)];
}
