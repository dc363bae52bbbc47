import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';

/** The folder of a cloud that keeps its database itself: database, blobs, master key and the administrator's token. */
export interface CloudFolder {
  readonly path: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly adminToken: string;
}
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the folder. Key and token come from FIELDWRITER_CLOUD_KEY and FIELDWRITER_CLOUD_ADMIN, else from files in it that only their
 * owner reads, made at the first start.
 * @throws Problem wrong-key for a key that is no key
 */
export function openFolder(folder: string, environment: Environment): CloudFolder {
  // The folders above it are nobody's secret: where root starts it, PostgreSQL comes through them as another user.
  mkdirSync(path.dirname(path.resolve(folder)), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = environment.FIELDWRITER_CLOUD_KEY ?? kept(path.join(folder, 'cloud-key'));
  return { path: folder, key: keyBytes(key), adminToken: adminToken(folder, environment) };
}

export function adminToken(folder: string, environment: Environment): string {
  return environment.FIELDWRITER_CLOUD_ADMIN ?? kept(path.join(folder, 'admin-token'));
}

function keyBytes(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(text.trim()))
    throw new Problem(
      'wrong-key',
      'FIELDWRITER_CLOUD_KEY is 32 bytes in 64 hexadecimal digits (`openssl rand -hex 32`).',
    );
  return Buffer.from(text.trim(), 'hex');
}

/** What a file holds; made with 32 random bytes in hexadecimal where it is not there. */
function kept(file: string): string {
  if (!existsSync(file)) write(file, randomBytes(32).toString('hex'));
  return readFileSync(file, 'utf8').trim();
}

function write(file: string, text: string): void {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, text);
    closeSync(handle);
  } catch (error) {
    // A copy that started at the same moment has made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Marks the folder's database as run by this process. @throws Problem store-locked when another one does @returns what takes the mark away */
export function ownFolder(folder: string): () => void {
  const file = path.join(folder, 'cloud.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (pid > 0 && pid !== process.pid && isAlive(pid))
    throw new Problem(
      'store-locked',
      `The cloud ${pid} runs on ${folder} already. Start another copy with the DATABASE_URL that it printed, or end it first.`,
    );
  rmSync(file, { force: true });
  write(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** Whether there is a process of this number on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
