import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is used of PouchDB. */
interface Database {
  bulkDocs(documents: readonly object[]): Promise<unknown>;
  readonly replicate: {
    to(address: string, options: object): Promise<Replicated>;
    from(address: string, options: object): Promise<Replicated>;
  };
  close(): Promise<void>;
}
interface Replicated {
  readonly ok: boolean;
  readonly docs_written: number;
}

/** PouchDB ↔ a CouchDB-compatible server, both over LevelDB, as they come: not encrypted, not synced to the disk. */
export interface Couch {
  readonly pid: number;
  save(documents: readonly object[]): Promise<void>;
  /** @returns how many documents crossed */
  push(): Promise<number>;
  pull(): Promise<number>;
  close(): Promise<void>;
}

export async function openCouch(batch: number): Promise<Couch> {
  const require = createRequire(import.meta.url);
  const PouchDB = require('pouchdb') as new (place: string) => Database;
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-couch-'));
  mkdirSync(path.join(folder, 'server'));
  const server = fork(fileURLToPath(new URL('couch-server.ts', import.meta.url)), [path.join(folder, 'server')]);
  const address = `http://127.0.0.1:${await port(server)}/book`;
  const [here, there] = ['here', 'there'].map((name) => new PouchDB(path.join(folder, name)));
  if (!here || !there) throw new Error('No database was made.');
  const options = { batch_size: batch };
  return {
    pid: server.pid ?? 0,
    save: async (documents) => void (await here.bulkDocs(documents)),
    push: async () => (await here.replicate.to(address, options)).docs_written,
    pull: async () => (await there.replicate.from(address, options)).docs_written,
    async close() {
      await here.close();
      await there.close();
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function port(server: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    server.once('message', resolve);
    server.once('exit', (code) => reject(new Error(`The CouchDB-compatible server ended with ${code}.`)));
  });
}
