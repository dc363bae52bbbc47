import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '#core/model/problem.ts';
import type { ExcelReport, ExcelWork, TableFile } from './excel-thread.ts';
import { exportExcel } from './export-excel.ts';
import { openWorkbook, readWorkbook } from './import-excel.ts';
import { openTable } from './read-table.ts';

// A thread that writes or reads one workbook, for `excel-thread.ts`, which started it.

const opened = ({ file, bytes, schema }: TableFile) => openTable(file, bytes, schema);

async function done(work: ExcelWork, port: NonNullable<typeof parentPort>): Promise<ExcelReport> {
  if (work.kind === 'export') {
    const { table, configVersion } = work;
    return { kind: 'exported', bytes: await exportExcel(opened(table), table.file, { configVersion }) };
  }
  const workbook = await openWorkbook(work.workbook);
  const table = new Promise<TableFile>((resolve) => port.once('message', resolve));
  port.postMessage({ kind: 'manifest', manifest: workbook.manifest } satisfies ExcelReport);
  return { kind: 'imported', changes: readWorkbook(workbook, opened(await table)) };
}

function refused({ code, message, place, details }: Problem): ExcelReport {
  return { kind: 'problem', code, message, ...(place ? { place } : {}), ...(details ? { details } : {}) };
}

const port = parentPort;
if (port)
  done(workerData as ExcelWork, port).then(
    (report) => port.postMessage(report),
    (error: unknown) => {
      // What is no refusal is a defect: it ends the thread, and is told by its end.
      if (!(error instanceof Problem)) throw error;
      port.postMessage(refused(error));
    },
  );
