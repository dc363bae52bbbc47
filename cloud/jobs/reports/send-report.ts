import { calendarDay } from '#core/model/time.ts';
import type { RunningJob } from '../../database/job-queue.ts';
import { type JobContext, nameOfTenant } from '../contract.ts';
import { cursorOf } from '../follow.ts';
import { deliver, domainOf, later, never, type Prepared } from '../mail/deliver.ts';
import type { Replicas } from '../replicas.ts';
import { type JobSettings, readJobSettings } from '../settings.ts';
import { listVerifications } from '../verification/verifications.ts';
import { reportFile } from './report-file.ts';
import { reportMail } from './report-runs.ts';
import { bookTable, openInvoicesTable, type ReportTable, verificationsTable } from './report-tables.ts';

type ReportSettings = JobSettings['reports'][number];

const MOST_VERIFICATIONS = 10_000;

/** Makes a report from what the jobs have followed, and mails it once (VJ40 to VJ42). Throws as `deliver` does. */
export async function sendReport(context: JobContext, replicas: Replicas, job: RunningJob): Promise<void> {
  const { tenant, report = '', due = '' } = job.data;
  const dueAt = Number(due);
  await deliver(
    context,
    tenant,
    reportMail(report, dueAt),
    () => prepare(context, replicas, job, report, dueAt),
    'report',
  );
}

async function prepare(
  context: JobContext,
  replicas: Replicas,
  job: RunningJob,
  name: string,
  dueAt: number,
): Promise<Prepared> {
  const { tenant } = job.data;
  const { mail, reports } = await context.database.inTenant(tenant, (scope) => readJobSettings(scope, context.master));
  const report = reports.find((one) => one.name === name);
  if (!report || !mail) return never('there is no such report any more');
  const server = mail.server ?? context.mailServer;
  if (server === undefined) return later('no mail server is set');
  const table = await tableOf(context, replicas, job, report);
  const day = calendarDay(dueAt, report.timeZone);
  const office = await nameOfTenant(context, tenant);
  const file = await reportFile(table, report.format, `${name}-${day}`);
  const rows = table.rows.length;
  return {
    kind: 'letter',
    server,
    letter: {
      from: mail.from,
      replyTo: mail.replyTo,
      to: report.to,
      subject: `${office}: ${name}, ${day}`,
      text: `Attached is the report ${name} of ${day} (${report.timeZone}), with ${rows} ${rows === 1 ? 'row' : 'rows'}.\n`,
      messageId: `<report.${name}.${dueAt}.${tenant}@${domainOf(mail.from)}>`,
      attachments: [file],
    },
  };
}

async function tableOf(
  context: JobContext,
  replicas: Replicas,
  { data, signal }: RunningJob,
  { kind, timeZone }: ReportSettings,
): Promise<ReportTable> {
  const { database, now } = context;
  const { tenant } = data;
  if (kind === 'verifications') {
    const found = await database.inTenant(tenant, async (scope) => [
      ...(await listVerifications(scope, context, 'differs', MOST_VERIFICATIONS)),
      ...(await listVerifications(scope, context, 'unverifiable', MOST_VERIFICATIONS)),
    ]);
    return verificationsTable(found, timeZone);
  }
  const position = await database.inTenant(tenant, cursorOf);
  return replicas.use(tenant, signal, async (at) => {
    const replica = await at(position);
    const { desk } = replica;
    if (kind === 'book') await replica.indexed(signal);
    return kind === 'book' ? bookTable(desk, timeZone) : openInvoicesTable(desk, timeZone, now());
  });
}
