import type { RiskSummary } from '#core/api/contracts/desk.ts';
import type { Jobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { csvColumns } from './columns.tsx';
import { toCsv } from './csv.ts';
import { fetchRisks } from './use-risks.ts';

/** Rows a step: the most that are given at once. */
const STEP = 500;

/** Writes risks as a CSV file, the whole answer of a query or those given; a cancelled export leaves no file. */
export async function exportRisks(
  jobs: Jobs,
  columns: readonly string[],
  what: { readonly query: string } | { readonly risks: readonly RiskSummary[] },
): Promise<void> {
  let risks: readonly RiskSummary[];
  if ('risks' in what) {
    risks = what.risks;
  } else {
    const { total } = await fetchRisks(what.query, 0, 1);
    const offsets = Array.from({ length: Math.ceil(total / STEP) }, (_, step) => step * STEP);
    const read: RiskSummary[] = [];
    const job = await jobs.run(
      text.desk.bulk.exporting(total),
      offsets,
      (offset) => text.desk.bulk.rows(offset + 1, Math.min(total, offset + STEP)),
      async (offset) => read.push(...(await fetchRisks(what.query, offset, STEP)).rows),
    );
    if (job.state === 'cancelled' || job.failures.length > 0) return;
    risks = read;
  }
  save(`risks-${new Date().toISOString().slice(0, 10)}.csv`, toCsv(csvColumns(columns), risks));
}

function save(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
