import { readTransaction } from '#core/api/case-reader.ts';
import type { HistoryPorts } from '#core/policy/history-run.ts';
import type { ThrowawayDesk } from '#core/policy/throwaway.ts';

/** What running a history takes of a workbench: its clock, and requests checked by the schemas of the API. */
export function historyPorts({ clock }: ThrowawayDesk, timeZone: string): HistoryPorts {
  return { clock, timeZone, read: readTransaction };
}
