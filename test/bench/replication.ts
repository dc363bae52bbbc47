import { startTestCloud } from '../../cloud/testing.ts';
import type { Bench } from './bench.ts';
import { exchange } from './replication/exchange.ts';
import { firstSync } from './replication/first-sync.ts';
import { longLog } from './replication/long-log.ts';

const FULL = { documents: 20_000, slices: 5, records: 100_000, lengths: [10_000, 100_000, 1_000_000] };
/** For a look while something is being made faster. */
const SMALL = { documents: 2_000, slices: 2, records: 9_000, lengths: [1_000, 10_000, 50_000] };
const PARTS = ['exchange', 'first', 'long'] as const;

/** (m) Replication with the cloud over a durable PostgreSQL, beside PouchDB with a CouchDB-compatible server. */
export const replication: Bench = {
  name: '(m) replication with the cloud, encrypted and durable, beside PouchDB',
  async run(options) {
    const { documents, slices, records, lengths } = options.has('small') ? SMALL : FULL;
    const some = PARTS.filter((part) => options.has(part));
    const wanted = new Set(some.length > 0 ? some : PARTS);
    const cloud = await startTestCloud({ durable: true });
    try {
      return [
        ...(wanted.has('exchange') ? await exchange(cloud, documents, slices) : []),
        ...(wanted.has('first') ? await firstSync(cloud, records) : []),
        ...(wanted.has('long') ? await longLog(cloud, lengths) : []),
      ];
    } finally {
      await cloud.stop();
    }
  },
};
