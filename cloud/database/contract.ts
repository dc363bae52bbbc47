import type { Directory } from './directory.ts';
import type { JobQueue, QueueSettings } from './job-queue.ts';
import type { Scope } from './scope.ts';

/** The authority's database, as the rest of the cloud gets it. */
export interface CloudDatabase {
  /** Devices, codes and tenants: what tells whose a request is. */
  readonly directory: Directory;
  /**
   * Work in one transaction of one tenant; done again from its start, a bounded number of times, when the database gave way to another
   * transaction: it must have no other effects.
   */
  inTenant<T>(tenant: string, work: (scope: Scope) => Promise<T>): Promise<T>;
  /** The queue of background jobs, once: a copy that runs none never starts it. @param onError told what its upkeep met */
  startJobs(queues: readonly QueueSettings[], onError: (error: unknown) => void): Promise<JobQueue>;
  /** Whether the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
