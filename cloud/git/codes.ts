import { createHash } from 'node:crypto';
import { newLocator } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import type { Authority } from '../authority/push.ts';

/** A personal code as an administrator sees it: never the code itself. Times are milliseconds. */
export interface ListedCode {
  readonly id: string;
  readonly holder: string;
  readonly writes: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}
/** What it begins with: who finds one knows what it is, and so do programs that look for secrets. */
export const CODE_PREFIX = 'fwg_';
/** 160 random bits. */
const OCTETS = 20;

export function hashOfGitCode(code: string): Uint8Array {
  return createHash('sha256').update(code).digest();
}

/** A code that opens the tenant's repository to Git, until it expires or is revoked. It is shown this once. */
export async function makeGitCode(
  { database, random, now }: Authority,
  tenant: string,
  { holder, writes, life }: { readonly holder: string; readonly writes: boolean; readonly life: number },
): Promise<{ readonly id: string; readonly code: string; readonly expiresAt: number }> {
  const code = `${CODE_PREFIX}${Buffer.from(random(OCTETS)).toString('hex')}`;
  const id = newLocator(now(), random);
  const expiresAt = now() + life;
  await database.inTenant(tenant, async (scope) => {
    const known = await scope.rows('tenant-there', 'SELECT 1 FROM tenant WHERE id = $1::uuid');
    if (known.length === 0) throw new Problem('not-found', `There is no tenant ${tenant}.`);
    await scope.rows(
      'make-git-code',
      `INSERT INTO git_code (tenant, hash, id, holder, writes, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [hashOfGitCode(code), id, holder, writes, now(), expiresAt],
    );
  });
  return { id, code, expiresAt };
}

export function listGitCodes({ database }: Authority, tenant: string): Promise<readonly ListedCode[]> {
  return database.inTenant(tenant, (scope) =>
    scope.rows<ListedCode>(
      'git-codes',
      `SELECT id, holder, writes, created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"
       FROM git_code WHERE tenant = $1 ORDER BY created_at, id`,
    ),
  );
}

/** @throws Problem not-found */
export async function revokeGitCode({ database, now }: Authority, tenant: string, id: string): Promise<void> {
  const rows = await database.inTenant(tenant, (scope) =>
    scope.rows(
      'revoke-git-code',
      'UPDATE git_code SET revoked_at = coalesce(revoked_at, $3) WHERE tenant = $1 AND id = $2 RETURNING 1',
      [id, now()],
    ),
  );
  if (rows.length === 0) throw new Problem('not-found', `There is no code ${id}.`);
}
