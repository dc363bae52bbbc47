import type { Decimal } from '#core/model/decimal.ts';
import type { Millis } from '#core/model/time.ts';
import type {
  InsuredExposure,
  InsuredPeril,
  Resolution,
  Transaction,
  ValuesPatch,
} from '#core/model/timeline/contract.ts';
import { civilCalendar } from './civil-calendar.ts';
import { type Insurer, yearlyRate } from './insurer.ts';

/**
 * What a policy earns, worked out the slow way: for each calendar day and peril, what was insured that day by everything that is
 * issued, and a day's share of its yearly rate. It knows no rows, splits or replays, and no function of ours that measures time,
 * so that it can prove those wrong (settled questions, 1 and 2). Only for rates by the year and the unit `days`.
 * @returns by `dayKey`: the exact amount
 */
export function earnedByDay(
  insurer: Insurer,
  issued: readonly Transaction[],
  resolutions: readonly Resolution[],
): ReadonlyMap<string, Decimal> {
  if (insurer.unit !== 'days' || !insurer.linear) throw new RangeError('A day earns its share by the unit days only.');
  const { day: dayOf, daysOfContractYear } = civilCalendar(insurer.timeZone);
  const inOrder = issued
    .toSorted((a, b) => a.effective - b.effective || a.order - b.order)
    .map((transaction) => ({ transaction, from: dayOf(transaction.effective) }));
  const earned = new Map<string, Decimal>();
  if (issued.some(({ kind }) => kind === 'withdrawal')) return earned;
  const lastDay = Math.max(...issued.map((transaction) => ('end' in transaction ? dayOf(transaction.end) : 0)));
  let stood = 0;
  let policy: Policy | undefined;
  for (let day = dayOf(insurer.anchor); day < lastDay; day += 1) {
    const stands = inOrder.filter(({ from }) => from <= day).map(({ transaction }) => transaction);
    // Nothing happened since yesterday: the policy is what it was.
    if (stands.length !== stood) policy = asOf(stands, resolutions);
    stood = stands.length;
    if (!policy || policy.cancelled || day >= dayOf(policy.end)) continue;
    const days = daysOfContractYear(insurer.anchor, day);
    for (const [peril, rate] of policy.rates) earned.set(dayKey(peril, day), rate.div(days));
  }
  return earned;
}

/** Names a day of a peril: the same in every term. */
export function dayKey(peril: string, day: number): string {
  return `${peril} on ${day}`;
}

/** Names a peril whatever its locator is in one term or the other. */
export function perilKey(exposure: string, renewalGroup: string): string {
  return `${exposure} ${renewalGroup}`;
}

type Fields = Record<string, readonly string[]>;
interface Thing {
  fields: Fields;
  groups: Record<string, Fields>;
}
interface Peril extends Thing {
  readonly group: string;
  readonly name: string;
  limits: Record<string, string>;
}
interface Exposure extends Thing {
  readonly locator: string;
  perils: Peril[];
}
interface Policy extends Thing {
  exposures: Exposure[];
  /** End of the last term that has begun. */
  end: Millis;
  /** By `perilKey`: the yearly rate in force. */
  readonly rates: Map<string, Decimal>;
  cancelled?: { readonly by: string; readonly at: Millis; changed: boolean };
}

/** A policy as the transactions leave it that have taken effect. */
function asOf(stands: readonly Transaction[], resolutions: readonly Resolution[]): Policy | undefined {
  let policy: Policy | undefined;
  for (const transaction of stands) {
    const lost = new Set(resolutions.filter((one) => one.transaction === transaction.locator).map(({ path }) => path));
    if (transaction.kind === 'create') policy = created(transaction);
    else if (policy) take(policy, transaction, lost);
  }
  return policy;
}

function created({ insured, end }: Extract<Transaction, { kind: 'create' }>): Policy {
  const exposures = insured.exposures.map(newExposure);
  const policy = { ...thing(insured.fieldValues, insured.fieldGroupsByLocator), exposures, end, rates: new Map() };
  rate(policy, () => true);
  return policy;
}

function take(policy: Policy, transaction: Transaction, lost: ReadonlySet<string>): void {
  switch (transaction.kind) {
    case 'endorsement': {
      const whole = insuredText(policy);
      const before = snapshots(policy);
      change(policy, transaction, lost);
      const after = snapshots(policy);
      const { cancelled } = policy;
      if (cancelled) cancelled.changed ||= insuredText(policy) !== whole;
      else if (transaction.repricing === 'none') rate(policy, (peril) => !before.has(peril));
      else rate(policy, (peril) => transaction.repricing === 'all' || before.get(peril) !== after.get(peril));
      return;
    }
    case 'renewal':
      change(policy, transaction, lost);
      policy.end = transaction.end;
      if (policy.cancelled) policy.cancelled.changed = true;
      else rate(policy, () => true);
      return;
    case 'cancellation':
      policy.cancelled ??= { by: transaction.locator, at: transaction.effective, changed: false };
      return;
    case 'reinstatement': {
      const { cancelled } = policy;
      if (cancelled?.by !== transaction.cancellation || transaction.effective >= policy.end) return;
      delete policy.cancelled;
      if (cancelled.changed || transaction.effective > cancelled.at) rate(policy, () => true);
    }
  }
}

/** Everything that a peril's rate depends on, by `perilKey`: a peril is rated again when it is different. */
function snapshots(policy: Policy): ReadonlyMap<string, string> {
  const { fields, groups } = policy;
  return new Map(
    policy.exposures.flatMap((exposure) =>
      exposure.perils.map((peril) => [
        perilKey(exposure.locator, peril.group),
        sorted([{ fields, groups }, { fields: exposure.fields, groups: exposure.groups }, peril]),
      ]),
    ),
  );
}

function insuredText({ fields, groups, exposures }: Policy): string {
  return sorted({ fields, groups, exposures });
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Sets the rates of the perils that are chosen, and forgets those of perils that are gone. */
function rate(policy: Policy, chosen: (peril: string) => boolean): void {
  const present = new Set<string>();
  for (const exposure of policy.exposures)
    for (const peril of exposure.perils) {
      const key = perilKey(exposure.locator, peril.group);
      present.add(key);
      if (!chosen(key)) continue;
      const { name, limits } = peril;
      policy.rates.set(key, yearlyRate(name, values(policy), values(exposure), { ...values(peril), amounts: limits }));
    }
  for (const key of policy.rates.keys()) if (!present.has(key)) policy.rates.delete(key);
}

function values({ fields, groups }: Thing) {
  return { fieldValues: fields, fieldGroupsByLocator: groups };
}

function thing(fields: Fields, groups: Readonly<Record<string, Fields>>): Thing {
  return {
    fields: { ...fields },
    groups: Object.fromEntries(Object.entries(groups).map(([at, of]) => [at, { ...of }])),
  };
}

function newExposure({ locator, fieldValues, fieldGroupsByLocator, perils }: InsuredExposure): Exposure {
  return { locator, ...thing(fieldValues, fieldGroupsByLocator), perils: perils.map(newPeril) };
}

function newPeril({ name, renewalGroup, fieldValues, fieldGroupsByLocator, amounts }: InsuredPeril): Peril {
  return { group: renewalGroup, name, ...thing(fieldValues, fieldGroupsByLocator), limits: { ...amounts } };
}

/** A renewal's copy of a peril is called after it: `<renewal>/<renewal group>`. */
function groupOf(perilLocator: string): string {
  return perilLocator.slice(perilLocator.lastIndexOf('/') + 1);
}

function change(
  policy: Policy,
  { change: made }: Extract<Transaction, { kind: 'endorsement' | 'renewal' }>,
  lost: ReadonlySet<string>,
): void {
  patch(policy, made.values, 'policy', lost);
  policy.exposures = policy.exposures.filter(({ locator }) => !made.endExposures.includes(locator));
  for (const exposure of policy.exposures) {
    const own = made.exposures[exposure.locator];
    if (!own) continue;
    patch(exposure, own.values, `exposure ${exposure.locator}`, lost);
    const ended = own.endPerils.map(groupOf);
    exposure.perils = exposure.perils.filter(({ group }) => !ended.includes(group));
    for (const [locator, { values: patched, amounts }] of Object.entries(own.perils)) {
      const peril = exposure.perils.find(({ group }) => group === groupOf(locator));
      if (!peril) continue;
      patch(peril, patched, `peril ${peril.group}`, lost);
      for (const [name, amount] of Object.entries(amounts ?? {})) {
        if (lost.has(`peril ${peril.group}.${name}`)) continue;
        if (amount === null || amount === undefined) delete peril.limits[name];
        else peril.limits[name] = amount;
      }
    }
    for (const peril of own.addPerils)
      if (!exposure.perils.some(({ name }) => name === peril.name)) exposure.perils.push(newPeril(peril));
  }
  policy.exposures.push(...made.addExposures.map(newExposure));
}

function patch(on: Thing, given: ValuesPatch | undefined, prefix: string, lost: ReadonlySet<string>): void {
  if (!given) return;
  setFields(on.fields, given.fields, prefix, lost);
  for (const [name, { add, remove }] of Object.entries(given.lists)) {
    const left = (on.fields[name] ?? []).filter((item) => !remove.includes(item));
    setFields(on.fields, { [name]: [...left, ...add] }, prefix, new Set());
    for (const locator of remove) delete on.groups[locator];
    for (const locator of add) on.groups[locator] = {};
  }
  for (const [locator, fields] of Object.entries(given.groups)) {
    const group = on.groups[locator];
    if (group) setFields(group, fields, `${prefix}.${locator}`, lost);
  }
}

function setFields(
  on: Fields,
  given: Readonly<Record<string, readonly string[] | null>>,
  prefix: string,
  lost: ReadonlySet<string>,
): void {
  for (const [name, value] of Object.entries(given)) {
    if (lost.has(`${prefix}.${name}`)) continue;
    if (value === null || value.length === 0) delete on[name];
    else on[name] = value;
  }
}
