import type { Hono } from 'hono';
import * as z from 'zod';
import { parse } from '#core/api/parse.ts';
import { Problem } from '#core/model/problem.ts';
import type { Cloud } from '../../cloud.ts';
import type { Jobs } from '../../jobs/contract.ts';
import { listInvoiceMails } from '../../jobs/mail/invoice-mail-rows.ts';
import { listReportRuns } from '../../jobs/reports/report-runs.ts';
import { JobSettings, readJobSettings, shownSettings, writeJobSettings } from '../../jobs/settings.ts';
import { countVerifications, listVerifications } from '../../jobs/verification/verifications.ts';
import type { RequestContext, RequestEnv } from '../authentication.ts';
import { jsonOf } from '../json-body.ts';

const VerificationsQuery = z.strictObject({
  verdict: z.enum(['confirmed', 'differs', 'unverifiable']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const MailsQuery = z.strictObject({
  state: z.enum(['waiting', 'sending', 'sent', 'not-sent']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const ReportsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });
const RetryRequest = z.strictObject({ ids: z.array(z.uuid()).max(1_000).optional() });

/** What an administrator sees and sets of a tenant's background jobs. @param tenantOf checks the address's tenant */
export function mountJobs(
  app: Hono<RequestEnv>,
  cloud: Cloud,
  base: string,
  tenantOf: (context: RequestContext) => string,
): void {
  const { database, master } = cloud;
  const place = `${base}/:tenant`;
  app.get(`${place}/settings`, async (context) => {
    const settings = await database.inTenant(tenantOf(context), (scope) => readJobSettings(scope, master));
    return context.json(shownSettings(settings));
  });
  app.put(`${place}/settings`, async (context) => {
    const settings = parse(JobSettings, await jsonOf(context), 'The settings');
    const tenant = tenantOf(context);
    for (const { schedule, timeZone } of settings.reports) jobsOf(cloud).checkSchedule(schedule, timeZone);
    await database.inTenant(tenant, (scope) => writeJobSettings(scope, master, settings, cloud.now()));
    cloud.log.info({ event: 'job settings', tenant });
    return context.json(shownSettings(settings));
  });
  app.get(`${place}/verifications`, async (context) => {
    const { verdict, limit } = parse(VerificationsQuery, context.req.query(), 'The query');
    return context.json(
      await database.inTenant(tenantOf(context), async (scope) => ({
        counts: await countVerifications(scope),
        verifications: await listVerifications(scope, cloud, verdict, limit),
      })),
    );
  });
  app.get(`${place}/mails`, async (context) => {
    const { state, limit } = parse(MailsQuery, context.req.query(), 'The query');
    const mails = await database.inTenant(tenantOf(context), (scope) => listInvoiceMails(scope, state, limit));
    return context.json({ mails });
  });
  app.get(`${place}/reports`, async (context) => {
    const { limit } = parse(ReportsQuery, context.req.query(), 'The query');
    return context.json({ runs: await database.inTenant(tenantOf(context), (scope) => listReportRuns(scope, limit)) });
  });
  app.post(`${place}/follow`, async (context) => {
    await jobsOf(cloud).follow(tenantOf(context));
    return context.json({ asked: true }, 202);
  });
  app.get(`${place}/jobs`, async (context) => context.json({ failed: await jobsOf(cloud).failed(tenantOf(context)) }));
  app.post(`${place}/jobs/retry`, async (context) => {
    const tenant = tenantOf(context);
    const { ids } = parse(RetryRequest, await jsonOf(context), 'What is to be tried again');
    const retried = await jobsOf(cloud).retryFailed({ tenant, ...(ids && { ids }) });
    cloud.log.info({ event: 'jobs retried', tenant, retried });
    return context.json({ retried });
  });
}

function jobsOf({ jobs }: Cloud): Jobs {
  if (jobs) return jobs;
  throw new Problem('wrong-state', 'This copy runs no background jobs: ask one that was started with --jobs on.');
}
