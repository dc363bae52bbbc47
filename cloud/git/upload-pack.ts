import { Problem } from '#core/model/problem.ts';
import type { CloudDatabase } from '../database/contract.ts';
import { OID } from './object.ts';
import { banded, FLUSH, packetLine, readPacketLine } from './packet-lines.ts';
import { MAIN } from './ref-rules.ts';
import { missing, offered, packedObjects, present, type Ref, sizesOf } from './repository.ts';
import { type PackedObject, writtenPack } from './write-pack.ts';

/** Git's protocol, version 0 over HTTP (gitprotocol-http, gitprotocol-pack): what clones, fetches and pushes. */

export type Service = 'git-upload-pack' | 'git-receive-pack';
const NOTHING = '0'.repeat(40);
const AGENT = 'object-format=sha1 agent=fieldwriter';
const CAPABILITIES: Readonly<Record<Service, string>> = {
  'git-upload-pack': `multi_ack_detailed side-band-64k ofs-delta no-progress ${AGENT}`,
  'git-receive-pack': `report-status side-band-64k delete-refs ofs-delta no-thin atomic quiet ${AGENT}`,
};

/** What a client is told first: the references, and what the service can do. */
export function advertisement(service: Service, refs: readonly Ref[]): Buffer {
  const main = refs.find(({ name }) => name === MAIN);
  const fetches = service === 'git-upload-pack';
  const head = main && fetches ? [`${main.oid} HEAD`] : [];
  const listed = refs.flatMap(({ name, oid, peeled }) => [
    `${oid} ${name}`,
    ...(peeled !== null && fetches ? [`${peeled} ${name}^{}`] : []),
  ]);
  const [first = `${NOTHING} capabilities^{}`, ...others] = [...head, ...listed];
  const symbolic = head.length > 0 ? ` symref=HEAD:${MAIN}` : '';
  return Buffer.concat([
    packetLine(`# service=${service}\n`),
    FLUSH,
    packetLine(`${first}\0${CAPABILITIES[service]}${symbolic}\n`),
    ...others.map((line) => packetLine(`${line}\n`)),
    FLUSH,
  ]);
}

interface Asked {
  readonly wants: readonly string[];
  readonly haves: readonly string[];
  readonly capabilities: ReadonlySet<string>;
  readonly done: boolean;
}
/** Most that one request asks for or tells of. */
const MOST_LINES = 100_000;

function readRequest(body: Uint8Array): Asked {
  const [wants, haves] = [new Set<string>(), new Set<string>()];
  let capabilities: ReadonlySet<string> = new Set();
  let done = false;
  for (let at = 0; at < body.length; ) {
    const read = readPacketLine(body, at);
    if (!read || wants.size + haves.size > MOST_LINES) throw malformed('The request is not what Git sends.');
    at = read.next;
    if (read.line === null) continue;
    const [word, oid = '', ...more] = read.line.split(' ');
    if (word === 'done') done = true;
    else if (word === 'want' && OID.test(oid)) {
      wants.add(oid);
      if (more.length > 0) capabilities = new Set(more);
    } else if (word === 'have' && OID.test(oid)) haves.add(oid);
    else throw malformed('The repository is given whole, to its first commit: without --depth and without a filter.');
  }
  return { wants: [...wants], haves: [...haves], capabilities, done };
}

/**
 * Answers what somebody wants with a pack of what he has not; as long as he is still telling what he has, with what of it is here.
 * @throws Problem malformed-request for what is no request; not-found for what no reference of this tenant ever named
 */
export async function uploadPack(
  database: CloudDatabase,
  tenant: string,
  body: Uint8Array,
): Promise<AsyncGenerator<Uint8Array>> {
  const { wants, haves, capabilities, done } = readRequest(body);
  const { common, oids } = await database.inTenant(tenant, async (scope) => {
    const known = await offered(scope, wants);
    if (wants.some((oid) => !known.has(oid)))
      throw new Problem('not-found', 'No reference of this repository names what is wanted.', {
        details: { reason: 'want' },
      });
    const here = await present(scope, haves);
    const shared = haves.filter((oid) => here.has(oid));
    return { common: shared, oids: done && wants.length > 0 ? await missing(scope, wants, shared) : [] };
  });
  return answer({ common, oids, capabilities, done: done && wants.length > 0 }, database, tenant);
}

async function* answer(
  {
    common,
    oids,
    capabilities,
    done,
  }: Pick<Asked, 'capabilities' | 'done'> & Record<'common' | 'oids', readonly string[]>,
  database: CloudDatabase,
  tenant: string,
): AsyncGenerator<Uint8Array> {
  const last = common.at(-1);
  const detailed = capabilities.has('multi_ack_detailed');
  if (detailed) for (const oid of common) yield packetLine(`ACK ${oid} common\n`);
  if (!done) {
    // One commit that both have is enough to begin with: he need not tell of older ones.
    if (detailed && last !== undefined) yield packetLine(`ACK ${last} ready\n`);
    yield packetLine(detailed || last === undefined ? 'NAK\n' : `ACK ${last}\n`);
    return;
  }
  yield packetLine(last === undefined ? 'NAK\n' : `ACK ${last}\n`);
  const bands = capabilities.has('side-band-64k');
  for await (const piece of writtenPack(oids.length, objectsOf(database, tenant, oids))) {
    if (bands) yield* banded(1, piece);
    else yield piece;
  }
  if (bands) yield FLUSH;
}

async function* objectsOf(
  database: CloudDatabase,
  tenant: string,
  oids: readonly string[],
): AsyncGenerator<readonly PackedObject[]> {
  for (const group of await database.inTenant(tenant, (scope) => sizesOf(scope, oids)))
    yield await database.inTenant(tenant, (scope) => packedObjects(scope, group));
}

function malformed(message: string): Problem {
  return new Problem('malformed-request', message, { details: { reason: 'git' } });
}
