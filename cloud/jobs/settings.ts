import * as z from 'zod';
import type { MasterKey } from '../authority/master-key.ts';
import type { Scope } from '../database/scope.ts';

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
/** What the background jobs do for a tenant. */
export const JobSettings = z.strictObject({
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
export async function writeJobSettings(scope: Scope, master: MasterKey, settings: JobSettings): Promise<void> {
  const { mail } = settings;
  const server = mail?.server;
  const sealed =
    mail && server !== undefined
      ? { ...mail, server: SEALED + Buffer.from(master.wrap(Buffer.from(server), place(scope))).toString('base64') }
      : mail;
  await scope.rows(
    'write-job-settings',
    `INSERT INTO job_settings (tenant, settings) VALUES ($1, $2)
     ON CONFLICT (tenant) DO UPDATE SET settings = excluded.settings`,
    [JSON.stringify({ ...settings, mail: sealed })],
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

function place({ tenant }: Scope): string {
  return `mail server ${tenant}`;
}
