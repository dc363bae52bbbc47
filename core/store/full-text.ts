import type { Connection } from './database.ts';

/**
 * Empties a full-text table by making it again: deleting its rows one by one, as `secure-delete` asks, takes minutes where there
 * are many. Its pages are overwritten when they are freed (`secure_delete` of the connection).
 */
export function emptyFullText(database: Connection, table: 'search' | 'risk_search'): void {
  const sql = database.prepare<[string], string>('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table);
  if (sql === undefined) throw new Error(`There is no table ${table}.`);
  database.exec(`DROP TABLE ${table}; ${sql}; INSERT INTO ${table} (${table}, rank) VALUES ('secure-delete', 1);`);
}
