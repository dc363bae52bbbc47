import { readFile, writeFile } from 'node:fs/promises';
import { exportExcel } from '#core/lab/tables/export-excel.ts';
import { openWorkbook, readWorkbook } from '#core/lab/tables/import-excel.ts';
import { openTableFile } from '#core/lab/tables/table-file.ts';
import { Problem } from '#core/model/problem.ts';
import { checkWholeTable } from '#core/model/rate-table/check.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import { keyLabel } from '#core/model/rate-table/keys.ts';
import { mergeTables } from '#core/model/rate-table/merge.ts';
import { printJson, printProblem } from './output.ts';

interface Options {
  readonly json?: boolean;
}

/** `fieldwriter table check`: what is wrong within a table. @returns 0: findings never block */
export function checkTableFile(file: string, { json }: Options): Promise<number> {
  return answered(async () => {
    const table = await openTableFile(file);
    const findings = checkWholeTable(table).map(({ row, column, ...finding }) => ({
      ...finding,
      ...(row === undefined ? {} : { line: table.lineOf(row) }),
      ...(column === undefined ? {} : { column: table.columns[column] }),
    }));
    if (json) printJson(findings);
    else {
      for (const { severity, code, message, line } of findings)
        process.stdout.write(`${file}:${line ?? 1} ${severity} ${message} [${code}]\n`);
      process.stdout.write(`${table.rowCount} row(s), ${findings.length} finding(s)\n`);
    }
    return 0;
  });
}

/** `fieldwriter table diff`: two versions of a table, in words and cell by cell. @returns 0 when they are equal, 1 when they differ */
export function diffTableFiles(before: string, after: string, { json }: Options): Promise<number> {
  return answered(async () => {
    const [old, now] = [await openTableFile(before, after), await openTableFile(after, before)];
    const difference = compareTables(old, now);
    const words = differenceWords(old, now, difference);
    const cells = difference.changed.flatMap((row) =>
      row.columns.map((column) => {
        const name = now.columns[column] ?? '';
        const was = old.columns.indexOf(name);
        return {
          key: keyLabel(now, row.after, difference.keys),
          column: name,
          before: was < 0 ? null : old.cell(row.before, was),
          after: now.cell(row.after, column),
        };
      }),
    );
    const added = difference.added.map((row) => now.cells(row));
    const removed = difference.removed.map((row) => old.cells(row));
    if (json) printJson({ words, cells, added, removed });
    else for (const line of words.length > 0 ? words : ['no difference']) process.stdout.write(`${line}\n`);
    return words.length > 0 ? 1 : 0;
  });
}

/** `fieldwriter table merge`: nothing is written while there is a conflict. @returns 0 when merged, 1 with conflicts */
export function mergeTableFiles(
  base: string,
  ours: string,
  theirs: string,
  { json, out }: Options & { readonly out?: string },
): Promise<number> {
  return answered(async () => {
    const [from, mine, there] = await Promise.all([
      openTableFile(base, ours, theirs),
      openTableFile(ours, base, theirs),
      openTableFile(theirs, ours, base),
    ]);
    const { changes, conflicts } = mergeTables(from, mine, there);
    if (conflicts.length === 0) {
      there.applyChanges(changes);
      await writeFile(out ?? ours, there.toText());
    }
    if (json) printJson({ conflicts, written: conflicts.length === 0 ? (out ?? ours) : null });
    else {
      for (const conflict of conflicts) process.stdout.write(`${conflictLine(conflict)}\n`);
      process.stdout.write(
        conflicts.length === 0
          ? `merged into ${out ?? ours}\n`
          : `${conflicts.length} conflict(s): nothing was written\n`,
      );
    }
    return conflicts.length === 0 ? 0 : 1;
  });
}

function conflictLine(conflict: ReturnType<typeof mergeTables>['conflicts'][number]): string {
  switch (conflict.kind) {
    case 'cell':
      return `${conflict.key}: ${conflict.columnName} was "${conflict.base}", is "${conflict.ours}" in ours and "${conflict.theirs}" in theirs`;
    case 'removed-there':
      return `${conflict.key}: changed in ours, removed in theirs`;
    case 'removed-here':
      return `${conflict.key}: removed in ours, changed in theirs`;
  }
}

/** `fieldwriter table export`: a CSV as an Excel workbook. */
export function exportTableFile(file: string, workbook: string): Promise<number> {
  return answered(async () => {
    await writeFile(workbook, await exportExcel(await openTableFile(file), file));
    process.stdout.write(`${workbook}\n`);
    return 0;
  });
}

/** `fieldwriter table import`: what was changed in an exported workbook, into the CSV that it was exported from. */
export function importTableFile(
  workbook: string,
  file: string,
  { json, out }: Options & { readonly out?: string },
): Promise<number> {
  return answered(async () => {
    const bytes = await readFile(workbook).catch((cause: unknown) => {
      throw new Problem('not-found', `${workbook} can not be read.`, { place: { file: workbook }, cause });
    });
    const opened = await openWorkbook(bytes);
    const [before, table] = [await openTableFile(file), await openTableFile(file)];
    table.applyChanges(readWorkbook(opened, table));
    const words = differenceWords(before, table, compareTables(before, table));
    await writeFile(out ?? file, table.toText());
    if (json) printJson({ words, written: out ?? file });
    else for (const line of words.length > 0 ? words : ['no difference']) process.stdout.write(`${line}\n`);
    return 0;
  });
}

async function answered(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    printProblem(error);
    return 1;
  }
}
