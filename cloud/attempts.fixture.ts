import { generateKeyPairSync } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { JsonObject } from '#core/model/json.ts';
import { hashOf, packed, unpacked } from '#core/store/entry.ts';
import { framed } from '#core/sync/frames.ts';
import { PROOF_HEADER, proofOf, signed, tokenText } from '#core/sync/proof.ts';
import type { Cloud } from './cloud.ts';
import { blobOf, commitOf, oidOf, packOf, type RawObject, type TreeEntry, treeOf } from './git/pack.fixture.ts';
import { packetLine } from './git/packet-lines.ts';
import { writeChallenge, writeGitPassword, writeToken } from './http/tokens.ts';
import type { Bent, TestChange, TestDevice, TestEntry } from './test-device.ts';

/** Who is there when somebody tries something. */
export interface Scene {
  readonly cloud: Cloud;
  /** The device whose work it is about; anna alone uses it. */
  readonly victim: TestDevice;
  readonly revoked: TestDevice;
  readonly wiped: TestDevice;
  /** Of another tenant. */
  readonly stranger: TestDevice;
  /** A code that was used, and one that is good. */
  readonly codes: { readonly used: string; readonly good: string };
  readonly policyholder: { readonly locator: string; readonly etag: string };
  /** The victim's repository: what `main` is, personal codes that open it, and a commit of the stranger's. */
  readonly git: Readonly<Record<'main' | 'reader' | 'writer' | 'withdrawn' | 'foreign', string>>;
}
/** What somebody tries, and how it is answered: the status, and the reason in the answer and the log. */
export interface Attempt {
  readonly what: string;
  readonly status: number;
  readonly reason?: string;
  readonly make: (scene: Scene) => Promise<Response>;
}

const change = (more: Partial<TestChange> = {}): TestChange => ({
  type: 'policyholder',
  locator: 'forged',
  base: null,
  record: { locator: 'forged', createdAt: 1, updatedAt: 1, completed: true, entity: { values: {} } },
  ...more,
});
/** The device's next entry, without its journal going on: what is tried leaves no mark there either. */
function next(device: TestDevice, changes: readonly TestChange[] = [change()], bent: Bent = {}): TestEntry {
  const { sequence, hash } = device;
  const entry = device.entry(changes, bent);
  Object.assign(device, { sequence, hash });
  return entry;
}
const send = (device: TestDevice, entry: TestEntry): Promise<Response> =>
  device.ask('POST', '/v1/push', framed([entry]));
const withHead = (entry: TestEntry, more: object): TestEntry => ({ ...entry, head: { ...entry.head, ...more } });
/** The entry with another text, and the hash of that. */
function retold({ head, body }: TestEntry, tell: (text: string) => string): TestEntry {
  const text = tell(unpacked(body));
  return { head: { ...head, hash: hashOf(text) }, body: packed(text) };
}
function raw(device: TestDevice, method: string, path: string, headers: Record<string, string>, body?: Uint8Array) {
  return fetch(`${device.address}${path}`, { method, headers, ...(body && { body: Buffer.from(body) }) });
}
const post = (device: TestDevice, path: string, body: object) => device.plain('POST', path, JSON.stringify(body));
const enrolment = (device: TestDevice, code: string, more: object = {}) =>
  post(device, '/v1/enrol', {
    code,
    device: crypto.randomUUID(),
    name: 'x',
    publicKey: device.publicKey,
    numbers: [],
    ...more,
  });
const SQL = `'; DROP TABLE log; --`;
const GONE = '0'.repeat(64);

const strangers: readonly Attempt[] = [
  { what: 'no token', status: 401, reason: 'token', make: ({ victim }) => victim.plain('GET', '/v1/pull?after=0') },
  {
    what: 'a token that nobody gave',
    status: 401,
    reason: 'token',
    make: ({ victim }) => raw(victim, 'GET', '/v1/pull?after=0', { authorization: 'Bearer abc.def' }),
  },
  {
    what: 'a token with another tenant written into it',
    status: 401,
    reason: 'token',
    make: ({ victim, stranger }) => {
      const body = Buffer.from(JSON.stringify([victim.tenant, stranger.id, Date.now() * 2])).toString('base64url');
      const forged = `${body}.${stranger.token.split('.')[1]}`;
      return raw(stranger, 'GET', '/v1/pull?after=0', { authorization: `Bearer ${forged}` });
    },
  },
  {
    what: 'a token that has expired',
    status: 401,
    reason: 'expired',
    make: ({ cloud, victim }) => {
      const token = writeToken(cloud.master.tokens, {
        tenant: victim.tenant,
        device: victim.id,
        expiresAt: Date.now(),
      });
      return raw(victim, 'GET', '/v1/pull?after=0', { authorization: `Bearer ${token}` });
    },
  },
  {
    what: 'a stolen token without its key',
    status: 401,
    reason: 'proof',
    make: ({ victim }) => raw(victim, 'GET', '/v1/pull?after=0', { authorization: `Bearer ${victim.token}` }),
  },
  {
    what: 'a stolen token with the key of another device',
    status: 401,
    reason: 'proof',
    make: ({ victim, stranger }) => {
      const request = { method: 'GET', path: '/v1/pull?after=0', body: new Uint8Array(), token: victim.token };
      const proof = proofOf(stranger.privateKey, request, Date.now(), 'n'.repeat(22));
      return raw(victim, 'GET', request.path, { authorization: `Bearer ${victim.token}`, [PROOF_HEADER]: proof });
    },
  },
  {
    what: 'a request sent again',
    status: 401,
    reason: 'replayed',
    make: async ({ victim }) => {
      const headers = victim.headers('GET', '/v1/pull?after=0', new Uint8Array());
      await raw(victim, 'GET', '/v1/pull?after=0', headers);
      return raw(victim, 'GET', '/v1/pull?after=0', headers);
    },
  },
  {
    what: 'the proof of one request for another path',
    status: 401,
    reason: 'proof',
    make: ({ victim }) =>
      raw(victim, 'GET', '/v1/pull?after=1', victim.headers('GET', '/v1/pull?after=0', new Uint8Array())),
  },
  {
    what: 'the proof of one body for another',
    status: 401,
    reason: 'proof',
    make: ({ victim }) =>
      raw(victim, 'POST', '/v1/push', victim.headers('POST', '/v1/push', new Uint8Array()), framed([next(victim)])),
  },
  ...[-600_000, 600_000].map(
    (offset): Attempt => ({
      what: `a proof ${offset / 60_000} minutes from now`,
      status: 401,
      reason: 'time',
      make: ({ victim }) =>
        raw(
          victim,
          'GET',
          '/v1/pull?after=0',
          victim.headers('GET', '/v1/pull?after=0', new Uint8Array(), Date.now() + offset),
        ),
    }),
  ),
  {
    what: 'work of a revoked device',
    status: 403,
    reason: 'revoked',
    make: ({ revoked }) => send(revoked, next(revoked)),
  },
  {
    what: 'work of a device to be wiped',
    status: 403,
    reason: 'wipe',
    make: ({ wiped }) => wiped.ask('GET', '/v1/pull?after=0'),
  },
  ...(['revoked', 'victim'] as const).map(
    (who): Attempt => ({
      what:
        who === 'revoked'
          ? 'a token for a revoked device'
          : 'a token for the challenge of somebody else, signed with another key',
      status: who === 'revoked' ? 403 : 401,
      reason: who === 'revoked' ? 'revoked' : 'signature',
      make: (scene) => {
        const challenge = writeChallenge(scene.cloud.master.tokens, Date.now(), new Uint8Array(16).fill(3));
        const key = who === 'revoked' ? scene.revoked.privateKey : scene.stranger.privateKey;
        const signature = signed(key, tokenText(scene[who].id, challenge)).toString('base64');
        return post(scene[who], '/v1/token', { device: scene[who].id, challenge, signature });
      },
    }),
  ),
  {
    what: 'a challenge answered twice',
    status: 401,
    reason: 'replayed',
    make: async ({ cloud, victim }) => {
      const challenge = writeChallenge(cloud.master.tokens, Date.now(), new Uint8Array(16).fill(4));
      const signature = signed(victim.privateKey, tokenText(victim.id, challenge)).toString('base64');
      await post(victim, '/v1/token', { device: victim.id, challenge, signature });
      return post(victim, '/v1/token', { device: victim.id, challenge, signature });
    },
  },
  ...[`1-abc.${'A'.repeat(43)}`, SQL].map(
    (challenge): Attempt => ({
      what: `a challenge that nobody gave (${challenge.slice(0, 12)})`,
      status: 401,
      reason: 'challenge',
      make: ({ victim }) => {
        const signature = signed(victim.privateKey, tokenText(victim.id, challenge)).toString('base64');
        return post(victim, '/v1/token', { device: victim.id, challenge, signature });
      },
    }),
  ),
  {
    what: "administration with a device's token",
    status: 401,
    reason: 'admin',
    make: ({ victim }) => victim.ask('POST', `/v1/admin/tenants/${victim.tenant}/codes`, '{}'),
  },
];

const enrolments: readonly Attempt[] = [
  {
    what: 'a code used twice',
    status: 403,
    reason: 'code',
    make: ({ victim, codes }) => enrolment(victim, codes.used),
  },
  { what: 'a code of SQL', status: 403, reason: 'code', make: ({ victim }) => enrolment(victim, SQL) },
  {
    what: 'the identity of another device',
    status: 409,
    reason: 'device-exists',
    make: ({ victim, stranger, codes }) => enrolment(stranger, codes.good, { device: victim.id }),
  },
  {
    what: 'a key that signs otherwise',
    status: 400,
    make: ({ victim, codes }) => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return enrolment(victim, codes.good, {
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      });
    },
  },
  {
    what: "numbers that are another device's",
    status: 409,
    reason: 'numbers-taken',
    make: ({ victim, codes }) =>
      enrolment(victim, codes.good, { numbers: [{ series: 'policyNumber', first: 1005, last: 1006 }] }),
  },
  {
    what: 'to have been a device of another tenant',
    status: 400,
    reason: 'formerly',
    make: ({ victim, stranger, codes }) => enrolment(victim, codes.good, { formerly: stranger.id }),
  },
];

const forgeries: readonly Attempt[] = [
  {
    what: 'a forged author',
    status: 403,
    reason: 'author',
    make: ({ victim }) => send(victim, next(victim, [change()], { user: 'mallory' })),
  },
  {
    what: "an entry of another tenant's device",
    status: 400,
    reason: 'device',
    make: ({ victim, stranger }) => send(stranger, next(victim)),
  },
  {
    what: 'the hash of another text',
    status: 400,
    reason: 'hash',
    make: ({ victim }) => send(victim, withHead(next(victim), { hash: GONE })),
  },
  {
    what: 'a text that is not canonical',
    status: 400,
    reason: 'not-canonical',
    make: ({ victim }) =>
      send(
        victim,
        retold(next(victim), (text) => text.replace('{', '{ ')),
      ),
  },
  {
    what: 'a head that speaks of another entry',
    status: 400,
    reason: 'head',
    make: ({ victim }) => send(victim, withHead(next(victim), { id: 'x' })),
  },
  {
    what: 'a base too many',
    status: 400,
    reason: 'bases',
    make: ({ victim }) => send(victim, withHead(next(victim), { bases: [null, null] })),
  },
  {
    what: 'a record changed twice',
    status: 400,
    reason: 'twice',
    make: ({ victim }) => send(victim, next(victim, [change(), change()])),
  },
  {
    what: 'to have seen the future',
    status: 400,
    reason: 'seen',
    make: ({ victim }) => send(victim, next(victim, [change()], { seen: 9_999 })),
  },
  {
    what: 'a type that nobody knows',
    status: 409,
    reason: 'cloud-too-old',
    make: ({ victim }) =>
      send(
        victim,
        retold(next(victim), (text) => text.replace('"policyholder"', '"quantum"')),
      ),
  },
  {
    what: 'a format from the future',
    status: 409,
    reason: 'cloud-too-old',
    make: ({ victim }) =>
      send(
        victim,
        retold(next(victim), (text) => text.replace('"format":2', '"format":3')),
      ),
  },
  {
    what: 'an entry without its members',
    status: 400,
    reason: 'shape',
    make: ({ victim }) =>
      send(
        victim,
        retold(next(victim), () => '{"format":1}'),
      ),
  },
  {
    what: 'a NUL in a locator',
    status: 400,
    reason: 'shape',
    make: ({ victim }) => send(victim, next(victim, [change({ locator: 'a\u0000b' })])),
  },
  {
    what: 'a NUL where only a record holds it',
    status: 400,
    reason: 'text',
    make: ({ victim }) =>
      send(
        victim,
        next(victim, [
          change({ type: 'note', record: { locator: 'forged', policyLocator: 'a\u0000b' } as JsonObject }),
        ]),
      ),
  },
  {
    what: 'the id of an entry that is there',
    status: 400,
    reason: 'id',
    make: ({ victim, policyholder }) => {
      const entry = next(victim);
      const told = retold(entry, (text) => text.replace(entry.head.id, policyholder.etag));
      return send(victim, withHead(told, { id: policyholder.etag }));
    },
  },
  {
    what: 'a key of five bytes',
    status: 400,
    reason: 'keys',
    make: ({ victim }) => send(victim, withHead(next(victim), { keys: [{ id: 'k', person: 'p', key: 'AAAAAAA=' }] })),
  },
  {
    what: 'a record sealed with a key that did not come',
    status: 400,
    reason: 'keys',
    make: ({ victim }) => {
      const entry = next(victim, [change({ personal: { person: 'nobody', paths: ['entity.values'] } })]);
      return send(victim, withHead(entry, { keys: undefined }));
    },
  },
];

const messages: readonly Attempt[] = [
  {
    what: 'half a frame',
    status: 400,
    reason: 'frames',
    make: ({ victim }) => victim.ask('POST', '/v1/push', framed([next(victim)]).subarray(0, 90)),
  },
  {
    what: 'a frame of four gigabytes',
    status: 400,
    reason: 'frames',
    make: ({ victim }) => victim.ask('POST', '/v1/push', Buffer.from('ffffffff7b7d', 'hex')),
  },
  {
    what: 'a head that is no JSON',
    status: 400,
    reason: 'frames',
    make: ({ victim }) => victim.ask('POST', '/v1/push', Buffer.from('000000027b7b00000000', 'hex')),
  },
  {
    what: 'a head with more than is known',
    status: 400,
    reason: 'head',
    make: ({ victim }) =>
      send(victim, { ...next(victim), head: JSON.parse('{"__proto__":{"sequence":1},"admin":true}') }),
  },
  {
    what: 'bytes that are no entry',
    status: 400,
    reason: 'unreadable',
    make: ({ victim }) => send(victim, { ...next(victim), body: Buffer.from('hello') }),
  },
  {
    what: 'a little that unpacks to very much',
    status: 400,
    reason: 'unreadable',
    make: ({ victim }) => send(victim, { ...next(victim), body: zstdCompressSync(Buffer.alloc(65 * 1024 * 1024)) }),
  },
  {
    what: 'a body beyond every bound',
    status: 413,
    make: ({ victim }) => victim.ask('POST', '/v1/push', Buffer.alloc(17 * 1024 * 1024)),
  },
  {
    what: 'more entries than a push carries',
    status: 400,
    reason: 'entries',
    make: ({ victim }) =>
      victim.ask('POST', '/v1/push', framed(Array.from({ length: 501 }, () => ({ head: {}, body: new Uint8Array() })))),
  },
  {
    what: 'SQL where a position belongs',
    status: 400,
    make: ({ victim }) => victim.ask('GET', `/v1/pull?after=${encodeURIComponent(SQL)}`),
  },
  { what: 'a negative position', status: 400, make: ({ victim }) => victim.ask('GET', '/v1/pull?after=-1') },
  {
    what: 'SQL where a page of a snapshot ended',
    status: 400,
    make: ({ victim }) => victim.ask('GET', `/v1/snapshot?after=${encodeURIComponent(SQL)}`),
  },
  {
    what: 'a series of SQL',
    status: 400,
    make: ({ victim }) => victim.ask('POST', '/v1/ranges', JSON.stringify({ series: SQL, count: 1 })),
  },
  {
    what: 'a series named constructor',
    status: 400,
    make: ({ victim }) => victim.ask('POST', '/v1/ranges', JSON.stringify({ series: 'constructor', count: 1 })),
  },
  { what: 'a greeting that is a list', status: 400, make: ({ victim }) => victim.ask('POST', '/v1/hello', '[]') },
  ...['..%2f..%2fcloud-key', '%2e%2e%2f%2e%2e', `${'a'.repeat(63)}%00`, 'A'.repeat(64), encodeURIComponent(SQL)].map(
    (name): Attempt => ({
      what: `a blob called ${name.slice(0, 24)}`,
      status: 400,
      make: ({ victim }) => victim.ask('PUT', `/v1/blobs/${name}?offset=0&total=1`, 'x'),
    }),
  ),
  {
    what: 'a blob that is not what its name says',
    status: 400,
    reason: 'hash',
    make: ({ victim }) => victim.ask('PUT', `/v1/blobs/${GONE}?offset=0&total=1`, 'x'),
  },
  {
    what: 'a piece of a blob that leaves a gap',
    status: 409,
    reason: 'gap',
    make: ({ victim }) => victim.ask('PUT', `/v1/blobs/${GONE}?offset=5&total=9`, 'x'),
  },
  {
    what: "another tenant's blob",
    status: 404,
    make: ({ stranger }) => stranger.ask('GET', `/v1/blobs/${hashOf('a document')}`),
  },
];

const GIT = '/v1/git/configurations.git';
const NO_OBJECT = '0'.repeat(40);
const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}` });
const references = ({ victim }: Scene, password: string, service = 'git-upload-pack') =>
  raw(victim, 'GET', `${GIT}/info/refs?service=${service}`, basic(password));
function pushed(
  { victim, git }: Scene,
  [before, after, name]: readonly [string, string, string],
  pack: Uint8Array = new Uint8Array(),
) {
  const command = packetLine(`${before} ${after} ${name}\0report-status`);
  const body = Buffer.concat([command, Buffer.from('0000'), pack]);
  return raw(victim, 'POST', `${GIT}/git-receive-pack`, basic(git.writer), body);
}
/** A commit with these files, pushed as a branch of its own. */
function branched(scene: Scene, entries: readonly TreeEntry[], more: readonly RawObject[] = [blobOf('x')]) {
  const tree = treeOf(...entries);
  const commit = commitOf(oidOf(tree), [], 'Hello');
  return pushed(scene, [NO_OBJECT, oidOf(commit), 'refs/heads/bad'], packOf([...more, tree, commit]));
}
const X = oidOf(blobOf('x'));

const configurations: readonly Attempt[] = [
  {
    what: 'Git without a password',
    status: 401,
    reason: 'no-password',
    make: ({ victim }) => victim.plain('GET', `${GIT}/info/refs?service=git-upload-pack`),
  },
  { what: 'a code of nobody', status: 401, reason: 'password', make: (scene) => references(scene, `fwg_${SQL}`) },
  {
    what: "a device's token as Git's password",
    status: 401,
    reason: 'password',
    make: (scene) => references(scene, scene.victim.token),
  },
  {
    what: "Git's password as a device's token",
    status: 401,
    reason: 'token',
    make: ({ cloud, victim }) => {
      const claims = { tenant: victim.tenant, device: victim.id, expiresAt: Date.now() * 2 };
      const authorization = `Bearer ${writeGitPassword(cloud.master.tokens, claims)}`;
      return raw(victim, 'GET', '/v1/pull?after=0', { authorization });
    },
  },
  {
    what: "a revoked device's Git",
    status: 403,
    reason: 'revoked',
    make: (scene) => {
      const { tenant, id } = scene.revoked;
      const claims = { tenant, device: id, expiresAt: Date.now() * 2 };
      return references(scene, writeGitPassword(scene.cloud.master.tokens, claims));
    },
  },
  {
    what: "the password of another tenant's device with this tenant written into it",
    status: 401,
    reason: 'device',
    make: (scene) => {
      const claims = { tenant: scene.victim.tenant, device: scene.stranger.id, expiresAt: Date.now() * 2 };
      return references(scene, writeGitPassword(scene.cloud.master.tokens, claims));
    },
  },
  {
    what: 'a code that was withdrawn',
    status: 403,
    reason: 'revoked',
    make: (scene) => references(scene, scene.git.withdrawn),
  },
  {
    what: 'to push with a code that reads',
    status: 403,
    reason: 'read-only',
    make: (scene) => references(scene, scene.git.reader, 'git-receive-pack'),
  },
  {
    what: "another tenant's commit",
    status: 404,
    reason: 'want',
    make: ({ victim, git }) => {
      const body = Buffer.concat([packetLine(`want ${git.foreign}\n`), Buffer.from('0000'), packetLine('done\n')]);
      return raw(victim, 'POST', `${GIT}/git-upload-pack`, basic(git.writer), body);
    },
  },
  {
    what: "a branch at another tenant's commit",
    status: 200,
    reason: 'reference',
    make: (scene) => pushed(scene, [NO_OBJECT, scene.git.foreign, 'refs/heads/mine']),
  },
  {
    what: "a commit on top of another tenant's",
    status: 200,
    reason: 'gap',
    make: (scene) => {
      const tree = treeOf(['100644', 'rates.csv', X]);
      const commit = commitOf(oidOf(tree), [scene.git.foreign], 'Mine');
      const pack = packOf([blobOf('x'), tree, commit]);
      return pushed(scene, [NO_OBJECT, oidOf(commit), 'refs/heads/mine'], pack);
    },
  },
  {
    what: 'to rewrite what was deployed',
    status: 200,
    reason: 'reference',
    make: (scene) => {
      const tree = treeOf(['100644', 'rates.csv', X]);
      const commit = commitOf(oidOf(tree), [], 'Other rates');
      const pack = packOf([blobOf('x'), tree, commit]);
      return pushed(scene, [scene.git.main, oidOf(commit), 'refs/heads/main'], pack);
    },
  },
  {
    what: 'to delete what was deployed',
    status: 200,
    reason: 'reference',
    make: (scene) => pushed(scene, [scene.git.main, NO_OBJECT, 'refs/heads/main']),
  },
  ...['refs/heads/../../config', 'refs/heads/a..b', 'HEAD', 'refs/heads/x.lock', `refs/heads/${SQL}`].map(
    (name): Attempt => ({
      what: `a branch called ${name}`,
      status: 200,
      reason: 'reference',
      make: (scene) => pushed(scene, [NO_OBJECT, scene.git.main, name]),
    }),
  ),
  {
    what: 'a link out of the repository',
    status: 200,
    reason: 'object',
    make: (scene) => branched(scene, [['120000', 'rates.csv', X]]),
  },
  {
    what: 'a hook of Git',
    status: 200,
    reason: 'object',
    make: (scene) => branched(scene, [['40000', '.Git', oidOf(treeOf(['100755', 'hooks', X]))]]),
  },
  {
    what: 'a pack that unpacks to very much',
    status: 200,
    reason: 'pack-size',
    make: (scene) => {
      const bomb: RawObject = { kind: 'blob', content: Buffer.alloc(1), says: 65 * 1024 * 1024 };
      return branched(scene, [['100644', 'rates.csv', oidOf(bomb)]], [bomb]);
    },
  },
  {
    what: 'a request of Git that unpacks to very much',
    status: 400,
    reason: 'git',
    make: ({ victim, git }) =>
      raw(
        victim,
        'POST',
        `${GIT}/git-upload-pack`,
        { ...basic(git.writer), 'content-encoding': 'gzip' },
        gzipSync(Buffer.alloc(9 * 1024 * 1024, '0')),
      ),
  },
];

export const ATTEMPTS: readonly Attempt[] = [...strangers, ...enrolments, ...forgeries, ...messages, ...configurations];
