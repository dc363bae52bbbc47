import type { JsonValue } from '#core/model/json.ts';
import type { FieldError } from '#core/model/problem.ts';
import type { PricePreview } from '../contract.ts';

/** `GET /integrations` (`{externalServiceIntegrations}`); a masked secret sent back stays as it is. */
export interface Integration {
  readonly name: string;
  readonly url: string;
  readonly type: 'external_rater' | 'data_autofill' | 'webhook';
  readonly headers: Readonly<Record<string, string>>;
  readonly securitySpec?: {
    readonly hmacEnabled: boolean;
    readonly secureSSL: boolean;
    readonly secret?: string;
    readonly tag?: string;
  };
}
/** `GET /api/secrets` */
export interface SecretName {
  readonly name: string;
  readonly setTimestamp: string;
}
/** `POST /api/integrations/{name}/try` with `{product, seed?}` or `{policy}`: nothing is stored. */
export interface IntegrationTrial {
  /** Absent when the risk never got as far as the rater: see fieldErrors and problem. */
  readonly exchange?: {
    readonly url: string;
    /** As they were sent, secrets masked. */
    readonly headers: Readonly<Record<string, string>>;
    readonly request: JsonValue;
    readonly status?: number;
    /** The body that came back, as far as it was read. */
    readonly response?: string;
    /** Milliseconds, over all attempts. */
    readonly duration: number;
    readonly attempts: number;
  };
  readonly fieldErrors: readonly FieldError[];
  /** Why there is no price. */
  readonly problem?: { readonly code: string; readonly title: string; readonly detail: string };
  readonly price?: NonNullable<PricePreview['price']>;
}
/** `GET /api/exchanges`, newest first. */
export interface RecentExchange {
  readonly locator: string;
  readonly policyLocator: string;
  readonly insured: string;
  readonly integration: string;
  readonly timestamp: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly attempts: number;
  readonly status?: number;
  readonly problem?: { readonly code: string; readonly message: string };
}
/** `GET /api/rerates` */
export interface WaitingRerate {
  readonly locator: string;
  readonly policyLocator: string;
  readonly command: string;
  readonly rater: string;
  readonly state: 'waiting' | 'stopped';
  readonly attempts: number;
  readonly queuedTimestamp: string;
  readonly triedTimestamp: string;
  readonly nextTimestamp?: string;
  readonly message: string;
}
/** `GET /api/schedules`; `POST /api/schedules/{name}/run` runs one now and answers it. */
export interface Schedule {
  readonly name: 'billing' | 'rerates' | 'backup' | 'drill';
  /** Milliseconds. */
  readonly every: number;
  readonly running: boolean;
  /** Since the workbench was opened. */
  readonly last?: {
    readonly timestamp: string;
    /** Milliseconds. */
    readonly duration: number;
    /** What it did: how many of what. */
    readonly counts?: Readonly<Record<string, number>>;
    readonly error?: string;
  };
  readonly nextTimestamp?: string;
}
/** `GET /api/backups` */
export interface Backups {
  /** A folder that does not exist yet, beside the data. */
  readonly suggested: string;
  /** How a backup becomes a data folder again. */
  readonly restore: string;
  readonly made: readonly BackupMade[];
  /** What is made every day by itself; `PUT /api/backups/plan` with `{on?, folder?}` changes it. */
  readonly plan: { readonly on: boolean; readonly folder: string; readonly made: readonly BackupMade[] };
  /** The last restore that was tried, if one was. */
  readonly drill?: {
    readonly at: string;
    readonly backup: string;
    readonly ok: boolean;
    /** Prices that were rated again, and those of them whose receipts were compared with the workbench's own. */
    readonly prices: number;
    readonly compared: number;
    readonly faults: readonly string[];
    /** When one last found nothing. */
    readonly lastSuccess: string | null;
  };
}
export interface BackupMade {
  readonly folder: string;
  readonly timestamp: string;
  readonly bytes: number;
  /** Whether it still lies there. */
  readonly present: boolean;
}
/** `GET /api/repair`; `POST /api/repair/seen` says that somebody has read it. */
export interface RepairStatement {
  /** The last repair of a damaged database; null: there was none. */
  readonly repair: {
    readonly timestamp: string;
    /** What was damaged, restored, kept, fetched and lost, each in a sentence. */
    readonly sentences: readonly string[];
    /** Entries that are lost, as far as it is known. */
    readonly lost: number;
    /** Whether it says something that nobody has read. */
    readonly news: boolean;
    /** Whether the cloud was asked to its end since: only then is it known what is lost. */
    readonly settled: boolean;
  } | null;
}
/** `GET /api/verify` */
export interface VerifyReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly records: number;
  readonly blobs: number;
  /** Files of other devices that have not come yet; no fault. */
  readonly notFetched: number;
  readonly faults: readonly string[];
}
/** `GET /api/environment`; sizes in bytes. */
export interface Environment {
  readonly name: 'development' | 'staging' | 'production';
  readonly folder: string;
  readonly device: string;
  readonly engine: string;
  readonly runtime: string;
  readonly system: string;
  readonly sqlite: string;
  readonly cipher: string;
  readonly entries: number;
  readonly size: { readonly database: number; readonly files: number; readonly configurations: number };
  readonly disk?: { readonly free: number; readonly total: number };
  readonly products: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly configVersion: number;
    readonly errors: number;
    readonly warnings: number;
  }[];
}
/** `GET /api/support-bundle`: counts, versions and codes, grouped as the person reads them before saving. */
export type SupportBundle = Readonly<Record<string, JsonValue>>;
