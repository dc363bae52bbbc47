import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { makeCode } from './authority/devices.ts';
import type { Cloud } from './cloud.ts';
import { startEmbedded } from './database/embedded.ts';
import { openCloud } from './open-cloud.ts';
import { type ServedCloud, serveCloud } from './serve.ts';

/** For tests: a cloud in this process, with a PostgreSQL of its own in a temporary folder. Start one per test file. */
export interface TestCloud {
  readonly databaseUrl: string;
  readonly postgresPid: number;
  /** Under which the copies run; another process needs the same. */
  readonly key: Uint8Array;
  readonly folder: string;
  readonly adminToken: string;
  /** The copies, each with its address on the loopback interface. */
  readonly copies: readonly TestCopy[];
  /** What was logged, one object a line. */
  readonly logged: readonly Record<string, unknown>[];
  /** Another copy over the same database. */
  addCopy(): Promise<TestCopy>;
  /** @returns its id */
  newTenant(name: string): Promise<string>;
  /** A code that enrols one device. @param users who may use it; anybody when absent */
  newCode(tenant: string, users?: readonly string[]): Promise<string>;
  /** Ends everything and throws the folder away. */
  stop(): Promise<void>;
}
export interface TestCopy extends ServedCloud {
  readonly cloud: Cloud;
}
export interface TestCloudOptions {
  /** How many copies; 1 when absent. */
  readonly copies?: number;
  readonly now?: () => number;
  /** Whether what is committed outlives a kill of PostgreSQL and of the machine; false when absent: faster. */
  readonly durable?: boolean;
}

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-cloud-'));
  const server = await startEmbedded({ folder, durable: options.durable ?? false });
  const key = new Uint8Array(32).fill(7);
  const adminToken = 'the administrator of this test';
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const copies: TestCopy[] = [];
  const addCopy = async (): Promise<TestCopy> => {
    const settings = { databaseUrl: server.url, key, folder, adminToken, log };
    const cloud = await openCloud(options.now ? { ...settings, now: options.now } : settings);
    const copy = { cloud, ...(await serveCloud(cloud, { host: '127.0.0.1', port: 0 })) };
    copies.push(copy);
    return copy;
  };
  const first = await addCopy();
  for (let i = 1; i < (options.copies ?? 1); i += 1) await addCopy();
  const { cloud } = first;
  return {
    databaseUrl: server.url,
    postgresPid: server.pid,
    key,
    folder,
    adminToken,
    copies,
    logged,
    addCopy,
    async newTenant(name) {
      const id = crypto.randomUUID();
      await cloud.database.directory.createTenant(id, name, cloud.now());
      return id;
    },
    newCode: async (tenant, users) => (await makeCode(cloud, tenant, users ?? null, 60_000)).code,
    async stop() {
      await Promise.all(copies.map((copy) => copy.close().catch(() => undefined)));
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
