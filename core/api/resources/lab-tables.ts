import * as z from 'zod';
import type { Desk } from '#core/desk/desk.ts';
import { workbookChanges, writeWorkbook } from '#core/lab/tables/excel-thread.ts';
import { keyDomains } from '#core/lab/tables/key-domains.ts';
import { tableCopy, tableFileIn, tableIn, tablesOf, tableTextIn } from '#core/lab/tables/product-tables.ts';
import { Problem } from '#core/model/problem.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import { keyLabel } from '#core/model/rate-table/keys.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import { parsePath } from '#core/policy/studio/paths.ts';
import { saveCopy } from '#core/policy/studio/save.ts';
import type { Deployment } from '../contract.ts';
import type { ImportedTable, LabTableDifference, LabTables } from '../contracts/lab-tables.ts';
import type { Door } from '../door.ts';
import { fileResponse } from '../files.ts';
import { productsOf } from './configurations.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Pricing lab';
const MOST_CELLS = 1_000;
/** Milliseconds after a table was opened: its first picture comes first. */
const READY_AFTER = 2_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const ids = z.array(z.int().min(-1));
const texts = z.array(z.string().max(100_000));
const SaveTableBody = z
  .strictObject({
    base: z.int().positive(),
    path: z.string(),
    changes: z.strictObject({
      cells: z.strictObject({ rows: ids, columns: ids, texts }),
      removed: ids,
      inserted: z.array(z.strictObject({ after: z.int().min(-1), cells: texts })),
    }),
    message: z.string().max(500),
  })
  .meta({ id: 'SaveTable' });

/**
 * Rate tables: opened whole, compared, saved as a commit, to Excel and back.
 * @param onOpened told when a table was opened: whoever judges what is saved may get ready
 */
export function labTableResources(door: Door, onOpened: () => void): void {
  reading(door, onOpened);
  exchanging(door);
  door.on(
    {
      method: 'post',
      path: '/api/lab/tables/save',
      tag,
      summary: 'Save changes of a table as a new version, with a message',
      body: SaveTableBody,
      answer: 'Deployment',
    },
    async ({ desk, body, caller }): Promise<Deployment> => {
      const by = caller();
      const copy = await tableCopy(desk, { ...body, path: parsePath(body.path) });
      const { record, diagnostics } = await saveCopy(desk, by, copy, body.message);
      return { configVersion: record.configVersion, commit: record.commit, products: productsOf(record), diagnostics };
    },
  );
}

function reading(door: Door, onOpened: () => void): void {
  door.on(
    {
      method: 'get',
      path: '/api/lab/tables/text',
      tag,
      summary: 'A whole table as CSV',
      query: { version: 'of the configuration', path: 'of the table' },
      answer: 'text/csv',
    },
    async ({ desk, query }): Promise<Response> => {
      const { configuration } = await desk.configurations.version(numberIn(query('version'), 'version') ?? 0);
      // What is opened is mostly edited and saved: that takes a host, and starting one a second.
      setTimeout(onOpened, READY_AFTER).unref();
      return new Response(tableTextIn(configuration, parsePath(query('path') ?? '')), {
        headers: { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'private, no-store' },
      });
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/tables/difference',
      tag,
      summary: 'What differs in a table between two versions, in words and by cell',
      query: { path: 'of the table', from: 'a version', to: 'a version' },
      answer: 'LabTableDifference',
    },
    async ({ desk, query }): Promise<LabTableDifference> => {
      const before = await tableAt(desk, query('from'), query('path'));
      const after = await tableAt(desk, query('to'), query('path'));
      return differenceOf(before, after);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/tables/export',
      tag,
      summary: 'A table as an Excel workbook that can be imported again',
      query: { version: 'of the configuration', path: 'of the table' },
      answer: XLSX,
    },
    async ({ desk, query }): Promise<Response> => {
      const path = query('path') ?? '';
      const configVersion = numberIn(query('version'), 'version') ?? 0;
      const { configuration } = await desk.configurations.version(configVersion);
      const bytes = await writeWorkbook(tableFileIn(configuration, parsePath(path)), configVersion);
      return fileResponse(bytes, `${path.slice(path.lastIndexOf('/') + 1).replace(/\.csv$/i, '')}.xlsx`, XLSX);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/tables/:product',
      tag,
      summary: 'The tables of a product, with their schemas and row counts',
      query: { version: 'default the newest that has the product' },
      answer: 'LabTables',
    },
    async ({ desk, param, query }): Promise<LabTables> => {
      const wanted = numberIn(query('version'), 'version');
      const name = param('product');
      const { record, configuration } = await (wanted === undefined
        ? desk.configurations.newestOf(name)
        : desk.configurations.version(wanted));
      const product = configuration.products.find((one) => one.name === name);
      return {
        configVersion: record.configVersion,
        tables: tablesOf(configuration, name).map(({ table, product: owner }) => ({
          path: table.file,
          name: table.name,
          product: owner,
          columns: table.columns,
          rows: table.rows.length,
          bytes: configuration.files.get(table.file)?.length ?? 0,
          ...(table.schema ? { schema: table.schema } : {}),
          domains: product ? keyDomains(table, product) : [],
        })),
      };
    },
  );
}

function exchanging(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/api/lab/tables/import',
      tag,
      summary: 'What an edited workbook changes in the table that it was exported from; nothing is saved',
      answer: 'ImportedTable',
    },
    async ({ desk, context }): Promise<ImportedTable> => {
      const workbook = new Uint8Array(await context.req.arrayBuffer());
      let from = { path: '', configVersion: 0 };
      const changes = await workbookChanges(workbook, async ({ file, configVersion }) => {
        if (configVersion === undefined)
          throw new Problem(
            'malformed-request',
            'This workbook was exported from a file, not from a version in use: import it with `fieldwriter table import`.',
          );
        from = { path: file, configVersion };
        return tableFileIn((await desk.configurations.version(configVersion)).configuration, file);
      });
      return { ...from, changes };
    },
  );
}

async function tableAt(desk: Desk, version: string | undefined, path: string | undefined): Promise<RateTable> {
  const { configuration } = await desk.configurations.version(numberIn(version, 'version') ?? 0);
  return tableIn(configuration, parsePath(path ?? ''));
}

function differenceOf(before: RateTable, after: RateTable): LabTableDifference {
  const difference = compareTables(before, after);
  const cells = difference.changed.slice(0, MOST_CELLS).flatMap(({ before: old, after: now, columns }) =>
    columns.map((column) => {
      const name = after.columns[column] ?? '';
      const at = before.columns.indexOf(name);
      return {
        key: keyLabel(after, now, difference.keys),
        column: name,
        before: at < 0 ? null : before.cell(old, at),
        after: after.cell(now, column),
      };
    }),
  );
  return {
    words: differenceWords(before, after, difference),
    changed: difference.changed.length,
    added: difference.added.length,
    removed: difference.removed.length,
    cells: cells.slice(0, MOST_CELLS),
  };
}
