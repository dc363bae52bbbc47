import type { SetBack } from '#core/sync/set-back.ts';

/** What tells whose a request is: the only reads and writes that are not a tenant's own (CL1). */
export interface Directory {
  createTenant(id: string, name: string, now: number): Promise<void>;
  tenants(): Promise<readonly { readonly id: string; readonly name: string; readonly position: number }[]>;
  /**
   * Tenants whose log goes on behind where its jobs have got to, who have a report that is due, or a decision that could not be
   * verified, or a mail of which nothing became for long.
   * @param since, before when a decision was first and last tried, milliseconds @param still since when nothing became of a mail
   */
  toFollow(now: number, since: number, before: number, still: number): Promise<readonly string[]>;
  device(id: string): Promise<DeviceRow | undefined>;
  /** Whose code it is, used or not. @param hash SHA-256 of the code */
  code(hash: Uint8Array): Promise<CodeRow | undefined>;
  /** Whose personal code for Git it is. @param hash SHA-256 of the code */
  gitCode(hash: Uint8Array): Promise<GitCodeRow | undefined>;
  /** Takes note of what was signed; false: it was signed before. */
  takeNonce(device: string, nonce: string, expiresAt: number): Promise<boolean>;
  forgetNonces(before: number): Promise<void>;
  upkeep(): Promise<readonly Upkeep[]>;
  /** Keeps how it went; a success of before stays where there is no newer one. */
  noteUpkeep(done: Upkeep): Promise<void>;
  /** What the first copy left here; what is given when that is this one. */
  keyCheck(check: string): Promise<string>;
}
export interface DeviceRow {
  readonly id: string;
  readonly tenant: string;
  readonly tenantName: string;
  readonly name: string;
  /** SPKI. */
  readonly publicKey: Uint8Array;
  /** Who may use it; null: anybody. */
  readonly users: readonly string[] | null;
  readonly revoked: boolean;
  readonly wipe: boolean;
  /** Each time that its tenant's log was set back, oldest first (SY96). */
  readonly setBacks: readonly TenantSetBack[];
}
/** As `tenant.set_backs` keeps it. */
export interface TenantSetBack extends SetBack {
  /** The first number of each series that is granted since (CL69). */
  readonly numbers: Readonly<Record<string, number>>;
}
export interface CodeRow {
  readonly tenant: string;
  readonly tenantName: string;
  readonly users: readonly string[] | null;
  readonly expiresAt: number;
  readonly usedBy: string | null;
}
export interface GitCodeRow {
  readonly tenant: string;
  readonly id: string;
  readonly writes: boolean;
  readonly expiresAt: number;
  readonly revoked: boolean;
}
/** What keeps the data safe by itself, over all copies (CL63). Times are milliseconds. */
export interface Upkeep {
  readonly what: 'backup' | 'drill';
  readonly lastAt: number;
  readonly lastSuccess: number | null;
  /** Folder of the backup that was made, or tried. */
  readonly backup: string | null;
  readonly faults: readonly string[];
}
type Ask = (text: string, values: readonly unknown[]) => Promise<{ readonly rows: unknown[]; rowCount: number | null }>;

export function directoryOf(ask: Ask): Directory {
  const one = async <T>(text: string, values: readonly unknown[]) => (await ask(text, values)).rows[0] as T | undefined;
  return {
    async createTenant(id, name, now) {
      await ask('INSERT INTO tenant (id, name, created_at) VALUES ($1, $2, $3)', [id, name, now]);
    },
    async tenants() {
      const { rows } = await ask('SELECT id, name, position FROM tenant ORDER BY created_at, id', []);
      return rows as Awaited<ReturnType<Directory['tenants']>>;
    },
    async toFollow(now, since, before, still) {
      const { rows } = await ask(
        `SELECT t.id FROM tenant t LEFT JOIN job_cursor c ON c.tenant = t.id WHERE t.position > coalesce(c.position, 0)
         UNION SELECT tenant FROM job_settings WHERE reports_at <= $1
         UNION SELECT tenant FROM invoice_mail WHERE state IN ('waiting', 'sending')
           AND changed_at < $4 AND looked_at < $4
         UNION SELECT tenant FROM report_run WHERE state IN ('waiting', 'sending')
           AND changed_at < $4 AND looked_at < $4
         UNION SELECT tenant FROM verification
           WHERE verdict = 'unverifiable' AND problem <> 'version-conflict' AND first_at > $2 AND verified_at < $3`,
        [now, since, before, still],
      );
      return (rows as { id: string }[]).map(({ id }) => id);
    },
    async device(id) {
      const found = await one<Omit<DeviceRow, 'setBacks'> & { readonly setBacks: string }>(
        `SELECT d.id, d.tenant, t.name AS "tenantName", d.name, d.public_key AS "publicKey", d.users,
           d.revoked_at IS NOT NULL AS revoked, d.wipe, t.set_backs AS "setBacks"
         FROM device d JOIN tenant t ON t.id = d.tenant WHERE d.id = $1`,
        [id],
      );
      return found && { ...found, setBacks: JSON.parse(found.setBacks) as readonly TenantSetBack[] };
    },
    code: (hash) =>
      one(
        `SELECT c.tenant, t.name AS "tenantName", c.users, c.expires_at AS "expiresAt", c.used_by AS "usedBy"
         FROM enrolment_code c JOIN tenant t ON t.id = c.tenant WHERE c.hash = $1`,
        [hash],
      ),
    gitCode: (hash) =>
      one(
        `SELECT tenant, id, writes, expires_at AS "expiresAt", revoked_at IS NOT NULL AS revoked
         FROM git_code WHERE hash = $1`,
        [hash],
      ),
    async takeNonce(device, nonce, expiresAt) {
      const { rowCount } = await ask(
        'INSERT INTO nonce (device, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [device, nonce, expiresAt],
      );
      return rowCount === 1;
    },
    async upkeep() {
      const { rows } = await ask(
        'SELECT what, last_at AS "lastAt", last_success AS "lastSuccess", backup, faults FROM upkeep ORDER BY what',
        [],
      );
      return rows as Upkeep[];
    },
    async noteUpkeep({ what, lastAt, lastSuccess, backup, faults }) {
      await ask(
        `INSERT INTO upkeep (what, last_at, last_success, backup, faults) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (what) DO UPDATE SET last_at = excluded.last_at, backup = excluded.backup, faults = excluded.faults,
           last_success = coalesce(excluded.last_success, upkeep.last_success)`,
        [what, lastAt, lastSuccess, backup, faults],
      );
    },
    async keyCheck(check) {
      await ask('INSERT INTO installation (key_check) VALUES ($1) ON CONFLICT DO NOTHING', [check]);
      return (await one<{ check: string }>('SELECT key_check AS check FROM installation', []))?.check ?? '';
    },
    async forgetNonces(before) {
      await ask('DELETE FROM nonce WHERE expires_at < $1', [before]);
    },
  };
}
