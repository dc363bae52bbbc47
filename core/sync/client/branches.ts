import type { ExchangeRepository } from '#core/desk/exchange-repository.ts';
import { advertisedRefs, fetchPack, pushRef, type RefPush } from './git-exchange.ts';

/** What this device and the cloud last agreed upon, by the full name of a reference. */
export type Agreed = Readonly<Record<string, string>>;
/** What is to be done about one: nothing, the cloud's here, this one there, or both are kept. */
export type Decision = 'agreed' | 'take' | 'send' | 'both';

/**
 * What becomes of a reference, by what both sides had when they last agreed and what they have now (SY95). Undefined: there is none.
 * @param follows whether a commit goes on from another
 */
export async function decided(
  { agreed, here, there }: Readonly<Record<'agreed' | 'here' | 'there', string | undefined>>,
  follows: (commit: string, from: string) => Promise<boolean>,
): Promise<Decision> {
  if (here === there) return 'agreed';
  if (here === agreed) return 'take';
  // Changed here. Where the cloud's is as it was, or was given up, it goes there; nothing is rewritten.
  if (there === undefined) return 'send';
  if (here === undefined) return there === agreed ? 'send' : 'take';
  if (await follows(here, there)) return 'send';
  return (await follows(there, here)) ? 'take' : 'both';
}

/** People's branches and releases: not what deployments move, nor what waits on this device or was repaired. */
function isShared(name: string): boolean {
  const [, kind, short = ''] = /^refs\/(heads|tags)\/([A-Za-z0-9][\w.-]{0,99})$/.exec(name) ?? [];
  if (kind === 'tags') return !/^version-\d/i.test(short);
  return kind === 'heads' && short !== 'main' && !/^(promotion|repair-of-version)-/.test(short);
}

/** Asks the cloud for something of a device. */
type Ask = (method: 'GET' | 'POST', path: string, body?: Uint8Array) => Promise<Uint8Array>;
type Refs = ReadonlyMap<string, string>;

/**
 * Brings branches and releases of this device and of the cloud together (SY95). One that both changed stays twice: the cloud's under
 * its name, this device's under one with the device's sign.
 * @param sign letters and digits that tell this device from others
 * @returns what both have now, and what the cloud does not take, in its words
 */
export async function exchangeBranches(
  repository: ExchangeRepository,
  ask: Ask,
  agreed: Agreed,
  sign: string,
): Promise<{ readonly agreed: Agreed; readonly refused: readonly string[] }> {
  const [cloud, local] = [await advertisedRefs(ask), await repository.refs()];
  const [here, there] = [shared(local), shared(cloud)];
  const names = new Set([...here.keys(), ...there.keys(), ...Object.keys(agreed)]);
  await fetchMissing(repository, ask, [...there.values()], local);
  const both: Record<string, string> = {};
  const pushes: RefPush[] = [];
  for (const name of names) {
    const [mine, theirs] = [here.get(name), there.get(name)];
    const decision = await decided({ agreed: agreed[name], here: mine, there: theirs }, repository.follows);
    let moves = decision === 'take';
    if (decision === 'send') {
      // A release stays: one that was given up here comes back.
      if (mine === undefined && name.startsWith('refs/tags/')) moves = true;
      else pushes.push({ name, before: theirs, after: mine });
    }
    if (decision === 'both') {
      const other = freeName(name, sign, mine, here, there);
      moves = (await repository.move(other, here.get(other), mine)) || here.get(other) === mine;
      if (moves) pushes.push({ name: other, before: undefined, after: mine });
    }
    // Somebody who saves at this moment is not overtaken: the next time tells.
    const moved = decision === 'agreed' || (moves && (await repository.move(name, mine, theirs)));
    const value = moved || decision === 'send' ? theirs : agreed[name];
    if (value !== undefined) both[name] = value;
  }
  const refused: string[] = [];
  for (const push of pushes) {
    const why = await pushRef(ask, push, (oids) => repository.pack(oids, [...cloud.values()]));
    if (why !== undefined) refused.push(`${push.name}: ${why}`);
    else if (push.after === undefined) delete both[push.name];
    else both[push.name] = push.after;
  }
  return { agreed: both, refused };
}

function shared(refs: Refs): Refs {
  return new Map([...refs].filter(([name]) => isShared(name)));
}

async function fetchMissing(repository: ExchangeRepository, ask: Ask, oids: readonly string[], local: Refs) {
  const missing: string[] = [];
  for (const oid of oids) if (!(await repository.has(oid))) missing.push(oid);
  if (missing.length > 0) await repository.take(await fetchPack(ask, missing, [...local.values()]));
}

/** Where this device's side of a reference goes on. */
function freeName(name: string, sign: string, mine: string | undefined, here: Refs, there: Refs): string {
  const base = `${name.slice(0, 90)}-${sign}`;
  const isFree = (other: string): boolean => !there.has(other) && [undefined, mine].includes(here.get(other));
  let other = base;
  for (let n = 2; !isFree(other); n += 1) other = `${base}-${n}`;
  return other;
}
