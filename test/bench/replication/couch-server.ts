/** A CouchDB-compatible server over LevelDB in a process of its own: `node couch-server.ts FOLDER`; tells its port to its parent. */
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const require = createRequire(import.meta.url);
const PouchDB = require('pouchdb') as { defaults(options: object): unknown };
const expressPouchDB = require('express-pouchdb') as (databases: unknown, options: object) => RequestListener;

const folder = process.argv[2] ?? '.';
const databases = PouchDB.defaults({ prefix: `${folder}${path.sep}` });
const logPath = path.join(folder, 'log.txt');
const server = createServer(
  expressPouchDB(databases, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath }),
).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
