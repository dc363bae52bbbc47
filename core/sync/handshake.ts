import type * as z from 'zod';
import type { HelloRequest } from './protocol.ts';

/** What one side speaks. `schemas`: upgrade steps by record type that it knows. */
export type Spoken = Pick<z.infer<typeof HelloRequest>, 'protocol' | 'journalFormat' | 'schemas'>;

/**
 * The protocol that both speak, or who is too old (SY50): the one that is behind, never just "the other".
 * A device may know older schemas than the cloud (what it can not read is parked, SY42); the cloud must know all that it is sent.
 */
export function understanding(
  device: Spoken,
  cloud: Spoken,
): { readonly protocol: number } | { readonly tooOld: 'device' | 'cloud' } {
  if (device.protocol.newest < cloud.protocol.oldest) return { tooOld: 'device' };
  if (cloud.protocol.newest < device.protocol.oldest) return { tooOld: 'cloud' };
  const ahead = Object.entries(device.schemas).some(([type, steps]) => steps > (cloud.schemas[type] ?? 0));
  if (device.journalFormat > cloud.journalFormat || ahead) return { tooOld: 'cloud' };
  return { protocol: Math.min(device.protocol.newest, cloud.protocol.newest) };
}
