import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Caller, commit, type Desk, findAll, look, write } from '#core/desk/desk.ts';
import type { PolicyRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import type { JobControl } from '../job-contract.ts';
import type { Cloned } from './contract.ts';
import { type Mask, maskOf } from './mask.ts';

/**
 * Fills a new, empty store from another: every configuration with its history, and a seeded sample of its book with personal data
 * replaced (EN2, EN3). Claims, documents, worksheets, payments and what raters were asked stay behind.
 * Throws `wrong-state` where the target holds anything already.
 */
export async function cloneInto(
  from: { readonly desk: Desk; readonly folder: string },
  to: { readonly desk: Desk; readonly folder: string },
  caller: Caller,
  options: { readonly policies: number; readonly seed: string },
  control: Partial<Pick<JobControl, 'signal' | 'onProgress'>> = {},
): Promise<Cloned> {
  const records = [...from.desk.configurations.list()].reverse();
  if (to.desk.configurations.list().length > 0 || to.desk.store.list('policy', { limit: 1 }).length > 0)
    throw new Problem('wrong-state', `${to.folder} holds data already: a clone begins in a new folder.`, {
      place: { file: to.folder },
    });
  const repository = STORE_FILES.configurations;
  await cp(path.join(from.folder, repository), path.join(to.folder, repository), { recursive: true });
  const counters = from.desk.store.list('counter').flatMap(({ locator }) => {
    const counter = look(from.desk, 'counter', locator);
    return counter ? [write('counter', locator, 0, counter.record)] : [];
  });
  commit(to.desk, caller, {
    name: 'environment.clone',
    arguments: { versions: records.length },
    changes: [...records.map((record) => write('configuration', record.locator, 0, record)), ...counters],
    result: 'configurations',
  });
  const all = from.desk.store.list('policy').map(({ record }) => record as unknown as PolicyRecord);
  const sample = sampled(all, options);
  const masks = new Map<number, Mask>();
  const written = new Set<string>();
  for (const [done, policy] of sample.entries()) {
    control.signal?.throwIfAborted();
    control.onProgress?.({ done, total: sample.length });
    // Policies of a large sample are written one after another: somebody else is answered between them.
    if (done % 20 === 0) await setImmediate();
    const mask = masks.get(policy.configVersion) ?? (await maskFor(from.desk, policy.configVersion, options.seed));
    masks.set(policy.configVersion, mask);
    const changes = policyChanges(from.desk, policy, mask, written);
    commit(to.desk, caller, {
      name: 'environment.clone',
      arguments: { policy: policy.locator },
      changes,
      result: policy.locator,
    });
  }
  return { versions: records.length, policies: sample.length, of: all.length };
}

/** A sample that follows from the seed and the policies' locators alone, in their order. */
function sampled(
  all: readonly PolicyRecord[],
  { policies, seed }: { readonly policies: number; readonly seed: string },
): readonly PolicyRecord[] {
  const rank = (locator: string): string => createHash('sha256').update(`${seed}\n${locator}`).digest('hex');
  const chosen = new Set(
    all
      .map(({ locator }) => ({ locator, rank: rank(locator) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, policies)
      .map(({ locator }) => locator),
  );
  return all.filter(({ locator }) => chosen.has(locator));
}

async function maskFor(desk: Desk, configVersion: number, seed: string): Promise<Mask> {
  return maskOf((await desk.configurations.version(configVersion)).configuration, seed);
}

function policyChanges(desk: Desk, policy: PolicyRecord, mask: Mask, written: Set<string>): readonly Change[] {
  const person = policy.policyholderLocator;
  const changes: Change[] = [];
  const holder = look(desk, 'policyholder', person);
  if (holder && !written.has(person)) {
    written.add(person);
    const values = mask.person(holder.record.entity.values);
    changes.push(write('policyholder', person, 0, { ...holder.record, entity: { values } }, person));
  }
  changes.push(write('policy', policy.locator, 0, policy));
  for (const { locator, record } of findAll(desk, 'quote', 'policyLocator', policy.locator)) {
    // Worksheets quote what people said: they stay behind.
    const { worksheet: _, ...quote } = masked(record, mask);
    changes.push(write('quote', locator, 0, quote, person));
  }
  for (const { locator, record } of findAll(desk, 'transaction', 'policyLocator', policy.locator)) {
    const { worksheet: _, comments: _c, ...transaction } = masked(record, mask);
    changes.push(write('transaction', locator, 0, transaction satisfies TransactionRecord, person));
  }
  for (const { locator, record } of findAll(desk, 'invoice', 'policyLocator', policy.locator))
    changes.push(write('invoice', locator, 0, record));
  const billing = look(desk, 'billing', policy.locator);
  if (billing) changes.push(write('billing', policy.locator, 0, billing.record));
  return changes;
}

/** Every value of a field in a record, wherever it stands. */
function masked<T>(record: T, mask: Mask): T {
  const visit = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    if (typeof value !== 'object' || value === null) return value;
    const object = value as Record<string, unknown>;
    if ((key === 'fieldValues' || key === 'fields') && Object.values(object).every(isValue)) {
      const given = Object.entries(object).filter(([, list]) => list !== null) as [string, readonly string[]][];
      const gone = Object.entries(object).filter(([, list]) => list === null);
      return { ...mask.risk(Object.fromEntries(given)), ...Object.fromEntries(gone) };
    }
    const inner = key === 'fieldGroupsByLocator' || key === 'groups' ? 'fieldValues' : undefined;
    return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, visit(member, inner ?? name)]));
  };
  return visit(record, '') as T;
}

function isValue(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}
