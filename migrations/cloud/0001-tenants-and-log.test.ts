import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '#cloud/database/embedded.ts';
import { cloudMigrations } from '#cloud/database/migrate.ts';
import { openDatabase } from '#cloud/database/pool.ts';

let folder: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-migration-'));
  server = await startEmbedded({ folder, durable: false });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('CL40 copies that start together migrate once, and every tenant has a log of its own', async () => {
  const open = () =>
    openDatabase(
      server.url,
      () => 1,
      () => undefined,
    );
  const [one, other] = await Promise.all([open(), open()]);
  const tenant = '018f0000-0000-7000-8000-000000000001';
  await one.directory.createTenant(tenant, 'First', 1);
  expect(await other.directory.tenants()).toEqual([{ id: tenant, name: 'First', position: 0 }]);
  const steps = await one.inTenant(tenant, (scope) =>
    scope.rows('steps', 'SELECT count(*) AS n FROM migration WHERE EXISTS (SELECT 1 FROM tenant WHERE id = $1::uuid)'),
  );
  expect(steps).toEqual([{ n: cloudMigrations().length }]);
  await expect(one.inTenant(tenant, (scope) => scope.rows('all', 'SELECT * FROM log'))).rejects.toThrow('whose rows');
  await Promise.all([one.close(), other.close()]);
});
