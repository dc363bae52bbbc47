import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { problemDocument } from '#core/api/problem-document.ts';
import { Problem } from '#core/model/problem.ts';
import { MOST_FRAME } from '#core/sync/frames.ts';
import type { Cloud } from '../cloud.ts';
import type { RequestContext, RequestEnv } from './authentication.ts';
import { mountAdministration } from './resources/administration.ts';
import { mountBlobs } from './resources/blobs.ts';
import { mountGit, REPOSITORY } from './resources/git.ts';
import { mountHealth } from './resources/health.ts';
import { mountIdentity } from './resources/identity.ts';
import { mountReplication } from './resources/replication.ts';

/** Most octets of a push: one entry may be as large as a frame. */
const MOST_PUSH = MOST_FRAME + 64 * 1024;
/** Of a piece of a blob. */
const MOST_PIECE = 4 * 1024 * 1024;
/** Of a push of Git. */
const MOST_PACK = 64 * 1024 * 1024;
/** Of anything else. */
const MOST_BODY = 1024 * 1024;
/** What a client that was turned away for a moment waits, seconds. */
const RETRY_AFTER = '1';

/** The door of a copy of the cloud. @param isOpen false while it closes: nothing new is let in */
export function cloudApp(cloud: Cloud, isOpen: () => boolean): Hono<RequestEnv> {
  const app = new Hono<RequestEnv>();
  app.use(async (context, next) => {
    const started = performance.now();
    if (!isOpen() && context.req.path.startsWith('/v1/'))
      throw new Problem('unavailable', 'This copy is closing: ask another.');
    await next();
    const path = routePath(context, -1);
    cloud.metrics.count('fieldwriter_requests_total', { path, status: String(context.res.status) });
    cloud.metrics.count('fieldwriter_request_seconds_total', { path }, (performance.now() - started) / 1000);
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
  });
  const limit = (maxSize: number) => bodyLimit({ maxSize, onError: () => refuseSize(maxSize) });
  const [push, piece, pack, other] = [limit(MOST_PUSH), limit(MOST_PIECE), limit(MOST_PACK), limit(MOST_BODY)];
  app.use((context, next) => {
    const { path } = context.req;
    if (path === '/v1/push') return push(context, next);
    if (path === `${REPOSITORY}/git-receive-pack`) return pack(context, next);
    return path.startsWith('/v1/blobs/') ? piece(context, next) : other(context, next);
  });
  mountHealth(app, cloud, isOpen);
  mountIdentity(app, cloud);
  mountReplication(app, cloud);
  mountBlobs(app, cloud);
  mountGit(app, cloud);
  mountAdministration(app, cloud);
  app.notFound((context) => refused(cloud, context, new Problem('not-found', 'There is nothing at this address.')));
  app.onError((error, context) => refused(cloud, context, error));
  return app;
}

function refuseSize(most: number): never {
  throw new Problem('too-large', `A body may have ${most} octets here.`);
}

/** Every refusal is told, logged and counted; its words hold nothing personal, the log has the reason alone. */
function refused(cloud: Cloud, context: RequestContext, error: unknown): Response {
  const problem = isOutage(error)
    ? new Problem('unavailable', 'The database is not to be reached: ask again.', { cause: error })
    : error;
  const { method, path } = context.req;
  const document = problemDocument(problem, { method, path });
  const reason = problem instanceof Problem ? problem.details?.reason : undefined;
  const line = {
    event: 'refused',
    code: document.code,
    reason,
    status: document.status,
    method,
    path: routePath(context, -1),
    tenant: context.get('tenant'),
    device: context.get('device'),
  };
  if (document.status >= 500) cloud.log.error({ ...line, error: String(error instanceof Error ? error.stack : error) });
  else cloud.log.warn(line);
  cloud.metrics.count('fieldwriter_refused_total', { code: document.code, reason: String(reason ?? '') });
  const headers = { 'content-type': 'application/problem+json' };
  if (document.status === 503) Object.assign(headers, { 'retry-after': RETRY_AFTER });
  if (path.startsWith(REPOSITORY)) {
    // Git asks for a password when it is told so, and shows what is plain text.
    if (document.status === 401) Object.assign(headers, { 'www-authenticate': 'Basic realm="Fieldwriter"' });
    if (/^git\//.test(context.req.header('user-agent') ?? ''))
      return new Response(`${document.detail}\n`, {
        status: document.status,
        headers: { ...headers, 'content-type': 'text/plain' },
      });
  }
  return new Response(JSON.stringify(document), { status: document.status, headers });
}

const LOST: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', '53300']);

/** Whether the database went away, is starting or has too much to do: the same request may succeed later. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Problem) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    LOST.has(code) ||
    code.startsWith('57P') ||
    code.startsWith('08') ||
    /^(Connection|timeout exceeded)/.test(error.message)
  );
}
