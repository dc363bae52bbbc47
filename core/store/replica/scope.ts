import type { RecordType } from '../contract.ts';
import type { RecordKey } from './contract.ts';

/** Record types that belong to one device (SY4). */
const OF_DEVICE: ReadonlySet<RecordType> = new Set<RecordType>(['counter', 'job', 'exchange', 'rerate']);
/** Settings that are everybody's. */
const SHARED_SETTINGS: ReadonlySet<string> = new Set(['experiments']);

/** Whether a record travels to other devices (SY4). */
export function isReplicated({ type, locator }: RecordKey): boolean {
  return type === 'setting' ? SHARED_SETTINGS.has(locator) : !OF_DEVICE.has(type);
}
