import { parse } from 'csv-parse/sync';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { suggestion } from '#core/product/reports.ts';
import type { CaseTest, TestFile } from './contract.ts';
import { type Dotted, readDotted } from './dotted.ts';

/** Columns beside the risk's own. */
const PLAIN = ['description', 'source', 'product', 'start', 'end', 'issued'] as const;
const EXPECTED = ['decision', 'notes', 'problem', 'grossPremium', 'grossTaxes', 'grossFees'] as const;
const EXPECTED_BY_NAME = ['premiums', 'technicalPremiums', 'taxes', 'fees', 'commissions'] as const;

type Column =
  | { readonly kind: 'plain'; readonly name: (typeof PLAIN)[number] }
  | { readonly kind: 'expect'; readonly name: (typeof EXPECTED)[number] }
  | { readonly kind: 'expect-named'; readonly name: (typeof EXPECTED_BY_NAME)[number]; readonly key: string }
  | { readonly kind: 'risk'; readonly means: Dotted };
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
  const means = readDotted(name, product, policyholder);
  if ('unknown' in means) throw fault(means.unknown);
  return { kind: 'risk', means };
}

function refuseTwice(header: Row, file: string): void {
  const names = header.cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw tableProblem(file, header.line, `the column "${twice}" is there twice`);
}

interface Built {
  readonly case: Record<string, JsonValue>;
  readonly policy: Record<string, JsonValue>;
  readonly policyFields: Record<string, JsonValue>;
  readonly holder: Record<string, JsonValue>;
  readonly exposures: Map<string, BuiltExposure>;
  readonly expect: Record<string, JsonValue>;
}
interface BuiltExposure {
  readonly name: string;
  readonly index: number;
  filled: boolean;
  readonly fields: Record<string, JsonValue>;
  readonly perils: Map<string, Record<string, JsonValue>>;
  /** Perils that the table asks for one by one. */
  readonly covers: Map<string, boolean>;
}

function caseOf(row: Row, columns: readonly Column[], file: string, product: Product): JsonObject | Problem {
  const fault = (message: string): Problem => tableProblem(file, row.line, message);
  const surplus = row.cells.slice(columns.length).filter((cell) => cell.trim() !== '');
  if (surplus.length > 0)
    return fault(
      `the row has ${row.cells.length} cells and the header ${columns.length}; a text with a comma needs quotes`,
    );
  const built: Built = { case: {}, policy: {}, policyFields: {}, holder: {}, exposures: new Map(), expect: {} };
  for (const [index, column] of columns.entries()) {
    const cell = (row.cells[index] ?? '').trim();
    const why = put(built, column, cell);
    if (why !== undefined) return fault(`column ${index + 1}: ${why}`);
  }
  if (Object.keys(built.expect).length === 0) return fault('the row expects nothing: fill one of its expect.… cells');
  const named = built.case.product;
  if (named !== undefined && named !== product.name)
    return fault(`the row is for the product "${named}", and the table lies with ${product.name}`);
  return { ...built.case, product: product.name, ...assembled(built, product) };
}

/** Puts a cell where its column says. @returns what is wrong with it */
function put(built: Built, column: Column, cell: string): string | undefined {
  if (column.kind === 'risk') return putRisk(built, column.means, cell);
  if (cell === '') return undefined;
  if (column.kind === 'expect') {
    built.expect[column.name] = column.name === 'notes' ? parts(cell) : cell;
    if (column.name === 'decision' && cell === 'null') built.expect.decision = null;
    return undefined;
  }
  if (column.kind === 'expect-named') {
    const list = column.name === 'premiums' || column.name === 'technicalPremiums';
    const group = (built.expect[column.name] ?? {}) as Record<string, JsonValue>;
    built.expect[column.name] = { ...group, [column.key]: list && cell.includes(';') ? parts(cell) : cell };
    return undefined;
  }
  if (column.name === 'start') built.policy.policyStartTimestamp = cell;
  else if (column.name === 'end') built.policy.policyEndTimestamp = cell;
  else if (column.name === 'issued') built.case.issuedTimestamp = cell;
  else built.case[column.name] = cell;
  return undefined;
}

const parts = (cell: string): string[] => cell.split(';').map((part) => part.trim());

function putRisk(built: Built, means: Dotted, cell: string): string | undefined {
  if (means.of === 'policyholder' || means.of === 'policy') {
    const fields = means.of === 'policy' ? built.policyFields : built.holder;
    if (cell !== '') fields[means.field] = means.repeatable ? parts(cell) : cell;
    return undefined;
  }
  const exposure = exposureOf(built, means);
  if (means.of === 'cover') {
    if (!/^(yes|no|true|false|1|0|)$/i.test(cell))
      return `"${cell}" does not say whether ${means.peril} is covered: write yes or no`;
    exposure.covers.set(means.peril, /^(yes|true|1)$/i.test(cell));
    if (cell !== '') exposure.filled = true;
    return undefined;
  }
  if (cell === '') return undefined;
  exposure.filled = true;
  if (means.of === 'exposure') {
    exposure.fields[means.field] = means.repeatable ? parts(cell) : cell;
    return undefined;
  }
  const peril = exposure.perils.get(means.peril) ?? {};
  exposure.perils.set(means.peril, peril);
  if (means.of === 'amount') peril[means.amount] = cell;
  else
    peril.fieldValues = {
      ...((peril.fieldValues ?? {}) as JsonObject),
      [means.field]: means.repeatable ? parts(cell) : cell,
    };
  return undefined;
}

function exposureOf(
  built: Built,
  { exposure, index }: { readonly exposure: string; readonly index: number },
): BuiltExposure {
  const key = `${exposure}[${index}]`;
  const known = built.exposures.get(key);
  if (known) return known;
  const made: BuiltExposure = {
    name: exposure,
    index,
    filled: false,
    fields: {},
    perils: new Map(),
    covers: new Map(),
  };
  built.exposures.set(key, made);
  return made;
}

function assembled(built: Built, product: Product): JsonObject {
  const exposures = [...built.exposures.values()]
    .filter(({ filled }) => filled)
    .sort((a, b) => orderIn(product, a) - orderIn(product, b) || a.index - b.index)
    .map((exposure): JsonObject => {
      const all = product.exposures.find(({ name }) => name === exposure.name)?.perils ?? [];
      const covered = all.filter(({ name }) =>
        exposure.covers.size === 0 ? true : exposure.covers.get(name) === true,
      );
      return {
        exposureName: exposure.name,
        fieldValues: exposure.fields,
        perils: covered.map(({ name }) => ({ name, ...exposure.perils.get(name) })),
      };
    });
  return {
    ...(Object.keys(built.holder).length > 0 ? { policyholder: { completed: false, values: built.holder } } : {}),
    policyCreate: { ...built.policy, fieldValues: built.policyFields, exposures },
    expect: built.expect,
  };
}

function orderIn(product: Product, { name }: BuiltExposure): number {
  return product.exposures.findIndex((exposure) => exposure.name === name);
}
