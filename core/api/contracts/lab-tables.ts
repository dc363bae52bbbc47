/** What the resources of rate tables take and answer (core/model/rate-table/SPEC.md). */
import type { TableChanges } from '#core/model/rate-table/edit.ts';
import type { KeyDomain } from '#core/model/rate-table/findings.ts';
import type { TableSchema } from '#core/model/table.ts';

/** `GET /api/lab/tables/{product}`: the tables of its newest version, or of `?version=`. */
export interface LabTables {
  readonly configVersion: number;
  readonly tables: readonly LabTable[];
}
export interface LabTable {
  /** From the root of the configuration: names the table in requests. */
  readonly path: string;
  readonly name: string;
  /** Null: the tenant's, for all products. */
  readonly product: string | null;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly schema?: TableSchema;
  /** Which fields its key columns take their values from, as far as that is known. */
  readonly domains: readonly KeyDomain[];
}

// `GET /api/lab/tables/text?version=&path=` answers the table as `text/csv`: it is the smallest form there is, and edits are of this text.

/** `POST /api/lab/tables/save`, answered with a `Deployment`; `version-conflict` names the version to merge into in `details.configVersion`. */
export interface SaveTable {
  /** The version whose text was edited. */
  readonly base: number;
  readonly path: string;
  readonly changes: TableChanges;
  readonly message: string;
}

/** `GET /api/lab/tables/difference?path=&from=&to=` */
export interface LabTableDifference {
  readonly words: readonly string[];
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** At most 1,000. A null side: the version has no such column. */
  readonly cells: readonly {
    readonly key: string;
    readonly column: string;
    readonly before: string | null;
    readonly after: string;
  }[];
}

// `GET /api/lab/tables/export?version=&path=` answers an Excel workbook.

/**
 * `POST /api/lab/tables/import` with the bytes of a workbook that was exported: what it changes in the version that it came from.
 * Nothing is saved. A workbook with wrong cells is refused with `details: {count, cells: ImportedCellError[]}`.
 */
export interface ImportedTable {
  readonly path: string;
  readonly configVersion: number;
  readonly changes: TableChanges;
}
export interface ImportedCellError {
  readonly sheet: string;
  readonly cell: string;
  readonly column: string;
  readonly found: string;
  readonly wanted: string;
}
