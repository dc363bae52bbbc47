import * as z from 'zod';
import type { MasterKey } from '../authority/master-key.ts';
import type { Scope } from '../database/scope.ts';
import { REPORT_FORMATS } from './reports/report-file.ts';
import { REPORT_KINDS } from './reports/report-tables.ts';

const MailSettings = z.strictObject({
  /** `Northwind Mutual <billing@northwind.example>` */
  from: z.string().min(3).max(300),
  replyTo: z.string().min(3).max(300).optional(),
  /** Whether invoices are mailed to the policyholder. */
  invoices: z.boolean().default(false),
  /** The policyholder's field with the address. */
  addressField: z.string().min(1).max(200).default('email'),
  /** `smtps://user:password@host:465`; absent: the cloud's own (`FIELDWRITER_CLOUD_SMTP`). */
  server: z
    .string()
    .regex(/^smtps?:\/\/\S{1,2000}$/, 'is smtp://host:port or smtps://user:password@host:port')
    .optional(),
});
const ReportSettings = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'is small letters, digits and dashes'),
  kind: z.enum(REPORT_KINDS),
  format: z.enum(REPORT_FORMATS).default('csv'),
  /** When it is due: minute, hour, day, month, weekday. */
  schedule: z
    .string()
    .max(100)
    .regex(/^\S+( \S+){4}$/, 'is a cron expression of five parts, such as 0 7 * * 1'),
  /** IANA zone of the schedule and of the days in the report. */
  timeZone: z.string().refine(isTimeZone, 'is no time zone, such as America/New_York'),
  to: z.array(z.email()).min(1).max(50),
});

/** What the background jobs do for a tenant. */
export const JobSettings = z
  .strictObject({
    verification: z
      .strictObject({
        /** One of so many received decisions is rated again by chance; 0: none at all. */
        oneIn: z.int().min(0).max(1_000_000).default(20),
        /** And all with a gross amount of that much or more; null: whatever the amount. */
        above: z
          .string()
          .regex(/^\d{1,15}(\.\d{1,8})?$/, 'is an amount such as 10000.00')
          .nullable()
          .default('10000'),
      })
      .prefault({}),
    mail: MailSettings.nullable().default(null),
    reports: z.array(ReportSettings).max(50).default([]),
  })
  .refine(({ reports, mail }) => reports.length === 0 || mail !== null, {
    path: ['mail'],
    message: 'says who reports come from',
  })
  .refine(({ reports }) => new Set(reports.map(({ name }) => name)).size === reports.length, {
    path: ['reports'],
    message: 'have names of their own',
  });
export type JobSettings = z.output<typeof JobSettings>;

/** What a tenant has set, or what holds for one that has set nothing. */
export async function readJobSettings(scope: Scope, master: MasterKey): Promise<JobSettings> {
  const [row] = await scope.rows<{ settings: string }>(
    'job-settings',
    'SELECT settings FROM job_settings WHERE tenant = $1',
  );
  const settings = JobSettings.parse(row ? JSON.parse(row.settings) : {});
  const { mail } = settings;
  if (mail?.server === undefined) return settings;
  const wrapped = Buffer.from(mail.server.slice(SEALED.length), 'base64');
  const server = Buffer.from(master.unwrap(wrapped, place(scope))).toString('utf8');
  return { ...settings, mail: { ...mail, server } };
}

/** The mail server's address, which may hold a password, is kept encrypted. */
export async function writeJobSettings(
  scope: Scope,
  master: MasterKey,
  settings: JobSettings,
  now: number,
): Promise<void> {
  const { mail } = settings;
  const server = mail?.server;
  const sealed =
    mail && server !== undefined
      ? { ...mail, server: SEALED + Buffer.from(master.wrap(Buffer.from(server), place(scope))).toString('base64') }
      : mail;
  await scope.rows(
    'write-job-settings',
    `INSERT INTO job_settings (tenant, settings, written_at, reports_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant) DO UPDATE SET settings = excluded.settings, written_at = excluded.written_at,
       reports_at = excluded.reports_at`,
    // When the next report is due is worked out with the next look.
    [JSON.stringify({ ...settings, mail: sealed }), now, settings.reports.length > 0 ? now : null],
  );
}

/** As they are shown: without user and password of the mail server. */
export function shownSettings(settings: JobSettings): JobSettings {
  const { mail } = settings;
  if (mail?.server === undefined) return settings;
  return { ...settings, mail: { ...mail, server: mail.server.replace(/\/\/.*@/, '//') } };
}

// The schema reads it like an address.
const SEALED = 'smtp://sealed/';

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function place({ tenant }: Scope): string {
  return `mail server ${tenant}`;
}
