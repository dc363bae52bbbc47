import type { Logger } from 'pino';
import type { Spoken } from '#core/sync/handshake.ts';
import type { Authority } from './authority/push.ts';
import type { KeepSafe } from './backup/keep-safe.ts';
import type { CloudBlobs } from './blobs.ts';
import type { Metrics } from './http/metrics.ts';
import type { Jobs } from './jobs/contract.ts';

/** Everything that a copy of the cloud works with: handed in, so that a test can run several in one process. */
export interface Cloud extends Authority {
  readonly blobs: CloudBlobs;
  readonly metrics: Metrics;
  /** Structured log; nothing personal goes in. */
  readonly log: Logger;
  /** Absent: this copy runs none, and others do. */
  readonly jobs?: Jobs | undefined;
  /** What devices it understands. */
  readonly spoken: Spoken;
  /** Absent: this copy makes no backups. */
  readonly safe?: KeepSafe | undefined;
  /** What an administrator sends as bearer; absent: nobody administers over HTTP. */
  readonly adminToken?: string | undefined;
}
