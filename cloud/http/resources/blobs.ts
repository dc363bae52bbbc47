import type { Hono } from 'hono';
import * as z from 'zod';
import { parse } from '#core/api/parse.ts';
import { Problem } from '#core/model/problem.ts';
import { MOST_BLOB } from '../../blobs.ts';
import type { Cloud } from '../../cloud.ts';
import { proven, type RequestEnv } from '../authentication.ts';

const whole = z.coerce.number().int().nonnegative().max(MOST_BLOB);
const PieceQuery = z.strictObject({ offset: whole, total: whole });
const PartQuery = z.strictObject({ offset: whole.default(0), length: whole.default(MOST_BLOB) });

/**
 * Content by its SHA-256. `GET /v1/blobs/HASH/state` says how much is here, `PUT /v1/blobs/HASH?offset=&total=` takes the next piece,
 * `GET /v1/blobs/HASH?offset=&length=` gives a part.
 */
export function mountBlobs(app: Hono<RequestEnv>, cloud: Cloud): void {
  app.get('/v1/blobs/:hash/state', async (context) => {
    const { device } = await proven(cloud, context);
    return context.json(await cloud.blobs.state(device.tenant, device.id, context.req.param('hash')));
  });

  app.put('/v1/blobs/:hash', async (context) => {
    const { device, body } = await proven(cloud, context);
    const { offset, total } = parse(PieceQuery, context.req.query(), 'The query');
    const piece = {
      tenant: device.tenant,
      device: device.id,
      hash: context.req.param('hash'),
      offset,
      total,
      bytes: body,
    };
    const state = await cloud.blobs.add(piece);
    cloud.metrics.count('fieldwriter_bytes_total', { direction: 'in' }, body.length);
    return context.json(state);
  });

  app.get('/v1/blobs/:hash', async (context) => {
    const { device } = await proven(cloud, context);
    const { offset, length } = parse(PartQuery, context.req.query(), 'The query');
    const content = await cloud.blobs.get(device.tenant, context.req.param('hash'));
    if (!content) throw new Problem('not-found', 'There is no such blob.');
    const part = content.slice(offset, offset + length);
    cloud.metrics.count('fieldwriter_bytes_total', { direction: 'out' }, part.length);
    return context.body(part, 200, {
      'content-type': 'application/octet-stream',
      'fieldwriter-total': String(content.length),
    });
  });
}
