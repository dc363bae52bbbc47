import type { StoreDescription } from './contract.ts';
import type { Connection } from './database.ts';

/** Versions and counts of an open store. */
export function describe(database: Connection): StoreDescription {
  const one = <T>(sql: string): T | undefined => database.prepare<[], T>(sql).pluck().get() as T | undefined;
  const counts = database
    .prepare<[], { type: string; count: number }>(
      'SELECT type, count(*) AS count FROM record WHERE record IS NOT NULL GROUP BY type ORDER BY type',
    )
    .all();
  return {
    sqlite: one<string>('SELECT sqlite_version()') ?? '',
    cipher: String(database.pragma('cipher', { simple: true })),
    migrations: one<number>('SELECT coalesce(max(number), 0) FROM migration') ?? 0,
    entries: one<number>('SELECT count(*) FROM journal') ?? 0,
    records: Object.fromEntries(counts.map(({ type, count }) => [type, count])),
  };
}
