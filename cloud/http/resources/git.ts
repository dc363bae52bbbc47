import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Hono } from 'hono';
import { Problem } from '#core/model/problem.ts';
import type { Cloud } from '../../cloud.ts';
import { takeCarried } from '../../git/carried.ts';
import { receivePack } from '../../git/receive-pack.ts';
import { refsOf } from '../../git/repository.ts';
import { advertisement, type Service, uploadPack } from '../../git/upload-pack.ts';
import { proven, type RequestContext, type RequestEnv } from '../authentication.ts';
import { type GitAccess, gitAccess } from '../git-access.ts';
import { TOKEN_LIFE, writeGitPassword } from '../tokens.ts';

/** Where Git finds the repository: the same for everybody, because what opens it says whose it is. */
export const REPOSITORY = '/v1/git/configurations.git';
/** Most octets that a packed request unpacks to. */
const MOST_REQUEST = 8 * 1024 * 1024;
const unzipped = promisify(gunzip);

/**
 * The tenant's configurations as a repository of Git (gitprotocol-http, version 0): `git clone ADDRESS/v1/git/configurations.git`.
 * `POST /v1/git/password` gives a device what its own Git may use as a password, for some minutes.
 */
export function mountGit(app: Hono<RequestEnv>, cloud: Cloud): void {
  app.post('/v1/git/password', async (context) => {
    const { device } = await proven(cloud, context);
    const expiresAt = cloud.now() + TOKEN_LIFE;
    const password = writeGitPassword(cloud.master.tokens, { tenant: device.tenant, device: device.id, expiresAt });
    return context.json({ path: REPOSITORY, user: 'device', password, expiresAt });
  });

  app.get(`${REPOSITORY}/info/refs`, async (context) => {
    const access = await gitAccess(cloud, context);
    const service = context.req.query('service');
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
      throw new Problem('malformed-request', 'This repository speaks the smart protocol of Git alone.');
    refuseReader(access, service);
    await takeCarried(cloud, access.tenant);
    const refs = await cloud.database.inTenant(access.tenant, refsOf);
    return new Response(new Uint8Array(advertisement(service, refs)), typed(`${service}-advertisement`));
  });

  app.post(`${REPOSITORY}/git-upload-pack`, async (context) => {
    const access = await gitAccess(cloud, context);
    const pieces = await uploadPack(cloud.database, access.tenant, await bodyOf(context, access.body));
    return new Response(streamed(cloud, pieces), typed('git-upload-pack-result'));
  });

  app.post(`${REPOSITORY}/git-receive-pack`, async (context) => {
    const access = await gitAccess(cloud, context);
    refuseReader(access, 'git-receive-pack');
    const { tenant, who } = access;
    const body = await bodyOf(context, access.body);
    cloud.metrics.count('fieldwriter_bytes_total', { direction: 'in' }, body.length);
    const { report, moved, refused } = await receivePack(cloud.database, tenant, who, body, cloud.now());
    const line = { method: 'POST', path: `${REPOSITORY}/git-receive-pack`, status: 200, tenant, device: who };
    if (refused !== undefined) {
      cloud.log.warn({ event: 'refused', code: 'git-push', reason: refused, ...line });
      cloud.metrics.count('fieldwriter_refused_total', { code: 'git-push', reason: refused });
    } else if (moved.length > 0) cloud.log.info({ event: 'git push', references: moved.length, tenant, device: who });
    return new Response(new Uint8Array(report), typed('git-receive-pack-result'));
  });
}

function refuseReader({ writes }: GitAccess, service: Service): void {
  if (service === 'git-upload-pack' || writes) return;
  throw new Problem('forbidden', 'This code reads, and may not push.', { details: { reason: 'read-only' } });
}

function typed(what: string): ResponseInit {
  return { headers: { 'content-type': `application/x-${what}` } };
}

/** Git packs long requests. @throws Problem malformed-request for what unpacks to too much */
async function bodyOf(context: RequestContext, body: Uint8Array): Promise<Uint8Array> {
  const encoding = context.req.header('content-encoding');
  if (encoding === undefined || encoding === 'identity') return body;
  try {
    if (/^(x-)?gzip$/.test(encoding)) return await unzipped(body, { maxOutputLength: MOST_REQUEST });
  } catch {
    // Said below.
  }
  throw new Problem('malformed-request', 'The request can not be unpacked.', { details: { reason: 'git' } });
}

/** An answer piece by piece: a large repository is never in memory as a whole. */
function streamed(cloud: Cloud, pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces) {
        cloud.metrics.count('fieldwriter_bytes_total', { direction: 'out' }, piece.length);
        yield piece;
      }
    } catch (error) {
      // The head of the answer is gone: the connection breaks, and Git says so.
      cloud.log.error({ event: 'git answer broke off', error: String(error) });
      throw error;
    }
  }
  return Readable.toWeb(Readable.from(counted(), { objectMode: false })) as ReadableStream<Uint8Array>;
}
