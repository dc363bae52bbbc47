import { createHash, timingSafeEqual } from 'node:crypto';
import type { Hono } from 'hono';
import * as z from 'zod';
import { parse } from '#core/api/parse.ts';
import { newLocator } from '#core/model/locator.ts';
import { adoptNumbers, listDevices, makeCode, revokeDevice } from '../../authority/devices.ts';
import type { Cloud } from '../../cloud.ts';
import { listGitCodes, makeGitCode, revokeGitCode } from '../../git/codes.ts';
import { type RequestContext, type RequestEnv, unknown } from '../authentication.ts';
import { jsonOf } from '../json-body.ts';
import { mountJobs } from './jobs.ts';

const text = z.string().min(1).max(200);
const TenantRequest = z.strictObject({ name: text });
const CodeRequest = z.strictObject({
  /** Ids of those who may use the device; absent: anybody. */
  users: z.array(text).min(1).max(100).optional(),
  minutes: z
    .int()
    .positive()
    .max(30 * 24 * 60)
    .default(24 * 60),
});
const NumbersRequest = z.strictObject({
  series: text,
  /** `owner`: locator of the policy, the invoice, the payment. */
  numbers: z.array(z.strictObject({ number: text, owner: text })).max(10_000),
});
const GitCodeRequest = z.strictObject({
  /** Whose it is. */
  holder: text,
  /** Whether branches and releases may be pushed with it; false when absent. */
  writes: z.boolean().default(false),
  days: z.int().positive().max(366).default(90),
});
const DAY = 24 * 60 * 60_000;
const Tenant = z.uuid();

/** What an administrator does, with the token that the cloud was started with. */
export function mountAdministration(app: Hono<RequestEnv>, cloud: Cloud): void {
  const base = '/v1/admin/tenants';
  app.use('/v1/admin/*', async (context, next) => {
    refuseStrangers(cloud, context);
    await next();
  });
  app.get('/v1/admin/upkeep', async (context) => context.json({ upkeep: await cloud.database.directory.upkeep() }));
  app.get(base, async (context) => context.json({ tenants: await cloud.database.directory.tenants() }));
  app.post(base, async (context) => {
    const { name } = parse(TenantRequest, await jsonOf(context), 'The tenant');
    const id = newLocator(cloud.now(), cloud.random);
    await cloud.database.directory.createTenant(id, name, cloud.now());
    cloud.log.info({ event: 'tenant created', tenant: id });
    return context.json({ id, name }, 201);
  });
  app.post(`${base}/:tenant/codes`, async (context) => {
    const { users, minutes } = parse(CodeRequest, await jsonOf(context), 'The request for a code');
    return context.json(await makeCode(cloud, tenantOf(context), users ?? null, minutes * 60_000), 201);
  });
  app.get(`${base}/:tenant/devices`, async (context) =>
    context.json({ devices: await listDevices(cloud, tenantOf(context)) }),
  );
  for (const what of ['revoke', 'wipe'] as const)
    app.post(`${base}/:tenant/devices/:device/${what}`, async (context) => {
      const device = context.req.param('device');
      await revokeDevice(cloud, tenantOf(context), device, what === 'wipe');
      cloud.log.warn({ event: what, tenant: tenantOf(context), device });
      return context.json({ device, [what]: true });
    });
  app.get(`${base}/:tenant/git-codes`, async (context) =>
    context.json({ codes: await listGitCodes(cloud, tenantOf(context)) }),
  );
  app.post(`${base}/:tenant/git-codes`, async (context) => {
    const { days, ...code } = parse(GitCodeRequest, await jsonOf(context), 'The request for a code');
    return context.json(await makeGitCode(cloud, tenantOf(context), { ...code, life: days * DAY }), 201);
  });
  app.post(`${base}/:tenant/git-codes/:id/revoke`, async (context) => {
    const id = context.req.param('id');
    await revokeGitCode(cloud, tenantOf(context), id);
    cloud.log.warn({ event: 'git code revoked', tenant: tenantOf(context), code: id });
    return context.json({ id, revoked: true });
  });
  mountJobs(app, cloud, base, tenantOf);
  app.post(`${base}/:tenant/numbers`, async (context) => {
    const { series, numbers } = parse(NumbersRequest, await jsonOf(context), 'The numbers');
    return context.json({ adopted: await adoptNumbers(cloud, tenantOf(context), series, numbers) });
  });
}

function tenantOf(context: RequestContext): string {
  return parse(Tenant, context.req.param('tenant'), 'The tenant');
}

function refuseStrangers({ adminToken }: Cloud, context: RequestContext): void {
  const given = context.req.header('authorization') ?? '';
  const hash = (value: string): Buffer => createHash('sha256').update(value).digest();
  if (adminToken === undefined || !timingSafeEqual(hash(given), hash(`Bearer ${adminToken}`)))
    throw unknown('admin', 'This needs the token of an administrator.');
}
