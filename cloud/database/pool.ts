import pg from 'pg';
import type { Migration } from '#core/store/migrate.ts';
import type { CloudDatabase } from './contract.ts';
import { directoryOf } from './directory.ts';
import type { JobQueue } from './job-queue.ts';
import { type BeforeMigration, cloudMigrations, migrateCloud } from './migrate.ts';
import { scopeOf } from './scope.ts';

const TRIES = 10;
/** Serialization failure, deadlock, and a lock that was not to be had. */
const AGAIN: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);
const CONNECTIONS = 20;

/**
 * Opens the database and brings it to the newest schema.
 * @param onLost called with what an idle connection died of; the next request opens another one
 * @param options `before`: called before a database that holds data is migrated; `migrations`: the steps that this program knows
 */
export async function openDatabase(
  url: string,
  now: () => number,
  onLost: (error: Error) => void,
  options: {
    readonly before?: BeforeMigration | undefined;
    readonly migrations?: readonly Migration[] | undefined;
  } = {},
): Promise<CloudDatabase> {
  // Positions and times are below 2^53: whole numbers as numbers.
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    types,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'fieldwriter-cloud',
    // Statements that do not wait for each other cross together.
    pipeline: true,
    // Every statement has a key. A plan that was made while a table was small, and is kept, must not read it whole once it is large.
    options: '-c enable_seqscan=off',
  });
  pool.on('error', onLost);
  // PostgreSQL may die while a connection is in use and between two statements: whoever uses it sees that at the next one, but an
  // error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await withClient(pool, (client) =>
      migrateCloud(client, options.migrations ?? cloudMigrations(), now(), options.before),
    );
  } catch (error) {
    await pool.end();
    throw error;
  }
  let jobs: JobQueue | undefined;
  return {
    directory: directoryOf((text, values) => pool.query({ text, values: [...values] })),
    inTenant: (tenant, work) => inTransaction(pool, (client) => work(scopeOf(client, tenant, jobs))),
    async startJobs(queues, onError) {
      // Loaded where it is used: a copy that only answers requests starts without it.
      const { startJobQueue } = await import('./job-queue.ts');
      jobs = await startJobQueue(pool, queues, onError);
      return jobs;
    },
    ping: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    close: () => pool.end(),
  };
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    // A connection that is gone, or whose transaction could not be ended, is not handed out again.
    broken = !(error instanceof pg.DatabaseError) || error.severity === 'FATAL';
    throw error;
  } finally {
    client.release(broken);
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withClient(pool, (client) => once(client, work));
    } catch (error) {
      const again = error instanceof pg.DatabaseError && AGAIN.has(error.code ?? '');
      if (!again || attempt === TRIES) throw error;
      // Those that gave way must not meet again at once.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}

async function once<T>(client: pg.ClientBase, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Fails only when the connection is gone, and with it the transaction.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
