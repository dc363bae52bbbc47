import pg from 'pg';
import { canonicalJson } from '#core/model/json.ts';
import { changeText, entryText, hashOf, NO_HASH, packed } from '#core/store/entry.ts';
import { TestDevice } from '../../../cloud/test-device.ts';
import type { TestCloud } from '../../../cloud/testing.ts';
import type { Line } from '../bench.ts';
import { figure, quantile } from '../measure.ts';
import { type Laptop, openLaptop, save } from './laptop.ts';
import { locatorOf, madePolicy, QUOTE_PATHS } from './policies.ts';
import { processorTime } from './processor-time.ts';

const CHANGES = 1_000;
const BATCH = 200;
const QUOTE = 2_048;
const ROUNDS = 20;
/** Rows of one statement that fills the log. */
const STEP = 5_000;
const START = Date.UTC(2025, 0, 1);
const DEVICE = 'the device of the log';

/**
 * What an entry costs the cloud when its log has so many already, what a round costs that has nothing to do, and one that brings
 * 1,000 changes, on a device that holds as many records.
 * @param lengths of the log, ascending
 */
export async function longLog(cloud: TestCloud, lengths: readonly number[]): Promise<readonly Line[]> {
  const copy = await cloud.spawnCopy();
  const tenant = await cloud.newTenant('Long log');
  const client = new pg.Client({ connectionString: cloud.databaseUrl });
  await client.connect();
  const costs: { readonly length: number; readonly push: number; readonly pull: number; readonly time: number }[] = [];
  const lines: Line[] = [];
  try {
    const join = async () => new TestDevice(copy.address).enrol(await cloud.newCode(tenant));
    const [here, there] = [await join(), await join()];
    let made = 0;
    // The first time is for warming up.
    for (const length of [...lengths.slice(0, 1), ...lengths]) {
      const { position } = await fill(client, tenant, length);
      await here.newToken();
      await there.newToken();
      const batches = Array.from({ length: CHANGES / BATCH }, () =>
        Array.from({ length: BATCH }, () => {
          made += 1;
          const { quote } = madePolicy(made, QUOTE);
          const personal = { person: String(quote.policyholderLocator), paths: QUOTE_PATHS };
          return here.entry([{ type: 'quote', locator: String(quote.locator), base: null, record: quote, personal }]);
        }),
      );
      const pids = { cloud: copy.pid, database: cloud.postgresPid };
      const push = await processorTime(pids, async () => {
        for (const batch of batches) await here.push(batch);
      });
      const pull = await processorTime(pids, async () => {
        for (let after = position; after < position + CHANGES; after += BATCH)
          await there.pull(after, `&entries=${BATCH}`);
      });
      const spent = ({ time }: typeof push): number => (time.cloud ?? 0) + (time.database ?? 0);
      const each = {
        push: push.took / CHANGES,
        pull: pull.took / CHANGES,
        time: (spent(push) + spent(pull)) / CHANGES,
      };
      costs.push({ length, ...each });
    }
    costs.shift();
    for (const { length, push, pull, time } of costs)
      lines.push({
        what: `a log of ${figure(length)}: ms for an entry, there and back`,
        value: (push + pull).toFixed(2),
        aim: `ms of processor of cloud and database: ${time.toFixed(2)}`,
      });
    const growth = (costs.at(-1)?.time ?? Number.NaN) / (costs[0]?.time ?? Number.NaN);
    lines.push({
      what: 'cost of an entry, longest of shortest log',
      value: growth.toFixed(2),
      aim: 'under 1.3',
      ok: growth < 1.3,
    });
    lines.push(...(await rounds(cloud, copy.address, tenant)));
    return lines;
  } finally {
    await client.end();
    await copy.kill('SIGTERM');
  }
}

/** A round without anything to do, and one with 1,000 changes, on a device that holds everything. */
async function rounds(cloud: TestCloud, address: string, tenant: string): Promise<readonly Line[]> {
  const laptop = openLaptop('full');
  try {
    await laptop.enrol(address, await cloud.newCode(tenant));
    const quotes = Array.from({ length: CHANGES }, (_, i) => madePolicy(1e6 + i, QUOTE).quote);
    for (const quote of quotes) save(laptop.desk, 'quote', quote, 0, String(quote.policyholderLocator));
    await laptop.round();
    const idle: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) idle.push(await timed(laptop));
    for (const quote of quotes)
      save(laptop.desk, 'quote', { ...quote, name: 'Quote 2' }, 1, String(quote.policyholderLocator));
    const changes = await timed(laptop);
    const { waiting } = laptop.client.status();
    if (waiting.entries > 0) throw new Error(`${waiting.entries} entries still wait.`);
    const records = [...((await cloud.copies[0]?.cloud.database.directory.tenants()) ?? [])].find(
      ({ id }) => id === tenant,
    );
    const median = quantile(
      idle.toSorted((a, b) => a - b),
      0.5,
    );
    return [
      {
        what: `a round with nothing to do, ${figure(records?.position ?? 0)} records, ms`,
        value: figure(median),
        aim: 'under 200',
        ok: median < 200,
      },
      {
        what: `a round with ${figure(CHANGES)} changes, ms`,
        value: figure(changes),
        aim: 'under 1,000',
        ok: changes < 1_000,
      },
    ];
  } finally {
    await laptop.close();
  }
}

async function timed(laptop: Laptop): Promise<number> {
  const started = performance.now();
  await laptop.round();
  return performance.now() - started;
}

/** Brings the log to a length with notes of another device, one an entry, as a push would have left them. */
async function fill(client: pg.Client, tenant: string, length: number): Promise<{ readonly position: number }> {
  await client.query(
    "INSERT INTO device (id, tenant, name, public_key, enrolled_at) VALUES ($1, $2, $1, '', 0) ON CONFLICT DO NOTHING",
    [DEVICE, tenant],
  );
  for (const table of ['log', 'head']) await client.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  const { rows } = await client.query(
    'SELECT position, sequence FROM tenant t, device d WHERE t.id = $1 AND d.id = $2',
    [tenant, DEVICE],
  );
  let { position, sequence } = { position: Number(rows[0].position), sequence: Number(rows[0].sequence) };
  while (position < length) {
    const step = Math.min(STEP, length - position);
    const entries = Array.from({ length: step }, (_, i) => noteEntry(sequence + i + 1));
    const positions = entries.map((_, i) => position + i + 1);
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO log (tenant, position, device, sequence, id, hash, seen, outcome, received_at, keys, effects, body)
       SELECT $1::uuid, n.position, $2, n.sequence, n.id, n.hash, 0, 'accepted', 0, '{}', n.effects, decode(n.body, 'base64')
       FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
         AS n (position, sequence, id, hash, effects, body)`,
      [
        tenant,
        DEVICE,
        positions,
        entries.map((one) => one.sequence),
        entries.map(({ id }) => id),
        entries.map(({ hash }) => hash),
        entries.map(({ id, locator }) =>
          JSON.stringify([{ type: 'note', locator, from: 'entry', version: 1, etag: id, schema: 0 }]),
        ),
        entries.map(({ body }) => Buffer.from(body).toString('base64')),
      ],
    );
    await client.query(
      `INSERT INTO head (tenant, type, locator, version, etag, schema, made, since, gone)
       SELECT $1::uuid, 'note', n.locator, 1, n.id, 0, n.position, n.position, false
       FROM unnest($2::text[], $3::text[], $4::bigint[]) AS n (locator, id, position)`,
      [tenant, entries.map(({ locator }) => locator), entries.map(({ id }) => id), positions],
    );
    position += step;
    sequence += step;
    await client.query('UPDATE tenant SET position = $2 WHERE id = $1', [tenant, position]);
    await client.query('UPDATE device SET sequence = $2 WHERE id = $1', [DEVICE, sequence]);
    await client.query('COMMIT');
  }
  // What the database does by itself behind so many rows is not what is looked at: it is done here, before.
  await client.query('VACUUM (ANALYZE) log, head');
  await client.query('CHECKPOINT');
  return { position };
}

function noteEntry(sequence: number) {
  const id = locatorOf(`entry ${sequence}`, START + sequence);
  const locator = locatorOf(`note ${sequence}`, START + sequence);
  const record = {
    locator,
    policyLocator: locatorOf(`policy ${sequence}`, START + sequence),
    policyholderLocator: locatorOf(`policyholder ${sequence}`, START + sequence),
    text: `Called about renewal ${sequence}`,
    author: 'anna',
    createdAt: 0,
    updatedAt: 0,
    done: true,
    removed: false,
  };
  const named = { type: 'note', locator, base: 0, version: 1, schema: 0 } as const;
  const common = { command: 'note.add', commandVersion: 1, user: 'anna', at: 0, configuration: null, engine: 'bench' };
  const text = entryText({ ...common, id, device: DEVICE, sequence, previousHash: NO_HASH, arguments: {} }, [
    changeText(named, canonicalJson(record)),
  ]);
  return { id, locator, sequence, hash: hashOf(text), body: packed(text) };
}
