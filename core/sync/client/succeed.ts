import type * as z from 'zod';
import type { Desk } from '#core/desk/desk.ts';
import { withoutNumbers } from '#core/desk/numbers.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { lastRepair } from '#core/store/repair/report.ts';
import { Succession, SuccessionAnswer } from '../succession.ts';
import { KEY_PLACE, type SyncSettings, saveSettings } from './settings.ts';
import { type DeviceIdentity, newDeviceKey, SyncFailure, type Transport } from './transport.ts';

/** The mark under which it is kept what the cloud was asked for. */
const MARK = 'succession';

/** Whether this store was repaired with a loss and still has the identity of before (SY92). */
export function isSucceeding({ store }: Desk, settings: SyncSettings): boolean {
  const becoming = store.replication.status()?.becoming;
  return becoming !== undefined && settings.device === becoming.formerly && lastRepair(store)?.renewed === true;
}

/**
 * Enrols a repaired store under the identity that it takes: the code for that comes from the cloud, asked for under the identity that
 * it had. Broken off anywhere it goes on with the same code and key. @returns the settings from now on. Throws SyncFailure.
 */
export async function succeed(
  desk: Desk,
  transport: Transport,
  identity: DeviceIdentity,
  settings: SyncSettings,
): Promise<SyncSettings> {
  const { replication } = desk.store;
  const { device, formerly } = replication.beginIdentity();
  const kept = keptOf(desk, device) ?? (await begin(desk, transport, identity, device));
  const { code, publicKey, key } = kept;
  try {
    await transport.enrol({ code, device, name: 'Repaired', publicKey, numbers: [], formerly });
  } catch (error) {
    // It has expired: the next round asks for another.
    if (error instanceof SyncFailure && error.reason === 'code') replication.setMark(MARK, '');
    throw error;
  }
  const next: SyncSettings = { ...settings, device, key };
  saveSettings(desk, { actor: WORKBENCH }, 'sync.succeed', next, withoutNumbers(desk));
  replication.setMark(MARK, '');
  return next;
}

function keptOf(desk: Desk, device: string): z.infer<typeof Succession> | undefined {
  const text = desk.store.replication.mark(MARK);
  if (!text) return undefined;
  const kept = Succession.parse(JSON.parse(text));
  return kept.device === device ? kept : undefined;
}

async function begin(
  desk: Desk,
  transport: Transport,
  identity: DeviceIdentity,
  device: string,
): Promise<z.infer<typeof Succession>> {
  const bytes = await transport.ask(identity, 'POST', '/v1/succession');
  const { code } = SuccessionAnswer.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const made = newDeviceKey();
  const kept = { device, code, publicKey: made.publicKey, key: desk.vault.seal(made.privateKey, KEY_PLACE) };
  desk.store.replication.setMark(MARK, JSON.stringify(kept));
  return kept;
}
