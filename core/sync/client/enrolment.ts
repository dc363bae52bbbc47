import * as z from 'zod';
import type { Desk } from '#core/desk/desk.ts';
import { newLocator } from '#core/model/locator.ts';
import { KEY_PLACE, type SyncSettings } from './settings.ts';
import { newDeviceKey } from './transport.ts';

/** Who a device wants to be, and its key: kept before the cloud is asked, so that a lost answer, or a kill, costs nothing. */
const Enrolment = z.strictObject({
  device: z.string(),
  /** Who it was; absent: it was nobody. */
  formerly: z.string().optional(),
  publicKey: z.string(),
  /** Private half, sealed as in the settings. */
  key: z.string(),
});
type Enrolment = z.infer<typeof Enrolment>;

const MARK = 'enrolment';

/** The enrolment that is under way, or a new one (SY83). @param again it has a cloud: it goes on under a new identity (SY11) */
export function enrolmentOf(desk: Desk, again: boolean): Enrolment {
  const { replication } = desk.store;
  const kept = replication.mark(MARK);
  const begun = replication.status()?.becoming;
  const formerly = again ? (begun?.formerly ?? desk.store.device) : undefined;
  const before = kept ? Enrolment.parse(JSON.parse(kept)) : undefined;
  if (before && before.formerly === formerly && (!begun || begun.device === before.device)) return before;
  const device = begun?.device ?? (again ? newLocator(desk.now(), desk.random) : desk.store.device);
  const { privateKey, publicKey } = newDeviceKey();
  const made = { device, publicKey, key: desk.vault.seal(privateKey, KEY_PLACE), ...(formerly && { formerly }) };
  replication.setMark(MARK, JSON.stringify(made));
  return made;
}

/** The cloud took it in and the settings say so: nothing is under way. */
export function enrolled(desk: Desk): void {
  desk.store.replication.setMark(MARK, '');
}

/** Makes the store what the settings say: of a cloud, under the identity that the key is of. Asked again it changes nothing. */
export function takeIdentity(desk: Desk, { device }: SyncSettings): void {
  const { replication } = desk.store;
  const status = replication.status();
  if (!status) replication.enrol();
  else if (!status.becoming && desk.store.device !== device) replication.beginIdentity(device);
}

/** As whom this device joined its cloud, and what it had numbered by itself until then. */
export interface Joined {
  readonly device: string;
  /** Private half of its key, sealed. */
  readonly key: string;
  readonly formerly: string | undefined;
  readonly numbers: readonly { readonly series: string; readonly first: number; readonly last: number }[];
}
const JOINED = 'joined';

/** Kept for a cloud that is set back to a time before it joined (SY97). */
export function noteJoined({ store }: Desk, { device, formerly, numbers }: Joined): void {
  store.replication.setMark(JOINED, JSON.stringify({ device, numbers, ...(formerly && { formerly }) }));
}
/** The same again, with the key that it has. */
export function joinedBefore({ store }: Desk, { device, key }: SyncSettings): Joined {
  const noted = JSON.parse(store.replication.mark(JOINED) || '{}') as Partial<Joined>;
  const { formerly, numbers = [] } = noted.device === device ? noted : {};
  return { device, key, formerly, numbers };
}
