import type { Hono } from 'hono';
import type * as z from 'zod';
import { parse } from '#core/api/parse.ts';
import { understanding } from '#core/sync/handshake.ts';
import { type HelloAnswer, HelloRequest, PullQuery, RangeRequest, SnapshotQuery } from '#core/sync/protocol.ts';
import { nextRange } from '../../authority/devices.ts';
import { chainOf } from '../../authority/known.ts';
import { lastPosition, pull } from '../../authority/pull.ts';
import { push } from '../../authority/push.ts';
import { snapshot } from '../../authority/snapshot.ts';
import { spokenSince } from '../../authority/spoken.ts';
import type { Cloud } from '../../cloud.ts';
import { proven, type RequestContext, type RequestEnv } from '../authentication.ts';
import { jsonOf } from '../json-body.ts';

/** The replication itself: greeting, push, pull, snapshot, ranges of numbers. */
export function mountReplication(app: Hono<RequestEnv>, cloud: Cloud): void {
  app.post('/v1/hello', async (context) => {
    const { device, body } = await proven(cloud, context, 'greeting');
    const spoken = parse(HelloRequest, await jsonOf(context, body), 'The greeting');
    const { setBacks } = device;
    const understood = understanding(spoken, spokenSince(cloud.spoken, setBacks.length > 0));
    const state = await cloud.database.inTenant(device.tenant, async (scope) => ({
      position: await lastPosition(scope),
      chain: await chainOf(scope, device.id),
    }));
    if (device.wipe) cloud.log.warn({ event: 'wipe ordered', tenant: device.tenant, device: device.id });
    const answer: z.infer<typeof HelloAnswer> = {
      ...understood,
      ...state,
      tenant: device.tenant,
      serverTime: cloud.now(),
      ...(device.wipe && { order: 'wipe' }),
      // Who is too old for this would not understand the answer.
      ...(setBacks.length > 0 &&
        !('tooOld' in understood) && { setBacks: setBacks.map(({ id, position, at }) => ({ id, position, at })) }),
    };
    return context.json(answer);
  });

  app.post('/v1/push', async (context) => {
    const { device, body } = await proven(cloud, context);
    const answer = await push(cloud, device, body);
    for (const one of answer.answers) {
      const duplicate = 'duplicate' in one && one.duplicate;
      cloud.metrics.count('fieldwriter_entries_total', { answer: duplicate ? 'duplicate' : one.answer });
      if (one.answer === 'fork')
        cloud.log.warn({ event: 'fork', tenant: device.tenant, device: device.id, sequence: one.sequence });
    }
    cloud.metrics.count('fieldwriter_bytes_total', { direction: 'in' }, body.length);
    return context.json(answer);
  });

  app.get('/v1/pull', async (context) => {
    const { device } = await proven(cloud, context);
    return frames(cloud, context, await pull(cloud, device, parse(PullQuery, queryOf(context), 'The query')));
  });

  app.get('/v1/snapshot', async (context) => {
    const { device } = await proven(cloud, context);
    const query = parse(SnapshotQuery, queryOf(context), 'The query');
    const cuts = device.setBacks.map(({ position }) => position);
    return frames(cloud, context, await snapshot(cloud, device.tenant, query, { cuts }));
  });

  app.post('/v1/ranges', async (context) => {
    const { device, body } = await proven(cloud, context);
    const request = parse(RangeRequest, await jsonOf(context, body), 'The request for numbers');
    return context.json(await nextRange(cloud, device, request), 201);
  });
}

/** Numbers of a query are written in digits and nothing else. */
function queryOf(context: RequestContext): Record<string, unknown> {
  const texts = Object.entries(context.req.query());
  const numbers = new Set(['entries', 'bytes', 'at']);
  const isNumber = (name: string): boolean =>
    numbers.has(name) || (name === 'after' && context.req.path === '/v1/pull');
  return Object.fromEntries(
    texts.map(([name, text]) => [name, isNumber(name) && /^\d{1,15}$/.test(text) ? Number(text) : text]),
  );
}

function frames(cloud: Cloud, context: RequestContext, bytes: Uint8Array): Response {
  cloud.metrics.count('fieldwriter_bytes_total', { direction: 'out' }, bytes.length);
  return context.body(new Uint8Array(bytes), 200, { 'content-type': 'application/octet-stream' });
}
