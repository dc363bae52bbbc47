import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '#core/model/problem.ts';
import type { Connection } from './database.ts';

/** One numbered step of the schema. */
export interface Migration {
  readonly number: number;
  /** The file's name, e.g. `0001-journal-and-records.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with Unix line ends: Git may check it out with others. */
  readonly hash: string;
}

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Where the migrations lie: beside `core/` in the sources and in the built product alike. */
export const MIGRATIONS_FOLDER: string = fileURLToPath(new URL('../../migrations/workbench', import.meta.url));

/** Reads a folder of `NNNN-what.sql` files: numbered from 1, ascending, without a gap (J23). */
export function readMigrations(folder: string = MIGRATIONS_FOLDER): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const number = Number(FILE_NAME.exec(name)?.[1]);
    if (number !== index + 1) {
      throw new Problem(
        'internal',
        `${name}: migrations are named NNNN-what.sql and numbered from 0001 without a gap.`,
        {
          place: { file: join(folder, name) },
        },
      );
    }
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { number, name, sql, hash: createHash('sha256').update(sql).digest('hex') };
  });
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly hash: string;
}

/**
 * Brings a database to the last migration, each step in a transaction of its own.
 * @param beforeChange called once when a database that was migrated before is about to change: makes the backup
 * @throws store-from-the-future when it has steps that this program does not know; internal when a landed step was edited
 */
export function migrate(
  database: Connection,
  migrations: readonly Migration[],
  now: number,
  beforeChange: (from: number, to: number) => void,
): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
  );
  const applied = database.prepare<[], Applied>('SELECT number, name, hash FROM migration ORDER BY number').all();
  refuseFuture(applied, migrations, database.name);
  refuseEdited(applied, migrations);
  const pending = migrations.slice(applied.length);
  if (pending.length === 0) return;
  if (applied.length > 0) beforeChange(applied.length, migrations.length);
  const record = database.prepare('INSERT INTO migration (number, name, hash, at) VALUES (?, ?, ?, ?)');
  for (const step of pending) {
    database.transaction(() => {
      database.exec(step.sql);
      record.run(step.number, step.name, step.hash, now);
    })();
  }
}

function refuseFuture(applied: readonly Applied[], known: readonly Migration[], file: string): void {
  if (applied.length <= known.length) return;
  throw new Problem(
    'store-from-the-future',
    `${file} has schema version ${applied.length} (${applied.at(-1)?.name}), this Fieldwriter knows up to ${known.length}. ` +
      'Nothing was changed. Install the newer Fieldwriter again, or restore a backup that this one made.',
  );
}

function refuseEdited(applied: readonly Applied[], known: readonly Migration[]): void {
  for (const [index, was] of applied.entries()) {
    const is = known[index];
    if (is && is.number === was.number && is.name === was.name && is.hash === was.hash) continue;
    throw new Problem(
      'internal',
      `The migration ${was.name} was changed after it had run on this store. Put its text back and add a new migration instead.`,
      { place: { file: is?.name ?? was.name } },
    );
  }
}
