import type { JsonObject } from '#core/model/json.ts';
import type { Change, RecordType } from './contract.ts';
import type { Connection } from './database.ts';
import { emptyFullText } from './full-text.ts';
import type { RecordReader, RiskProjector } from './projector.ts';
import type { Range, RiskOrder, RiskPage, RiskQuery, RiskRow } from './risk-contract.ts';
import { plainText, searchQueries, searchWords } from './search.ts';

/** The list of risks in the database (SPEC J40–J43). Writes run inside the transaction of the caller. */
export interface Risks {
  /** Which policies a change concerns; asked before it is written, because a deleted record no longer says whose it was. */
  concerned(changes: readonly Pick<Change, 'type' | 'locator' | 'record'>[], reader: RecordReader): ReadonlySet<string>;
  /** Makes the rows of policies again from what the reader says. */
  refresh(policies: Iterable<string>, reader: RecordReader): void;
  /** Throws all rows away. */
  clear(): void;
  page(query: RiskQuery): RiskPage;
}

const FEW = 3_000;

type Columns = Omit<RiskRow, 'missing'> & { readonly missing: string };

const COLUMNS = [
  'policy',
  'quote',
  'policyholder',
  'product',
  'insured',
  'items',
  'state',
  'stage',
  'number',
  'starts',
  'ends',
  'premium',
  'currency',
  'decision',
  'missing',
  'open',
  'updated',
  'created',
  'issued',
] as const satisfies readonly (keyof RiskRow)[];

const ORDER_COLUMNS: Readonly<Record<RiskOrder, string>> = {
  updated: 'updated',
  insured: 'insured_order',
  product: 'product',
  stage: 'stage',
  number: 'number',
  starts: 'starts',
  ends: 'ends',
  premium: 'premium_order',
  issued: 'issued',
};

/** @param projector absent: the list stays empty, for programs that only look after the data */
export function openRisks(database: Connection, projector: RiskProjector | undefined): Risks {
  const stored = [...COLUMNS, 'insured_order', 'premium_order'];
  const upsert = database
    .prepare<[Record<string, unknown>], number>(
      `INSERT INTO risk (${stored.join(', ')}) VALUES (${stored.map((column) => `@${column}`).join(', ')})
       ON CONFLICT (policy) DO UPDATE SET ${stored.map((column) => `${column} = @${column}`).join(', ')}
       RETURNING id`,
    )
    .pluck();
  const idOf = database.prepare<[string], number>('SELECT id FROM risk WHERE policy = ?').pluck();
  const remove = database.prepare('DELETE FROM risk WHERE id = ?');
  const words = database.prepare<[number], string>('SELECT words FROM risk_search WHERE rowid = ?').pluck();
  const addWords = database.prepare('INSERT INTO risk_search (rowid, words) VALUES (?, ?)');
  const removeWords = database.prepare('DELETE FROM risk_search WHERE rowid = ?');

  function refreshOne(made: RiskProjector, policy: string, reader: RecordReader): void {
    const wanted = made.row(policy, reader);
    const before = idOf.get(policy);
    if (!wanted) {
      if (before !== undefined) {
        removeWords.run(before);
        remove.run(before);
      }
      return;
    }
    const { row } = wanted;
    const id = upsert.get({
      ...row,
      missing: JSON.stringify(row.missing),
      insured_order: orderText(row.insured),
      premium_order: row.premium === null ? null : Number(row.premium),
    });
    if (id === undefined) return;
    const text = searchWords(wanted.words);
    const had = before === undefined ? undefined : words.get(id);
    if (had === text) return;
    if (had !== undefined) removeWords.run(id);
    addWords.run(id, text);
  }

  return {
    concerned(changes, reader) {
      if (!projector) return new Set();
      return new Set(
        changes.flatMap(({ type, locator, record }) => {
          const said = record ?? reader.get(type, locator);
          return said ? projector.policiesOf(type, said, reader) : [];
        }),
      );
    },
    refresh(policies, reader) {
      if (projector) for (const policy of policies) refreshOne(projector, policy, reader);
    },
    clear() {
      database.exec('DELETE FROM risk');
      emptyFullText(database, 'risk_search');
    },
    page: (query) => page(database, query),
  };
}

/** Reads through a change that is not written yet to what is stored. */
export function readerOver(
  changes: readonly { readonly type: RecordType; readonly locator: string; readonly record: JsonObject | null }[],
  stored: {
    get(type: RecordType, locator: string): { readonly record: JsonObject } | undefined;
    find(type: RecordType, member: string, value: string): readonly { readonly record: JsonObject }[];
  },
): RecordReader {
  const changed = new Map(changes.map(({ type, locator, record }) => [`${type} ${locator}`, record]));
  return {
    get(type, locator) {
      const record = changed.get(`${type} ${locator}`);
      return record === undefined ? stored.get(type, locator)?.record : (record ?? undefined);
    },
    find: (type, member, value) => stored.find(type, member, value).map(({ record }) => record),
  };
}

/** Names in the order of a register: without regard to case and accents, those without a name last. */
function orderText(name: string): string {
  const plain = plainText(name);
  return plain === '' ? '\u{10ffff}' : plain;
}

function page(database: Connection, query: RiskQuery): RiskPage {
  const typed = query.text !== undefined && query.text.trim() !== '';
  const match = typed ? searchQueries(query.text).at(-1) : undefined;
  // Nothing typed is a word: nothing can match.
  if (typed && match === undefined) return { total: 0, rows: [] };
  const { conditions, parameters } = conditionsOf(query, match);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const column = ORDER_COLUMNS[query.order];
  const direction = query.descending ? 'DESC' : 'ASC';
  // The index is named because the planner, which keeps no statistics here, would rather filter first and sort everything. That
  // is right only where few are left.
  const few = query.policies !== undefined || (match !== undefined && matchesFew(database, match));
  const from = few ? 'risk' : `risk INDEXED BY risk_by_${query.order}`;
  const total =
    database
      .prepare<unknown[], number>(`SELECT count(*) FROM (SELECT 1 FROM ${from} ${where} LIMIT ?)`)
      .pluck()
      .get(...parameters, query.mostTotal ?? -1) ?? 0;
  const found = database
    .prepare<unknown[], Columns>(
      `SELECT ${COLUMNS.map((name) => `r.${name}`).join(', ')}
       FROM (SELECT id FROM ${from} ${where} ORDER BY ${column} ${direction} LIMIT ? OFFSET ?) p
       CROSS JOIN risk r ON r.id = p.id`,
    )
    .all(...parameters, query.limit, query.offset);
  return { total, rows: found.map((row) => ({ ...row, missing: JSON.parse(row.missing) as string[] })) };
}

/** Whether so few risks match that they are rather looked up one by one. */
function matchesFew(database: Connection, match: string): boolean {
  const count = database
    .prepare<[string], number>(
      `SELECT count(*) FROM (SELECT 1 FROM risk_search WHERE risk_search MATCH ? LIMIT ${FEW + 1})`,
    )
    .pluck();
  return (count.get(match) ?? 0) <= FEW;
}

/** The conditions of a query as SQL over bound parameters. */
function conditionsOf(
  query: RiskQuery,
  match: string | undefined,
): { readonly conditions: readonly string[]; readonly parameters: readonly unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  const among = (column: string, values: readonly string[] | undefined): void => {
    if (!values || values.length === 0) return;
    conditions.push(`${column} IN (${values.map(() => '?').join(', ')})`);
    parameters.push(...values);
  };
  const between = (column: string, range: Range | undefined): void => {
    if (range?.from !== undefined) {
      conditions.push(`${column} >= ?`);
      parameters.push(range.from);
    }
    if (range?.to !== undefined) {
      conditions.push(`${column} <= ?`);
      parameters.push(range.to);
    }
  };
  among('policy', query.policies);
  among('stage', query.stages);
  among('state', query.states);
  among('product', query.products);
  among('decision', query.decisions);
  between('starts', query.starts);
  between('ends', query.ends);
  between('issued', query.issued);
  between('premium_order', query.premium);
  if (match !== undefined) {
    conditions.push('id IN (SELECT rowid FROM risk_search WHERE risk_search MATCH ?)');
    parameters.push(match);
  }
  return { conditions, parameters };
}
