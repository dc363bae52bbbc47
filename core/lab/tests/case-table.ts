import { parse } from 'csv-parse/sync';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { suggestion } from '#core/product/reports.ts';
import { type Target, targetOf } from '../rating/csv-columns.ts';
import { requestOfRow } from '../rating/csv-request.ts';
import type { CaseTest, TestFile } from './contract.ts';

/** Columns beside the risk's own. */
const PLAIN = ['description', 'source', 'product', 'issued'] as const;
const EXPECTED = ['decision', 'notes', 'problem', 'grossPremium', 'grossTaxes', 'grossFees'] as const;
const EXPECTED_BY_NAME = ['premiums', 'technicalPremiums', 'taxes', 'fees', 'commissions'] as const;

type Column =
  | { readonly kind: 'plain'; readonly name: (typeof PLAIN)[number] }
  | { readonly kind: 'expect'; readonly name: (typeof EXPECTED)[number] }
  | { readonly kind: 'expect-named'; readonly name: (typeof EXPECTED_BY_NAME)[number]; readonly key: string }
  | { readonly kind: 'risk'; readonly target: Target };
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The cases of a table, one a row (PT3 to PT6). A table that cannot be read is one case that fails with the reason. */
export function casesOfTable({ file, product, policyholder, text }: TestFile): readonly CaseTest[] {
  const place = { kind: 'case' as const, file, product: product.name };
  try {
    const [header, ...rows] = recordsOf(text, file);
    if (!header) throw tableProblem(file, 1, 'the table is empty: its first row names the columns');
    const columns = header.cells.map((name, index) => columnOf(name.trim(), index, { file, product, policyholder }));
    refuseTwice(header, file);
    if (rows.length === 0) throw tableProblem(file, header.line, 'the table has no rows: a row is a case');
    return rows.map((row): CaseTest => {
      const given = caseOf(row, columns, file, product);
      const description = given instanceof Problem ? '' : given.description;
      return {
        ...place,
        id: `${file}:${row.line}`,
        line: row.line,
        description: typeof description === 'string' ? description : '',
        given,
      };
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ ...place, id: file, description: '', given: error }];
  }
}

function tableProblem(file: string, line: number, message: string): Problem {
  return new Problem('malformed-request', `${file}, line ${line}: ${message}.`, { place: { file, line } });
}

function recordsOf(text: string, file: string): readonly Row[] {
  try {
    const records = parse(text, { bom: true, info: true, relaxColumnCount: true, skipEmptyLines: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    // Lines counts line ends before and in the record: of a row with a line break inside its last line is named.
    return records
      .map(({ record, info }) => ({ line: info.lines, cells: record }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  } catch (cause) {
    const line = Number((cause as { lines?: unknown }).lines ?? 1);
    throw tableProblem(file, line, `this is no CSV: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function columnOf(name: string, index: number, { file, product, policyholder }: Omit<TestFile, 'text'>): Column {
  const fault = (why: string): Problem =>
    tableProblem(file, 1, `the header of column ${index + 1}, "${name}", means nothing: ${why.replace(/\.$/, '')}`);
  const plain = PLAIN.find((one) => one === name);
  if (plain) return { kind: 'plain', name: plain };
  if (name.startsWith('expect.')) {
    const [, member = '', ...rest] = name.split('.');
    const single = EXPECTED.find((one) => one === member);
    if (single && rest.length === 0) return { kind: 'expect', name: single };
    const named = EXPECTED_BY_NAME.find((one) => one === member);
    if (named && rest.length > 0) return { kind: 'expect-named', name: named, key: rest.join('.') };
    const known = [...EXPECTED, ...EXPECTED_BY_NAME];
    throw fault(
      named
        ? `say of which, as in expect.${named}.<name>`
        : `nothing is called expect.${member}.${suggestion(member, known)}`,
    );
  }
  const target = targetOf(name, product, policyholder);
  if (typeof target === 'string') throw fault(target);
  return { kind: 'risk', target };
}

function refuseTwice(header: Row, file: string): void {
  const names = header.cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw tableProblem(file, header.line, `the column "${twice}" is there twice`);
}

function caseOf(row: Row, columns: readonly Column[], file: string, product: Product): JsonObject | Problem {
  const fault = (message: string): Problem => tableProblem(file, row.line, message);
  const surplus = row.cells.slice(columns.length).filter((cell) => cell.trim() !== '');
  if (surplus.length > 0)
    return fault(
      `the row has ${row.cells.length} cells and the header ${columns.length}; a text with a comma needs quotes`,
    );
  const given: Record<string, JsonValue> = {};
  const expect: Record<string, JsonValue> = {};
  for (const [index, column] of columns.entries()) {
    const cell = (row.cells[index] ?? '').trim();
    if (cell === '' || column.kind === 'risk') continue;
    if (column.kind === 'plain') given[column.name === 'issued' ? 'issuedTimestamp' : column.name] = cell;
    else expectCell(expect, column, cell);
  }
  if (Object.keys(expect).length === 0) return fault('the row expects nothing: fill one of its expect.… cells');
  if (given.product !== undefined && given.product !== product.name)
    return fault(`the row is for the product "${given.product}", and the table lies with ${product.name}`);
  const targets = columns.map((column) => (column.kind === 'risk' ? column.target : undefined));
  // The same reading as of a book: a row of one is a row of the other.
  const { policyholder, policy } = requestOfRow(row.cells, targets, product) as Readonly<Record<string, JsonObject>>;
  return {
    ...given,
    product: product.name,
    policyholder: { completed: false, values: policyholder?.values ?? {} },
    policyCreate: policy ?? {},
    expect,
  };
}

function expectCell(
  expect: Record<string, JsonValue>,
  column: Extract<Column, { kind: 'expect' | 'expect-named' }>,
  cell: string,
): void {
  if (column.kind === 'expect') {
    const none = column.name === 'decision' && cell === 'null';
    expect[column.name] = none ? null : column.name === 'notes' ? parts(cell) : cell;
    return;
  }
  const pieces = column.name === 'premiums' || column.name === 'technicalPremiums';
  const group = (expect[column.name] ?? {}) as JsonObject;
  expect[column.name] = { ...group, [column.key]: pieces && cell.includes('|') ? parts(cell) : cell };
}

/** Several values of one cell, parted as in a book. */
const parts = (cell: string): string[] => cell.split('|').map((part) => part.trim());
