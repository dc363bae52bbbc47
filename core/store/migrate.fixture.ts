import { join } from 'node:path';
import { type Connection, openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { inFolder, KEY } from './store.fixture.ts';

/**
 * The harness of the migrations' tests: a database at the version before a migration, filled with rows as that version had them,
 * then brought to the migration.
 */
export async function acrossMigration(
  number: number,
  before: (old: Connection) => void,
  after: (migrated: Connection) => void,
): Promise<void> {
  await inFolder((folder) => {
    const database = openDatabase(join(folder, 'workbench.db'), KEY);
    const steps = readMigrations();
    migrate(database, steps.slice(0, number - 1), 1, () => {});
    before(database);
    migrate(database, steps.slice(0, number), 2, () => {});
    after(database);
    database.close();
  });
}
