import { Worker } from 'node:worker_threads';
import type { JsonObject } from '#core/model/json.ts';
import { type Place, Problem, type ProblemCode } from '#core/model/problem.ts';
import type { TableChanges } from '#core/model/rate-table/edit.ts';
import type { TableSchema } from '#core/model/table.ts';
import { exportExcel } from './export-excel.ts';
import { openWorkbook, readWorkbook } from './import-excel.ts';
import { openTable } from './read-table.ts';
import type { Manifest } from './workbook.ts';

/** A table as it lies in a configuration. */
export interface TableFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly schema?: TableSchema | undefined;
}
/** Where work with Excel is done: what is small is done before a thread has started. */
export interface ExcelOptions {
  readonly thread?: boolean;
}

/** What a thread is given to begin with. */
export type ExcelWork =
  | { readonly kind: 'export'; readonly table: TableFile; readonly configVersion: number }
  | { readonly kind: 'import'; readonly workbook: Uint8Array };
/** Thread → here; a manifest is answered with the table that it names. */
export type ExcelReport =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'exported'; readonly bytes: Uint8Array }
  | { readonly kind: 'imported'; readonly changes: TableChanges }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      readonly message: string;
      readonly place?: Place;
      readonly details?: JsonObject;
    };

/** Bytes of a CSV, and of a workbook, that take so long that other requests would wait for them. */
const LARGE_CSV = 100_000;
const LARGE_WORKBOOK = 50_000;
/** A workbook that unpacks to more ends its thread, and nothing else. */
const MEGABYTES = 2_048;

/** A table as an Excel workbook (`exportExcel`); a large one is written in a thread of its own. */
export async function writeWorkbook(
  table: TableFile,
  configVersion: number,
  { thread = table.bytes.length > LARGE_CSV }: ExcelOptions = {},
): Promise<Uint8Array> {
  if (!thread) return exportExcel(openTable(table.file, table.bytes, table.schema), table.file, { configVersion });
  const end = await inThread({ kind: 'export', table, configVersion });
  if (end.kind !== 'exported') throw new Error('the thread exported nothing');
  return end.bytes;
}

/**
 * What a workbook changes in the table that it was exported from (`openWorkbook`, `readWorkbook`); a large one is read in a thread.
 * @param tableOf finds the table that a manifest names; throws what refuses it
 */
export async function workbookChanges(
  workbook: Uint8Array,
  tableOf: (manifest: Manifest) => Promise<TableFile>,
  { thread = workbook.length > LARGE_WORKBOOK }: ExcelOptions = {},
): Promise<TableChanges> {
  if (!thread) {
    const opened = await openWorkbook(workbook);
    const { file, bytes, schema } = await tableOf(opened.manifest);
    return readWorkbook(opened, openTable(file, bytes, schema));
  }
  const end = await inThread({ kind: 'import', workbook }, tableOf);
  if (end.kind !== 'imported') throw new Error('the thread imported nothing');
  return end.changes;
}

function inThread(
  work: ExcelWork,
  tableOf?: (manifest: Manifest) => Promise<TableFile>,
): Promise<Exclude<ExcelReport, { kind: 'manifest' | 'problem' }>> {
  const here = import.meta.url;
  const thread = new Worker(new URL(here.endsWith('.ts') ? './excel-worker.ts' : './excel.js', here), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  return new Promise<Exclude<ExcelReport, { kind: 'manifest' | 'problem' }>>((resolve, reject) => {
    thread.on('message', (report: ExcelReport) => {
      if (report.kind === 'manifest') tableOf?.(report.manifest).then((table) => thread.postMessage(table), reject);
      else if (report.kind === 'problem') reject(new Problem(report.code, report.message, report));
      else resolve(report);
    });
    thread.on('error', (error: Error & { readonly code?: string }) =>
      reject(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new Problem('too-large', 'This workbook is too large to be read: use a CSV.')
          : error,
      ),
    );
    thread.on('exit', () => reject(new Error('the thread ended without an answer')));
  }).finally(() => void thread.terminate());
}
