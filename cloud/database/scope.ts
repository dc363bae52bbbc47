import type pg from 'pg';
import type { JobQueue } from './job-queue.ts';

/**
 * One tenant's part of the database inside a transaction, and the only way there (CL1): `$1` of every statement is the tenant, so a
 * handler can neither forget it nor name another one.
 */
export interface Scope {
  readonly tenant: string;
  /**
   * @param name of the statement: it is planned once per connection
   * @param text must compare or write `$1` as the tenant; further values are `$2` and on
   */
  rows<T extends pg.QueryResultRow>(name: string, text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** Adds a job of this tenant that is there when the transaction is committed, and not otherwise. @param about locators, nothing personal */
  addJob(queue: string, about: Readonly<Record<string, string>>): Promise<void>;
}

/** A statement of a transaction in which another one failed before. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25P02';
}

/** `tenant = $1` in what is read or changed, `($1` or `SELECT $1` as the first member of what is inserted. */
const SCOPED = /\btenant = \$1|\bid = \$1::uuid|\(tenant, [^)]*\)\s*(?:VALUES \(\$1|SELECT \$1::uuid)/;

export function scopeOf(client: pg.ClientBase, tenant: string, jobs: JobQueue | undefined): Scope {
  let failed: unknown;
  return {
    tenant,
    async rows<T extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[] = []) {
      if (!SCOPED.test(text)) throw new Error(`The statement ${name} does not say whose rows it means.`);
      try {
        return (await client.query<T>({ name, text, values: [tenant, ...values] })).rows;
      } catch (error) {
        // Statements cross together: those behind the one that failed only say that it did.
        if (failed === undefined || !isAborted(error)) failed = error;
        throw failed;
      }
    },
    async addJob(queue, about) {
      if (!jobs) throw new Error('This copy runs no background jobs.');
      await jobs.add(queue, { ...about, tenant }, { on: client });
    },
  };
}
