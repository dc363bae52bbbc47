import type { KeyColumn, LookupResult, TableSource } from '#core/model/table.ts';
import { indexTable, lineOf, plainColumns } from '#core/model/table-index.ts';
import type { TableQuestion } from './messages.ts';

/** Rows by their cells in one column: most keys have one row, and a list for each of a million would be most of the memory. */
type RowsByCell = ReadonlyMap<string, number | readonly number[]>;
/** An exact key column: where it stands in the rows, and in the keys of a question. */
interface ExactKey {
  readonly column: number;
  readonly position: number;
}

/**
 * Answers lookups in a table that stays where it was read (SPEC.md, S50): of its rows those that have the exact keys, and of these
 * what `indexTable` says, so that an answer is the one that the whole table's index gives. A table without exact keys is indexed whole.
 */
export class LargeTable {
  readonly #table: TableSource;
  readonly #timeZone: string;
  readonly #exact: readonly ExactKey[];
  #rows: RowsByCell | undefined;
  #by: ExactKey | undefined;
  #whole: ReturnType<typeof indexTable> | undefined;

  /** @param timeZone IANA zone in which effective dates begin */
  constructor(table: TableSource, timeZone: string) {
    this.#table = table;
    this.#timeZone = timeZone;
    this.#exact = exactKeys(table);
  }

  answer({ keys, asOf, column }: TableQuestion): LookupResult {
    const at = asOf ?? undefined;
    if (this.#exact.length === 0) {
      this.#whole ??= indexTable(this.#table, this.#timeZone);
      return this.#whole.lookup(keys, at, column);
    }
    const found = this.#matching(keys);
    const part: TableSource = {
      ...this.#table,
      rows: found.map((row) => this.#table.rows[row] ?? []),
      lines: found.map((row) => lineOf(this.#table, row)),
    };
    return indexTable(part, this.#timeZone).lookup(keys, at, column);
  }

  /** Rows with the exact keys, in the order of the table. */
  #matching(keys: readonly string[]): readonly number[] {
    const { schema, rows } = this.#table;
    if (schema && keys.length !== schema.keys.length) return [];
    const wanted = schema ? keys : [keys.join('/')];
    this.#by ??= mostTelling(this.#table, this.#exact);
    this.#rows ??= rowsByCell(this.#table, this.#by.column);
    const first = wanted[this.#by.position] ?? '';
    const candidates = [...new Set([first, first.trim()])].flatMap((cell) => this.#rows?.get(cell) ?? []);
    return candidates
      .filter((row) =>
        this.#exact.every(({ column, position }) => {
          const [cell, key] = [rows[row]?.[column] ?? '', wanted[position] ?? ''];
          return cell === key || cell === key.trim();
        }),
      )
      .sort((a, b) => a - b);
  }
}

function exactKeys(table: TableSource): readonly ExactKey[] {
  const { schema, columns } = table;
  if (!schema) return [{ column: plainColumns(table).key, position: 0 }];
  return schema.keys.flatMap((key: KeyColumn, position) =>
    key.match === 'exact' ? [{ column: columns.indexOf(key.column), position }] : [],
  );
}

const SAMPLE = 1_000;

/** The key with the most different cells, by a sample: its lists of rows are the shortest. */
function mostTelling({ rows }: TableSource, keys: readonly ExactKey[]): ExactKey {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const counts = keys.map(({ column }) => {
    const cells = new Set<string>();
    for (let row = 0; row < rows.length; row += step) cells.add(rows[row]?.[column] ?? '');
    return cells.size;
  });
  return keys[counts.indexOf(Math.max(...counts))] ?? { column: 0, position: 0 };
}

function rowsByCell({ rows }: TableSource, column: number): RowsByCell {
  const found = new Map<string, number | number[]>();
  for (let row = 0; row < rows.length; row += 1) {
    const cell = rows[row]?.[column] ?? '';
    const known = found.get(cell);
    if (known === undefined) found.set(cell, row);
    else if (typeof known === 'number') found.set(cell, [known, row]);
    else known.push(row);
  }
  return found;
}
