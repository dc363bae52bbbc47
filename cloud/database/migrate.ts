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

/**
 * Brings the database to the last migration: all pending steps in one transaction, under a lock that other copies wait for.
 * @throws store-from-the-future when a newer cloud has migrated it; internal when a landed step was edited
 */
export async function migrateCloud(client: pg.ClientBase, steps: readonly Migration[], now: number): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, hash text NOT NULL, at bigint NOT NULL)',
    );
    const applied = await client.query<{ name: string; hash: string }>(
      'SELECT name, hash FROM migration ORDER BY number',
    );
    refuse(applied.rows, steps);
    for (const step of steps.slice(applied.rows.length)) {
      await client.query(step.sql);
      const row = [step.number, step.name, step.hash, now];
      await client.query('INSERT INTO migration (number, name, hash, at) VALUES ($1, $2, $3, $4)', row);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function refuse(applied: readonly { name: string; hash: string }[], known: readonly Migration[]): void {
  if (applied.length > known.length) {
    throw new Problem(
      'store-from-the-future',
      `The database has schema version ${applied.length} (${applied.at(-1)?.name}), this cloud knows up to ${known.length}. Nothing was changed. Start the newer program.`,
    );
  }
  for (const [index, was] of applied.entries()) {
    const is = known[index];
    if (is?.name === was.name && is.hash === was.hash) continue;
    throw new Problem(
      'internal',
      `The migration ${was.name} was changed after it had run. Put its text back and add a new migration instead.`,
      { place: { file: was.name } },
    );
  }
}
