import pg from 'pg';
import { Problem } from '#core/model/problem.ts';
import type { Migration } from '#core/store/migrate.ts';
import { cloudMigrations, runSteps } from './migrate.ts';
import { markSetBack } from './set-back.ts';

/** A table of the authority's as it is dumped and loaded. */
export interface DumpTable {
  readonly name: string;
  /** Columns that order its rows: equal contents are dumped alike. */
  readonly key: readonly string[];
}
/** The authority's database as it was at one moment: one transaction, however long it is read. */
export interface Dump {
  /** The steps of the schema that were run. */
  readonly migrations: readonly Pick<Migration, 'number' | 'name' | 'hash'>[];
  /** Each behind those that it refers to. */
  readonly tables: readonly DumpTable[];
  /** Rows as PostgreSQL writes them as text, in batches. */
  rows(table: DumpTable): AsyncGenerator<readonly string[]>;
  /** Rows of a query over this moment, for those who prove something of it; `sql` comes from this program alone. */
  query<T extends pg.QueryResultRow>(sql: string, batch?: number): AsyncGenerator<readonly T[]>;
  close(): Promise<void>;
}

/** What is not taken along: what was signed once, good for minutes. The queue of jobs is pg-boss's and lies in another schema. */
const LEFT_OUT: ReadonlySet<string> = new Set(['migration', 'nonce']);
/** Rows of one fetch: one of the log may have some megabytes. */
const BATCH = 100;

export async function openDump(url: string): Promise<Dump> {
  const client = await connected(url);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const tables = await tablesOf(client);
    const { rows: migrations } = await client.query<Dump['migrations'][number]>(
      'SELECT number, name, hash FROM migration ORDER BY number',
    );
    const query = (sql: string, batch = BATCH) => fetched(client, sql, batch);
    return {
      migrations,
      tables,
      async *rows({ name, key }) {
        const sql = `SELECT t::text AS row FROM ${quoted(name)} t ORDER BY ${key.map(quoted).join(', ')}`;
        for await (const batch of query(sql)) yield batch.map(({ row }) => String(row));
      },
      query: <T extends pg.QueryResultRow>(sql: string, batch?: number) =>
        query(sql, batch) as AsyncGenerator<readonly T[]>,
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

let cursors = 0;

async function* fetched(client: pg.Client, sql: string, batch: number): AsyncGenerator<readonly pg.QueryResultRow[]> {
  cursors += 1;
  const cursor = `dump_${cursors}`;
  await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`);
  while (true) {
    const { rows } = await client.query(`FETCH ${batch} FROM ${cursor}`);
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query(`CLOSE ${cursor}`);
}

/** Every table of ours with its primary key, each behind those that its foreign keys name. */
async function tablesOf(client: pg.Client): Promise<readonly DumpTable[]> {
  const { rows: keys } = await client.query<{ name: string; key: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
     FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`,
  );
  const { rows: references } = await client.query<{ name: string; to: string }>(
    `SELECT c.relname AS name, f.relname AS "to" FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     JOIN pg_class f ON f.oid = k.confrelid WHERE k.contype = 'f' AND c.oid <> f.oid AND c.relnamespace = 'public'::regnamespace`,
  );
  const { rows: all } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  const keyless = all.filter(({ name }) => !LEFT_OUT.has(name) && !keys.some((one) => one.name === name));
  // A table that nobody thought of is not left out silently.
  if (keyless.length > 0)
    throw new Problem(
      'internal',
      `${keyless.map(({ name }) => name).join(', ')} can not be backed up: no primary key.`,
    );
  const ordered: DumpTable[] = [];
  let left = keys.filter(({ name }) => !LEFT_OUT.has(name));
  while (left.length > 0) {
    const waits = (name: string): boolean =>
      references.some((one) => one.name === name && left.some((other) => other.name === one.to));
    const next = left.filter(({ name }) => !waits(name));
    if (next.length === 0)
      throw new Problem('internal', `Tables refer to each other: ${left.map(({ name }) => name)}.`);
    ordered.push(...next);
    left = left.filter((one) => !next.includes(one));
  }
  return ordered;
}

type FirstSince = Parameters<typeof markSetBack>[3];

/** A database that a dump is loaded into. */
export interface Load {
  rows(table: string, rows: readonly string[]): Promise<void>;
  /** Brings what was loaded to this program's schema, and writes down that the cloud was set back to it (CL68). @param at of the backup */
  setBack(at: number, random: (count: number) => Uint8Array, firstSince: FirstSince): Promise<void>;
  /** Everything is there from now on, or nothing. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a database that holds nothing of ours yet, and brings it to the schema that a dump is of.
 * @throws wrong-state when it holds something; store-from-the-future when a newer program made the dump
 */
export async function openLoad(url: string, migrations: Dump['migrations'], now: number): Promise<Load> {
  const steps = cloudMigrations().slice(0, migrations.length);
  for (const [i, was] of migrations.entries())
    if (steps[i]?.name !== was.name || steps[i]?.hash !== was.hash)
      throw new Problem(
        'store-from-the-future',
        `The backup has the schema of another program (${was.name}): restore it with the program that made it, or a newer one.`,
      );
  const client = await connected(url);
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LIMIT 1`,
    );
    if (rows.length > 0)
      throw new Problem(
        'wrong-state',
        `The database holds something already (${rows[0]?.name}): name an empty one. Nothing was changed.`,
      );
    await client.query('BEGIN');
    await runSteps(client, steps, now);
    const loaded = new Set<string>();
    return {
      async rows(table, lines) {
        const name = quoted(table);
        loaded.add(table);
        await client.query(`INSERT INTO ${name} SELECT (n.line::${name}).* FROM unnest($1::text[]) AS n (line)`, [
          lines,
        ]);
      },
      async setBack(at, random, firstSince) {
        await runSteps(client, cloudMigrations(), now);
        await markSetBack(client, at, random, firstSince);
      },
      async commit() {
        await client.query('COMMIT');
        for (const table of loaded) await client.query(`ANALYZE ${quoted(table)}`);
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Writes down that a database was set back by other means than `restore` (CL68), in one transaction. */
export async function declareSetBack(
  url: string,
  random: (count: number) => Uint8Array,
  firstSince: FirstSince,
  now: number,
): Promise<void> {
  const client = await connected(url);
  try {
    await client.query('BEGIN');
    await runSteps(client, cloudMigrations(), now);
    await markSetBack(client, undefined, random, firstSince);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** A database of its own on the same server, thrown away afterwards whatever happens. */
export async function inScratchDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `fieldwriter_drill_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const client = await connected(url);
  try {
    await client.query(`CREATE DATABASE ${name}`);
    try {
      const scratch = new URL(url);
      scratch.pathname = `/${name}`;
      return await work(scratch.href);
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}

/** Number of the advisory lock under which one copy does what is done once; any number, always the same. */
const ALONE = 4_207_002;

/** Work that one process alone does at a time, over all copies. @returns undefined when another one is at it */
export async function aloneOn<T>(url: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = await connected(url);
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [ALONE]);
    // The lock ends with the connection, however it ends.
    return rows[0]?.taken ? await work() : undefined;
  } finally {
    await client.end();
  }
}

/** A connection without a bound on how long a statement may take. */
async function connected(url: string): Promise<pg.Client> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const client = new pg.Client({ connectionString: url, types, application_name: 'fieldwriter-cloud-backup' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
