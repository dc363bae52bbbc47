import { parse } from '#core/api/parse.ts';
import { HistoryTransaction } from '#core/api/transaction-schemas.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { HistoryPorts, HistoryTransaction as HistoryStep } from '#core/policy/history-run.ts';
import type { ThrowawayDesk } from '#core/policy/throwaway.ts';

/** What running a history takes of a workbench: its clock, and requests checked by the schemas of the API. */
export function historyPorts({ clock }: ThrowawayDesk, timeZone: string): HistoryPorts {
  return { clock, timeZone, read: readTransaction };
}

function readTransaction(given: JsonValue, at: string): HistoryStep {
  const transaction = parse(HistoryTransaction, given, at);
  if (transaction.type !== 'endorsement' && transaction.type !== 'renewal') return transaction as HistoryStep;
  const { state: _s, newPolicyEndTimestamp: _n, autofill: _a, ...request } = transaction.request;
  return { ...transaction, request } as HistoryStep;
}
