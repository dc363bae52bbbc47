import { Problem } from '#core/model/problem.ts';
import { type MergeConflict, mergeTables } from '#core/model/rate-table/merge.ts';
import { openTable } from '../tables/read-table.ts';

/**
 * Three-way merge of a table by the keys of its rows and by cell (VE6, RT12), where lines do not merge because they are neighbours or
 * were moved. Rows that nobody changed keep their bytes, in the order of `ours`.
 * @returns the merged text, or in words what both sides set; undefined for what is no table or got other columns
 */
export function mergeTable(
  path: string,
  files: { readonly base: Uint8Array; readonly ours: Uint8Array; readonly theirs: Uint8Array },
): { readonly text: string } | { readonly conflict: string } | undefined {
  try {
    const [base, ours, theirs] = [
      openTable(path, files.base),
      openTable(path, files.ours),
      openTable(path, files.theirs),
    ];
    // Their changes are brought into ours: for the merge of tables the open one is the other side.
    const { changes, conflicts } = mergeTables(base, theirs, ours);
    if (conflicts.length > 0)
      return { conflict: `both sides changed it: ${conflicts.slice(0, 10).map(conflictWords).join('; ')}` };
    ours.applyChanges(changes);
    return { text: ours.toText() };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function conflictWords(conflict: MergeConflict): string {
  switch (conflict.kind) {
    case 'cell':
      return `${conflict.columnName} of ${conflict.key} is ${conflict.theirs} here and ${conflict.ours} there`;
    case 'removed-there':
      return `${conflict.key} was removed here and changed there`;
    case 'removed-here':
      return `${conflict.key} was changed here and removed there`;
  }
}
