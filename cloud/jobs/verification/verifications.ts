import type { FirstDifference } from '#core/lab/receipt/confirmation.ts';
import type { RecordedVerdict } from '#core/lab/receipt/verify-recorded.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import { type Seal, sealedWith } from '#core/store/personal.ts';
import { loadKeys, opener } from '../../authority/person-keys.ts';
import type { Authority } from '../../authority/push.ts';
import type { Scope } from '../../database/scope.ts';
import type { Decision, Why } from '../contract.ts';

/** A decision that was rated again. */
export interface Verified {
  readonly position: number;
  readonly decision: Decision;
  readonly entry: string;
  readonly device: string;
  readonly why: Why;
  readonly result: RecordedVerdict;
  /** What the entry sealed the decision with. */
  readonly seal: Pick<Seal, 'person' | 'key'> | undefined;
}
/** One of them as an administrator sees it. Times are milliseconds. */
export interface ListedVerification {
  readonly position: number;
  readonly type: Decision['type'];
  readonly locator: string;
  readonly entry: string;
  readonly device: string;
  readonly why: Why;
  readonly verdict: RecordedVerdict['verdict'];
  readonly what: string | null;
  readonly problem: string | null;
  /** That recorded it. */
  readonly engine: string | null;
  readonly verifiedAt: number;
  /** The first step that differs; its sides are null where the person was erased. */
  readonly first?: FirstDifference;
}

const MOST_TEXT = 2_000;
const DETAIL = ['step'];

/** Writes down what was found; a decision that could not be verified before is written anew. */
export async function keepVerified(
  scope: Scope,
  { master, random, now }: Authority,
  found: readonly Verified[],
): Promise<void> {
  if (found.length === 0) return;
  const keys = await loadKeys(
    scope,
    master,
    found.flatMap(({ seal }) => seal?.key ?? []),
  );
  for (const { position, decision, entry, device, why, result, seal } of found) {
    const { verdict, what, first, problem, engine } = result;
    const key = (seal && keys.get(seal.key)?.key) ?? null;
    const kept = seal && { ...seal, paths: DETAIL };
    const detail = first && kept && key ? stepSealed(first, kept, key, random) : {};
    await scope.rows(
      'keep-verified',
      `INSERT INTO verification (tenant, position, locator, type, worksheet, entry, device, why, verdict, what, path, problem,
         engine, detail, seal, first_at, verified_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
       ON CONFLICT (tenant, position, locator) DO UPDATE SET verdict = excluded.verdict, what = excluded.what,
         path = excluded.path, problem = excluded.problem, engine = excluded.engine, detail = excluded.detail,
         seal = excluded.seal, verified_at = excluded.verified_at`,
      [
        position,
        decision.locator,
        decision.type,
        decision.worksheet,
        entry,
        device,
        why,
        verdict,
        what ?? null,
        first?.path ?? [],
        problem?.code ?? null,
        engine.recorded,
        JSON.stringify(detail),
        kept ? JSON.stringify(kept) : null,
        now(),
      ],
    );
  }
}

/** The step on both sides, sealed with the person's key; without one nobody keeps what it says. */
function stepSealed({ before, after }: FirstDifference, seal: Seal, key: Uint8Array, random: RandomBytes): JsonObject {
  const step = { before: before?.slice(0, MOST_TEXT) ?? null, after: after?.slice(0, MOST_TEXT) ?? null };
  return sealedWith({ step }, seal, { id: seal.key, key }, random).value;
}

type Row = Omit<ListedVerification, 'first'> & {
  readonly path: readonly string[];
  readonly detail: string;
  readonly seal: string | null;
};

/** What was found, newest first. @param verdict those alone */
export async function listVerifications(
  scope: Scope,
  { master }: Authority,
  verdict: ListedVerification['verdict'] | undefined,
  limit: number,
): Promise<readonly ListedVerification[]> {
  const rows = await scope.rows<Row>(
    'verifications',
    `SELECT position, locator, type, entry, device, why, verdict, what, path, problem, engine, detail, seal,
       verified_at AS "verifiedAt"
     FROM verification WHERE tenant = $1 AND ($2::text IS NULL OR verdict = $2) ORDER BY position DESC, locator LIMIT $3`,
    [verdict ?? null, limit],
  );
  const sealed = rows.map(({ seal }) => (seal === null ? undefined : (JSON.parse(seal) as Seal)));
  const open = opener(
    await loadKeys(
      scope,
      master,
      sealed.flatMap((seal) => seal?.key ?? []),
    ),
  );
  return rows.map(({ path, detail, seal: _, ...row }, i): ListedVerification => {
    if (row.verdict !== 'differs') return row;
    const seal = sealed[i];
    const value = JSON.parse(detail) as JsonObject;
    const { step } = seal ? open(value, seal) : value;
    const { before = null, after = null } = (step ?? {}) as Partial<FirstDifference>;
    return { ...row, first: { path, before, after } };
  });
}

/** How many there are of each. */
export async function countVerifications(
  scope: Scope,
): Promise<Readonly<Record<ListedVerification['verdict'], number>>> {
  const rows = await scope.rows<{ verdict: ListedVerification['verdict']; n: number }>(
    'count-verifications',
    'SELECT verdict, count(*) AS n FROM verification WHERE tenant = $1 GROUP BY verdict',
  );
  const counts = { confirmed: 0, differs: 0, unverifiable: 0 };
  for (const { verdict, n } of rows) counts[verdict] = n;
  return counts;
}

/** A decision that could not be verified, as it is tried again. */
export interface Unverified {
  readonly position: number;
  readonly locator: string;
  readonly type: Decision['type'];
  readonly worksheet: string;
  readonly entry: string;
  readonly device: string;
  readonly why: Why;
  /** JSON. */
  readonly seal: string | null;
}
/** So long what could not be verified is tried again, and so often, milliseconds. */
export const TRY_FOR: number = 7 * 24 * 3_600_000;
export const TRY_EVERY: number = 3_600_000;
const MOST_AGAIN = 100;

/** Those that are to be tried again now, oldest first. What was priced anew meanwhile is not. */
export function unverified(scope: Scope, now: number): Promise<readonly Unverified[]> {
  return scope.rows<Unverified>(
    'unverified',
    `SELECT position, locator, type, worksheet, entry, device, why, seal FROM verification
     WHERE tenant = $1 AND verdict = 'unverifiable' AND problem <> $2 AND first_at > $3 AND verified_at < $4
     ORDER BY position LIMIT $5`,
    [MOVED_ON, now - TRY_FOR, now - TRY_EVERY, MOST_AGAIN],
  );
}

/** What stands there now was priced by a later entry. */
export const MOVED_ON = 'version-conflict';
