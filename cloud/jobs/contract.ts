import type { Logger } from 'pino';
import type { Authority } from '../authority/push.ts';
import type { CloudBlobs } from '../blobs.ts';
import type { FailedJob, QueueCount } from '../database/job-queue.ts';
import type { Metrics } from '../http/metrics.ts';

/** What the jobs of a copy work with. */
export interface JobContext extends Authority {
  readonly blobs: CloudBlobs;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Mail server for tenants that name none of their own (`FIELDWRITER_CLOUD_SMTP`). */
  readonly mailServer?: string | undefined;
  /** Instead of what each queue has: how often a failed job is tried again, and after how many seconds at first. */
  readonly retries?: { readonly limit: number; readonly delay: number } | undefined;
}

/** What a tenant is called in what it sends. */
export async function nameOfTenant({ database }: JobContext, tenant: string): Promise<string> {
  return (await database.directory.tenants()).find(({ id }) => id === tenant)?.name ?? '';
}

/** The background jobs of a copy (SPEC.md), as its administrator's door sees them. */
export interface Jobs {
  /** Follows a tenant's log now instead of within a minute. */
  follow(tenant: string): Promise<void>;
  /** Throws Problem malformed-request for a schedule that can not be read. */
  checkSchedule(cron: string, timeZone: string): void;
  failed(tenant?: string): Promise<readonly FailedJob[]>;
  /** @returns how many were put back */
  retryFailed(filter: { readonly tenant?: string; readonly ids?: readonly string[] }): Promise<number>;
  counts(): Promise<readonly QueueCount[]>;
  /** Takes no new job, ends what is under way at its next step, and throws the scratch folders away. */
  close(): Promise<void>;
}

/** A received decision: a price with what the guidelines said, of a quote or of a transaction after the issue. */
export interface Decision {
  readonly type: 'quote' | 'transaction';
  readonly locator: string;
  readonly worksheet: string;
  /** What the guidelines said; undefined where nothing decides. */
  readonly decided: string | undefined;
  /** Gross amount, decimal text; of a transaction what it changes it to. */
  readonly gross: string | undefined;
}
/** Why a decision is rated again. */
export type Why = 'sample' | 'decision' | 'amount';
