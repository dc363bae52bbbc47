import type pg from 'pg';
import type { TenantSetBack } from './directory.ts';

/** The step that knows of setting back: once it happened, programs that do not know of it may not serve the database any more. */
const STEP = 8;
const ID = 8;

interface Row {
  readonly id: string;
  readonly position: number;
  readonly setBacks: string;
  /** When the last entry came that is there. */
  readonly last: number | null;
}

/**
 * Writes down, for every tenant, that the log was cut where it ends now (CL68); in the transaction of the caller.
 * @param at the time that the backup is of; undefined: when the last entry came that is there
 * @param firstSince the first number of each series from now on, by the last that is known
 */
export async function markSetBack(
  client: pg.ClientBase,
  at: number | undefined,
  random: (count: number) => Uint8Array,
  firstSince: (last: ReadonlyMap<string, number>) => Readonly<Record<string, number>>,
): Promise<void> {
  const { rows } = await client.query<Row>(
    `SELECT t.id, t.position, t.set_backs AS "setBacks", coalesce(l.received_at, t.created_at) AS last
     FROM tenant t LEFT JOIN log l ON l.tenant = t.id AND l.position = t.position FOR UPDATE OF t`,
  );
  for (const { id: tenant, position, setBacks, last } of rows) {
    const { rows: ends } = await client.query<{ series: string; last: number }>(
      `SELECT series, max(last) AS last FROM (
         SELECT series, last FROM granted_range WHERE tenant = $1
         UNION ALL SELECT series, number::bigint FROM number WHERE tenant = $1 AND number ~ '^[0-9]{1,15}$') AS n
       GROUP BY series`,
      [tenant],
    );
    const id = Buffer.from(random(ID / 2)).toString('hex');
    const numbers = firstSince(new Map(ends.map((one) => [one.series, one.last])));
    const next: TenantSetBack = { id, position, at: at ?? last ?? 0, numbers };
    const all = [...(JSON.parse(setBacks) as readonly TenantSetBack[]), next];
    await client.query('UPDATE tenant SET set_backs = $2 WHERE id = $1', [tenant, JSON.stringify(all)]);
  }
  await client.query('UPDATE migration SET readable_from = $1 WHERE number = $1', [STEP]);
}
