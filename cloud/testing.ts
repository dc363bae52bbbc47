import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { makeCode } from './authority/devices.ts';
import type { Cloud } from './cloud.ts';
import { type EmbeddedPostgres, startEmbedded } from './database/embedded.ts';
import { runSql } from './database/run-sql.fixture.ts';
import { type CloudSettings, openCloud } from './open-cloud.ts';
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
  /** Another copy in a process of its own, which may be killed. @param port 0 or absent: a free one */
  spawnCopy(port?: number): Promise<SpawnedCopy>;
  /** Kills PostgreSQL as a power cut does, and starts it again at the same address. Start with `durable: true`. */
  killPostgres(): Promise<void>;
  /** A statement over the database, past everything that guards it. */
  sql(text: string): Promise<void>;
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
export interface SpawnedCopy {
  readonly address: string;
  readonly pid: number;
  /** Ends when the process is gone. SIGTERM closes it in order. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}
export interface TestCloudOptions {
  /** How many copies; 1 when absent. */
  readonly copies?: number;
  readonly now?: () => number;
  /** Whether what is committed outlives a kill of PostgreSQL and of the machine; false when absent: faster. */
  readonly durable?: boolean;
  /** Whether the copies run background jobs; false when absent. */
  readonly jobs?: boolean;
  readonly mailServer?: string;
  readonly retries?: CloudSettings['retries'];
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function spawnCopy(
  databaseUrl: string,
  key: Uint8Array,
  folder: string,
  adminToken: string,
  port: number,
): Promise<SpawnedCopy> {
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    FIELDWRITER_CLOUD_KEY: Buffer.from(key).toString('hex'),
    FIELDWRITER_CLOUD_ADMIN: adminToken,
    FIELDWRITER_LOG: 'silent',
  };
  const child = spawn(process.execPath, [MAIN, '--port', String(port), '--folder', folder, '--jobs', 'off'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, address] = /listens on (\S+)\n/.exec(said) ?? [];
      if (address === undefined) return;
      const kill = (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
        child.kill(signal);
        return gone;
      };
      resolve({ address, pid: child.pid ?? 0, kill });
    });
    child.once('exit', () => reject(new Error(`The copy did not start: ${said}`)));
  });
}

/** Processes of the one that was killed may hold its memory for a moment. */
async function startAgain(folder: string, port: number, durable: boolean): Promise<EmbeddedPostgres> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startEmbedded({ folder, port, durable });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-cloud-'));
  const durable = options.durable ?? false;
  let server = await startEmbedded({ folder, durable });
  const spawned: SpawnedCopy[] = [];
  const key = new Uint8Array(32).fill(7);
  const adminToken = 'the administrator of this test';
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  const copies: TestCopy[] = [];
  const addCopy = async (): Promise<TestCopy> => {
    const { jobs = false, mailServer, retries } = options;
    const settings = { databaseUrl: server.url, key, folder, adminToken, log, jobs, mailServer, retries };
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
    get postgresPid() {
      return server.pid;
    },
    key,
    folder,
    adminToken,
    copies,
    logged,
    addCopy,
    async spawnCopy(port = 0) {
      const copy = await spawnCopy(server.url, key, folder, adminToken, port);
      spawned.push(copy);
      return copy;
    },
    async killPostgres() {
      const port = Number(new URL(server.url).port);
      process.kill(server.pid, 'SIGKILL');
      server = await startAgain(folder, port, durable);
    },
    sql: (text) => runSql(server.url, text),
    async newTenant(name) {
      const id = crypto.randomUUID();
      await cloud.database.directory.createTenant(id, name, cloud.now());
      return id;
    },
    newCode: async (tenant, users) => (await makeCode(cloud, tenant, users ?? null, 60_000)).code,
    async stop() {
      await Promise.all([
        ...copies.map((copy) => copy.close().catch(() => undefined)),
        ...spawned.map((copy) => copy.kill()),
      ]);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
