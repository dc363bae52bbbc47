import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { Problem } from '#core/model/problem.ts';
import { type Migration, readMigrations } from '#core/store/migrate.ts';

const FOLDER = fileURLToPath(new URL('../../migrations/cloud', import.meta.url));
/** Number of the advisory lock under which copies that start together migrate once; any number, always the same. */
const LOCK = 4_207_001;

/** The steps of the authority's schema. */
export function cloudMigrations(): readonly Migration[] {
  return readMigrations(FOLDER);
}

/** Called under the lock before a database that holds data is changed; what it throws keeps it as it is (CL65). */
export type BeforeMigration = (from: number, to: number) => Promise<void>;

/**
 * Brings the database to the last migration: all pending steps in one transaction, under a lock that other copies wait for. A failure
 * leaves everything as it was.
 * @throws store-from-the-future when it can not be read by this program any more (CL67); internal when a landed step was edited or fails
 */
export async function migrateCloud(
  client: pg.ClientBase,
  steps: readonly Migration[],
  now: number,
  before?: BeforeMigration,
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await runSteps(client, steps, now, before);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** The same inside the transaction of the caller. */
export async function runSteps(
  client: pg.ClientBase,
  steps: readonly Migration[],
  now: number,
  before?: BeforeMigration,
): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('public.migration') IS NOT NULL AS there",
  );
  const applied = rows[0]?.there ? (await client.query<Applied>('SELECT * FROM migration ORDER BY number')).rows : [];
  refuse(applied, steps);
  const pending = steps.slice(applied.length);
  if (pending.length === 0) return;
  if (applied.length > 0) await before?.(applied.length, steps.length);
  else
    await client.query(
      'CREATE TABLE migration (number integer PRIMARY KEY, name text NOT NULL, hash text NOT NULL, at bigint NOT NULL)',
    );
  for (const step of pending) {
    try {
      await client.query(step.sql);
    } catch (error) {
      throw new Problem(
        'internal',
        `The migration ${step.name} failed and was rolled back: ${error instanceof Error ? error.message : String(error)}. The database is as it was.`,
        { place: { file: step.name }, cause: error },
      );
    }
    const row = [step.number, step.name, step.hash, now];
    await client.query('INSERT INTO migration (number, name, hash, at) VALUES ($1, $2, $3, $4)', row);
  }
  if (steps.length < READABILITY) return;
  for (const step of pending)
    await client.query('UPDATE migration SET readable_from = $2 WHERE number = $1', [step.number, readableFrom(step)]);
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly hash: string;
  readonly readable_from?: number | null;
}

/** The step from which on the table of steps says who may still serve the database. */
const READABILITY = 6;

/** What a step says in a line `-- Readable from: N`: programs that know the steps up to N can go on beside it. */
function readableFrom({ number, sql }: Migration): number {
  return Number(/^-- Readable from: (\d+)$/m.exec(sql)?.[1] ?? number);
}

function refuse(applied: readonly Applied[], known: readonly Migration[]): void {
  const beyond = applied.slice(known.length).find((step) => (step.readable_from ?? step.number) > known.length);
  if (beyond) {
    throw new Problem(
      'store-from-the-future',
      `The database has schema version ${applied.length}, and with ${beyond.name} programs that know less than ${beyond.readable_from ?? beyond.number} can not read it any more; this cloud knows ${known.length}. Nothing was changed. Start the newer program.`,
    );
  }
  for (const [index, was] of applied.slice(0, known.length).entries()) {
    const is = known[index];
    if (is?.name === was.name && is.hash === was.hash) continue;
    throw new Problem(
      'internal',
      `The migration ${was.name} was changed after it had run. Put its text back and add a new migration instead.`,
      { place: { file: was.name } },
    );
  }
}
