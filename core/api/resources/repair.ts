import { isRepairNews, noteRepairSeen, repairStanding } from '#core/store/repair/report.ts';
import { repairWords } from '#core/store/repair/words.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import type { RepairStatement } from '../contracts/admin.ts';
import type { Door } from '../door.ts';

/** How the last repair of a damaged database stands (core/store/SPEC.md J64). */
export function repairResources(door: Door): void {
  const tag = 'Administration';
  door.on(
    {
      method: 'get',
      path: '/api/repair',
      tag,
      summary: 'What the last repair of a damaged database restored, fetched and lost',
      answer: 'RepairStatement',
    },
    ({ desk }) => statementOf(desk.store),
  );
  door.on(
    {
      method: 'post',
      path: '/api/repair/seen',
      tag,
      summary: 'Somebody has read how the repair stands',
      answer: 'RepairStatement',
    },
    ({ desk, caller }) => {
      noteRepairSeen(desk.store, caller().actor, desk.now());
      return statementOf(desk.store);
    },
  );
}

function statementOf(store: ReplicatedStore): RepairStatement {
  const standing = repairStanding(store);
  if (!standing) return { repair: null };
  const { report, outcome } = standing;
  return {
    repair: {
      timestamp: String(report.at),
      sentences: repairWords(report, outcome),
      lost: outcome.lost.length,
      news: isRepairNews(standing),
      settled: outcome.asked,
    },
  };
}
