import type { EntryBody } from '#core/store/entry.ts';
import type { Scope } from '../database/scope.ts';
import type { Appended, Ledger } from './ledger.ts';
import { erasePerson } from './person-keys.ts';

/** For so many positions a snapshot can go on; a first sync that takes longer begins again. */
export const FORMER_HEADS = 200_000;
/** So often what is older is thrown away. */
const SWEEP = 10_000;

/** An entry as it came. */
interface Came {
  readonly head: { readonly again?: boolean | undefined };
  readonly body: EntryBody;
  readonly packed: Uint8Array;
}

/** Writes what the ledger holds: a statement a table, however many entries there are. All of them cross together. */
export async function append(
  scope: Scope,
  ledger: Ledger,
  came: ReadonlyMap<number, Came>,
  device: string,
  now: number,
): Promise<void> {
  const { appended, chain, position } = ledger;
  if (appended.length === 0) return;
  const erased = appended.flatMap(({ item }) => {
    const { command, arguments: given } = came.get(item.sequence)?.body ?? {};
    const erases = command === 'person.erase' && item.outcome !== 'refused' && typeof given?.person === 'string';
    return erases ? [String(given.person)] : [];
  });
  const sweeps = Math.floor(position / SWEEP) > Math.floor((position - appended.length) / SWEEP);
  await Promise.all([
    writeLog(scope, appended, came, now),
    writeHeads(scope, ledger),
    writeRefusals(scope, ledger, device),
    writeNumbers(scope, ledger),
    ...erased.map((person) => erasePerson(scope, person)),
    ...(sweeps ? [sweep(scope, position - FORMER_HEADS)] : []),
    scope.rows('chain-on', 'UPDATE device SET sequence = $3, hash = $4 WHERE tenant = $1 AND id = $2', [
      device,
      chain.sequence,
      chain.hash,
    ]),
    scope.rows('position-on', 'UPDATE tenant SET position = $2 WHERE id = $1::uuid', [position]),
  ]);
}

async function sweep(scope: Scope, before: number): Promise<void> {
  await scope.rows('sweep', 'DELETE FROM former_head WHERE tenant = $1 AND until < $2', [before]);
}

/** Bodies go as one value with the length of each: a list of byte strings would cross as text, twice as long. */
async function writeLog(
  scope: Scope,
  appended: readonly Appended[],
  came: ReadonlyMap<number, Came>,
  now: number,
): Promise<void> {
  const bodies = appended.map(({ item }) => came.get(item.sequence)?.packed ?? new Uint8Array());
  let at = 1;
  const starts = bodies.map(({ length }) => {
    at += length;
    return at - length;
  });
  await scope.rows(
    'append',
    `INSERT INTO log (tenant, position, device, sequence, id, hash, seen, outcome, received_at, keys, effects, again, body)
     SELECT $1::uuid, position, device, sequence, id, hash, seen, outcome, $2, string_to_array(keys, ' '), effects, again,
       substring($3::bytea FROM start FOR length)
     FROM unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[],
       $12::text[], $13::int[], $14::int[], $15::bool[])
       AS n (position, device, sequence, id, hash, seen, outcome, keys, effects, start, length, again)`,
    [
      now,
      Buffer.concat(bodies),
      appended.map(({ item }) => item.position),
      appended.map(({ item }) => item.device),
      appended.map(({ item }) => item.sequence),
      appended.map(({ item }) => item.id),
      appended.map(({ item }) => item.hash),
      appended.map(({ entry }) => entry.seen),
      appended.map(({ item }) => item.outcome),
      appended.map((one) => keysOf(one, came.get(one.item.sequence)?.body).join(' ')),
      appended.map(({ effects }) => JSON.stringify(effects)),
      starts,
      bodies.map(({ length }) => length),
      appended.map(({ item }) => came.get(item.sequence)?.head.again ?? false),
    ],
  );
}

/** Ids of the person keys that an item's reader needs. */
function keysOf({ effects }: Appended, body: EntryBody | undefined): readonly string[] {
  const seals = [
    body?.argumentsSeal,
    ...(body?.changes ?? []).map(({ seal }) => seal),
    ...effects.map(({ seal }) => seal),
  ];
  return [...new Set(seals.flatMap((seal) => seal?.key ?? []))];
}

/** One push is one step of a snapshot's time: `position` is its last item's. */
async function writeHeads(scope: Scope, { heads, position }: Ledger): Promise<void> {
  const rows = [...heads.values()];
  if (rows.length === 0) return;
  const former = scope.rows(
    'keep-former-heads',
    `INSERT INTO former_head (tenant, until, type, locator, version, etag, schema, made, since, gone)
     SELECT $1::uuid, w.until, h.type, h.locator, h.version, h.etag, h.schema, h.made, h.since, h.gone
     FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (type, locator, until)
     CROSS JOIN LATERAL (SELECT * FROM head WHERE tenant = $1 AND type = w.type AND locator = w.locator LIMIT 1) h`,
    [rows.map(({ type }) => type), rows.map(({ locator }) => locator), rows.map(() => position)],
  );
  const written = scope.rows(
    'write-heads',
    `INSERT INTO head (tenant, type, locator, version, etag, schema, made, since, gone)
     SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::bigint[], $8::bigint[], $9::bool[])
     ON CONFLICT (tenant, type, locator) DO UPDATE SET version = excluded.version, etag = excluded.etag,
       schema = excluded.schema, made = excluded.made, since = excluded.since, gone = excluded.gone`,
    [
      rows.map(({ type }) => type),
      rows.map(({ locator }) => locator),
      rows.map(({ version }) => version),
      rows.map(({ etag }) => etag),
      rows.map(({ schema }) => schema),
      rows.map(({ made }) => made),
      rows.map(({ since }) => since),
      rows.map(({ gone }) => gone),
    ],
  );
  await Promise.all([former, written]);
}

async function writeRefusals(scope: Scope, { refusals }: Ledger, device: string): Promise<void> {
  if (refusals.size === 0) return;
  await scope.rows(
    'write-refusals',
    `INSERT INTO refusal (tenant, device, aggregate, position, conflict)
     SELECT $1::uuid, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[])
     ON CONFLICT (tenant, device, aggregate) DO UPDATE SET position = excluded.position, conflict = excluded.conflict`,
    [
      device,
      [...refusals.keys()],
      [...refusals.values()].map(({ position }) => position),
      [...refusals.values()].map(({ conflict }) => conflict),
    ],
  );
}

async function writeNumbers(scope: Scope, { numbers }: Ledger): Promise<void> {
  const rows = [...numbers.values()];
  if (rows.length === 0) return;
  await scope.rows(
    'write-numbers',
    `INSERT INTO number (tenant, series, number, owner)
     SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
    [rows.map(({ series }) => series), rows.map(({ number }) => number), rows.map(({ owner }) => owner)],
  );
}
