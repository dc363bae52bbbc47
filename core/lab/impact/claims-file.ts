import { CsvError, parse } from 'csv-parse';
import { parseDecimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { BookFile } from '../rating/book-file.ts';
import type { BookClaims } from './experience.ts';

export interface ClaimsReading {
  /** Columns whose values, joined by `-`, are the key of a policy in the book. */
  readonly key: readonly string[];
  readonly amount: string;
  /** Keys of the book, in its order. */
  readonly keys: readonly string[];
  readonly decimals: number;
}
export interface ReadClaims extends BookClaims {
  readonly read: number;
  /** Claims of policies that the book does not have. */
  readonly strangers: number;
}

/**
 * Reads a CSV of claims, one a row, and adds them up by policy. Throws `malformed-request` with file and line for a column that is
 * not there or an amount that is no number.
 */
export async function readClaims(file: BookFile, { key, amount, keys, decimals }: ClaimsReading): Promise<ReadClaims> {
  const places = new Map(keys.map((name, index) => [name, index]));
  const [counts, amounts] = [new Uint32Array(keys.length), new Float64Array(keys.length)];
  let [read, strangers] = [0, 0];
  let columns: readonly number[] | undefined;
  const rows = parse({ bom: true, skip_empty_lines: true, trim: true });
  const feeding = feed(file, rows);
  try {
    for await (const record of rows) {
      const cells = record as readonly string[];
      if (!columns) {
        columns = [...key, amount].map((name) => columnIn(cells, name, file.name));
        continue;
      }
      read += 1;
      const values = columns.map((at) => cells[at] ?? '');
      const value = parseDecimal(values.at(-1));
      if (!value)
        throw wrong(
          file.name,
          read + 1,
          `the ${amount} "${values.at(-1)}" is no number: give an amount such as 927.16`,
        );
      const index = places.get(values.slice(0, -1).join('-'));
      if (index === undefined) {
        strangers += 1;
        continue;
      }
      counts[index] = (counts[index] ?? 0) + 1;
      amounts[index] = (amounts[index] ?? 0) + roundHalfUp(value.times(10 ** decimals), 0).toNumber();
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw wrong(file.name, Number(cause.lines ?? 0), `this is no CSV: ${cause.message}`);
    throw cause;
  } finally {
    rows.destroy();
    await feeding;
  }
  return { count: counts, amount: amounts, read, strangers };
}

async function feed(file: BookFile, rows: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of file.open()) {
      if (rows.destroyed) return;
      if (!rows.write(chunk)) await new Promise<void>((resolve) => rows.once('drain', resolve).once('close', resolve));
    }
    rows.end();
  } catch (error) {
    rows.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function columnIn(header: readonly string[], name: string, file: string): number {
  const at = header.indexOf(name);
  if (at >= 0) return at;
  throw wrong(file, 1, `there is no column "${name}"; there are ${header.join(', ')}`);
}

function wrong(file: string, line: number, what: string): Problem {
  return new Problem('malformed-request', `${file}:${line}: ${what}.`, { place: { file, line } });
}
