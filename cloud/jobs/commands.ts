import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';

/** Where a running copy is, and whose token it is asked with. */
export interface AdminFlags {
  readonly folder: string;
  readonly address: string;
}
type Ask = (flags: AdminFlags, method: string, place: string, body?: object) => Promise<void>;

/** The administrator's commands about background jobs. @param admin makes a command with its flags @param ask prints a tenant's answer */
export function jobCommands(admin: (name: string, description: string) => Command, ask: Ask): void {
  const of = (tenant: string, rest: string): string => `${encodeURIComponent(tenant)}/${rest}`;
  admin('verifications <tenant>', 'received decisions that were rated again, and what differs')
    .option('--verdict <verdict>', 'those alone: confirmed, differs or unverifiable')
    .option('--limit <number>', 'most of them, newest first', '100')
    .action((tenant: string, { verdict, limit, ...flags }: AdminFlags & { verdict?: string; limit: string }) =>
      ask(
        flags,
        'GET',
        of(tenant, `verifications?${new URLSearchParams({ limit, ...(verdict !== undefined && { verdict }) })}`),
      ),
    );
  admin('mails <tenant>', 'invoices that were mailed, wait, or are not mailed and why')
    .option('--state <state>', 'those alone: waiting, sending, sent or not-sent')
    .option('--limit <number>', 'most of them, newest first', '100')
    .action((tenant: string, { state, limit, ...flags }: AdminFlags & { state?: string; limit: string }) =>
      ask(flags, 'GET', of(tenant, `mails?${new URLSearchParams({ limit, ...(state !== undefined && { state }) })}`)),
    );
  admin('reports <tenant>', 'reports that were due, and whether they were mailed')
    .option('--limit <number>', 'most of them, newest first', '100')
    .action((tenant: string, { limit, ...flags }: AdminFlags & { limit: string }) =>
      ask(flags, 'GET', of(tenant, `reports?${new URLSearchParams({ limit })}`)),
    );
  admin('jobs <tenant>', 'background jobs that were given up, with the reason')
    .option('--retry', 'try all of them again')
    .action((tenant: string, { retry, ...flags }: AdminFlags & { retry?: boolean }) =>
      retry ? ask(flags, 'POST', of(tenant, 'jobs/retry'), {}) : ask(flags, 'GET', of(tenant, 'jobs')),
    );
  admin('settings <tenant>', 'what the background jobs do for a tenant')
    .option('--file <json>', 'set it to what this file says')
    .action(async (tenant: string, { file, ...flags }: AdminFlags & { file?: string }) => {
      if (file === undefined) return ask(flags, 'GET', of(tenant, 'settings'));
      return ask(flags, 'PUT', of(tenant, 'settings'), JSON.parse(await readFile(file, 'utf8')) as object);
    });
}
