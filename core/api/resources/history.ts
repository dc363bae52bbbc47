import { policyHistory } from '#core/policy/policy-history.ts';
import type { PolicyHistoryEntry } from '../contracts/history.ts';
import type { Door } from '../door.ts';

/** Who changed what, and what it was before. */
export function historyResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/history',
      tag: 'Workbench',
      summary: 'Who did what to a policy and all that belongs to it, newest first, field by field',
      answer: 'PolicyHistoryEntry[]',
    },
    ({ desk, param }): Promise<readonly PolicyHistoryEntry[]> => policyHistory(desk, param('locator')),
  );
}
