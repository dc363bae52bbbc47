import { recordValidators } from '#core/desk/records.ts';
import type { RecordType } from '#core/store/contract.ts';
import { FORMAT } from '#core/store/entry.ts';
import type { Spoken } from '#core/sync/handshake.ts';
import { OLDEST_PROTOCOL, PROTOCOL } from '#core/sync/protocol.ts';

/** Types of records that this cloud knows; `setting` has no shape. */
const TYPES: ReadonlySet<string> = new Set([...Object.keys(recordValidators), 'setting']);

/** What this cloud speaks (SY50). No type has upgrade steps yet: with the first one, records are brought up to date before they are judged. */
export const SPOKEN: Spoken = {
  protocol: { oldest: OLDEST_PROTOCOL, newest: PROTOCOL },
  journalFormat: FORMAT,
  schemas: Object.fromEntries([...TYPES].map((type) => [type, 0])),
};

/** Since a log was set back only those understand it who know that there is such a thing (SY96). */
export function spokenSince(spoken: Spoken, setBack: boolean): Spoken {
  if (!setBack) return spoken;
  const { oldest, newest } = spoken.protocol;
  return { ...spoken, protocol: { oldest: Math.max(oldest, KNOWS_SET_BACK), newest } };
}
const KNOWS_SET_BACK = 2;

/** Whether a change can be judged here: what a newer device writes waits for a newer cloud. */
export function isKnown({ type, schema }: { readonly type: RecordType; readonly schema: number }): boolean {
  return TYPES.has(type) && schema <= (SPOKEN.schemas[type] ?? 0);
}
