import * as z from 'zod';
import { type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';

/** What a device keeps of its cloud; the private half of its key sealed with the key of the data folder. */
const Settings = z.strictObject({
  tenant: z.string(),
  tenantName: z.string(),
  /** The identity that the key is of. */
  device: z.string(),
  addresses: z.array(z.string()).readonly(),
  on: z.boolean(),
  metered: z.boolean(),
  /** Ed25519, PKCS8 in base64, sealed. */
  key: z.string(),
});
export type SyncSettings = z.infer<typeof Settings>;

const SETTING = 'replication';
/** What the vault seals the key for. */
export const KEY_PLACE = 'replication';

export function readSettings(desk: Desk): SyncSettings | undefined {
  const stored = desk.store.get('setting', SETTING)?.record;
  return stored && Settings.parse(stored);
}

export function saveSettings(
  desk: Desk,
  caller: Caller,
  name: string,
  settings: SyncSettings,
  changes: readonly Change[] = [],
): void {
  const base = desk.store.get('setting', SETTING)?.version ?? 0;
  const { tenant, on, metered } = settings;
  commit(desk, caller, {
    name,
    arguments: { tenant, on, metered },
    changes: [write('setting', SETTING, base, settings as unknown as JsonObject), ...changes],
    result: SETTING,
  });
}

/** Addresses as they are kept: without a path and a slash at the end. Throws `malformed-request` for what is none. */
export function addressesIn(texts: readonly string[]): readonly string[] {
  const addresses = texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (addresses.length === 0) throw refused('');
  return [...new Set(addresses.map(originOf))];
}

function originOf(text: string): string {
  const url = URL.parse(text);
  // In the clear only on this machine: what crosses a network is a company's whole book.
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!url || !safe || url.username !== '' || url.search !== '' || url.hash !== '') throw refused(text);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refused(text: string): Problem {
  return new Problem(
    'malformed-request',
    `"${text}" is no address of a cloud: it begins with https:// (http:// only for this computer itself), e.g. https://cloud.example.com.`,
  );
}
