import { look } from '#core/desk/desk.ts';
import { type RecordedVerdict, verifyRecorded } from '#core/lab/receipt/verify-recorded.ts';
import { ENGINE } from '#core/model/engine.ts';
import type { ProblemCode } from '#core/model/problem.ts';
import type { EntryBody } from '#core/store/entry.ts';
import type { Seal } from '#core/store/personal.ts';
import type { IncomingItem } from '#core/store/replica/replication-contract.ts';
import { lastPosition } from '../authority/pull.ts';
import type { Scope } from '../database/scope.ts';
import type { Decision, JobContext } from './contract.ts';
import { addInvoiceMails, type IssuedInvoice } from './mail/invoice-mail-rows.ts';
import { bodyOf, type Replica } from './replica.ts';
import type { Replicas } from './replicas.ts';
import { type JobSettings, readJobSettings } from './settings.ts';
import { decisionsIn, finalInvoicesIn, whyVerified } from './verification/decisions.ts';
import { keepVerified, MOVED_ON, type Unverified, unverified, type Verified } from './verification/verifications.ts';

/** About so many positions are one transaction of the jobs. */
const STEP = 1_000;
const BATCH = 200;

/**
 * Follows a tenant's log from where its jobs have got to until its end (VJ1): what is to be done of an entry is written in the
 * transaction that says that it was followed.
 */
export async function follow(
  context: JobContext,
  replicas: Replicas,
  tenant: string,
  signal: AbortSignal,
): Promise<void> {
  const { database, master } = context;
  await replicas.use(tenant, signal, async (at) => {
    const { settings, end, ...begun } = await database.inTenant(tenant, async (scope) => ({
      settings: await readJobSettings(scope, master),
      end: await lastPosition(scope),
      from: await cursorOf(scope),
    }));
    let { from } = begun;
    while (from < end) {
      signal.throwIfAborted();
      const [after, to] = [from, await database.inTenant(tenant, (scope) => stepEnd(scope, from, end))];
      const found = asksNothing(settings) ? NOTHING : await walk(context, settings, await at(after), to, signal);
      await database.inTenant(tenant, async (scope) => {
        await moveCursor(scope, after, to);
        await keepVerified(scope, context, found.verified);
        await addInvoiceMails(scope, found.invoices, context.now());
      });
      tell(context, tenant, found.verified);
      from = to;
    }
    await tryAgain(context, tenant, at, from, signal);
  });
}

interface Found {
  readonly verified: readonly Verified[];
  readonly invoices: readonly IssuedInvoice[];
}
const NOTHING: Found = { verified: [], invoices: [] };

function asksNothing({ verification, mail }: JobSettings): boolean {
  return verification.oneIn === 0 && !mail?.invoices;
}

/** Up to where the jobs have followed the log. */
export async function cursorOf(scope: Scope): Promise<number> {
  const [row] = await scope.rows<{ position: number }>(
    'job-cursor',
    'SELECT position FROM job_cursor WHERE tenant = $1',
  );
  return row?.position ?? 0;
}

async function moveCursor(scope: Scope, from: number, to: number): Promise<void> {
  const moved = await scope.rows(
    'move-job-cursor',
    `INSERT INTO job_cursor (tenant, position) VALUES ($1, $3)
     ON CONFLICT (tenant) DO UPDATE SET position = excluded.position WHERE job_cursor.position = $2 RETURNING 1`,
    [from, to],
  );
  if (moved.length === 0) throw new Error('Another copy follows this log.');
}

/** The last end of a push within a step, or the first one behind it: two neighbours of one push were received together. */
async function stepEnd(scope: Scope, from: number, end: number): Promise<number> {
  const [row] = await scope.rows<{ within: number | null; behind: number | null }>(
    'step-end',
    `SELECT max(position) FILTER (WHERE position <= $3) AS within, min(position) FILTER (WHERE position > $3) AS behind
     FROM (SELECT position, (device, received_at) IS DISTINCT FROM (lead(device) OVER w, lead(received_at) OVER w) AS last
       FROM log WHERE tenant = $1 AND position > $2 AND position <= $4 WINDOW w AS (ORDER BY position)) AS n
     WHERE last`,
    [from, from + STEP, Math.min(end, from + 4 * STEP)],
  );
  // The last of what was looked at counts as an end, and is one only where the log ends.
  const found = row?.within ?? row?.behind ?? end;
  return found === from + 4 * STEP ? end : found;
}

/** Applies the items up to a position; each decision that is to be verified is rated where nothing later is there yet (VJ12). */
async function walk(
  context: JobContext,
  settings: JobSettings,
  replica: Replica,
  to: number,
  signal: AbortSignal,
): Promise<Found> {
  const verified: Verified[] = [];
  const invoices: IssuedInvoice[] = [];
  while (replica.position < to) {
    signal.throwIfAborted();
    const items = (await replica.next(BATCH)).filter(({ position }) => position <= to);
    if (items.length === 0) throw new Error(`The log ends at ${replica.position}, not at ${to}.`);
    let waiting: IncomingItem[] = [];
    const applyWaiting = (): void => {
      replica.apply(waiting);
      waiting = [];
    };
    for (const item of items) {
      // A merged draft has no price, and a refused entry changed nothing.
      const body = item.outcome === 'accepted' ? bodyOf(item) : undefined;
      const final = body && settings.mail?.invoices ? finalInvoicesIn(body) : [];
      if (final.length > 0) {
        applyWaiting();
        const { position } = item;
        const isNew = (invoice: string) => !look(replica.desk, 'invoice', invoice)?.record.transactionIssued;
        invoices.push(...final.filter(isNew).map((invoice) => ({ invoice, position })));
      }
      waiting.push(item);
      if (!body) continue;
      const chosen = decisionsIn(body).flatMap((decision) => {
        const why = whyVerified(decision, body.id, settings.verification, context.master.samples);
        return why ? [{ decision, why }] : [];
      });
      if (chosen.length === 0) continue;
      applyWaiting();
      for (const { decision, why } of chosen) {
        signal.throwIfAborted();
        const { id: entry, device } = body;
        const result = await rated(replica, decision);
        verified.push({ position: item.position, decision, entry, device, why, result, seal: sealIn(body, decision) });
      }
    }
    applyWaiting();
  }
  return { verified, invoices };
}

async function rated(replica: Replica, { type, locator, worksheet }: Decision): Promise<RecordedVerdict> {
  const { desk } = replica;
  if (look(desk, type, locator)?.record.worksheet !== worksheet)
    return unverifiable(MOVED_ON, `The ${type} was priced anew since.`);
  const commit = look(desk, 'worksheet', worksheet)?.record.configuration;
  if (commit === undefined || !(await replica.hasConfiguration(commit)))
    return unverifiable('not-found', 'The configuration that priced it is not here.');
  return verifyRecorded(desk, locator);
}

function unverifiable(code: ProblemCode, message: string): RecordedVerdict {
  return { verdict: 'unverifiable', problem: { code, message }, engine: { recorded: null, here: ENGINE } };
}

/** What could not be verified may be by now: a configuration's file comes after its entry (SY91). */
async function tryAgain(
  context: JobContext,
  tenant: string,
  at: (position: number) => Promise<Replica>,
  position: number,
  signal: AbortSignal,
): Promise<void> {
  const { database, now } = context;
  const waiting = await database.inTenant(tenant, (scope) => unverified(scope, now()));
  if (waiting.length === 0) return;
  const replica = await at(position);
  for (const one of waiting) {
    signal.throwIfAborted();
    const verified = asVerified(one, await rated(replica, { ...one, decided: undefined, gross: undefined }));
    await database.inTenant(tenant, (scope) => keepVerified(scope, context, [verified]));
    tell(context, tenant, [verified]);
  }
}

function asVerified({ seal, ...one }: Unverified, result: RecordedVerdict): Verified {
  const { type, locator, worksheet, position, entry, device, why } = one;
  const decision = { type, locator, worksheet, decided: undefined, gross: undefined };
  return {
    position,
    entry,
    device,
    why,
    decision,
    result,
    seal: seal === null ? undefined : (JSON.parse(seal) as Seal),
  };
}

function sealIn({ changes }: EntryBody, { worksheet }: Decision): Seal | undefined {
  return changes.find(({ type, locator }) => type === 'worksheet' && locator === worksheet)?.seal;
}

/** Every verdict is counted; one that is no confirmation is logged too, without what the step says (VJ14). */
function tell({ metrics, log }: JobContext, tenant: string, verified: readonly Verified[]): void {
  for (const { position, decision, entry, device, why, result } of verified) {
    const { verdict, what, first, problem, engine } = result;
    metrics.count('fieldwriter_verifications_total', { verdict });
    if (verdict === 'confirmed') continue;
    const { type, locator } = decision;
    const line = { event: `verification ${verdict}`, tenant, position, entry, device, type, locator, why };
    const more = { what, path: first?.path, problem: problem?.code, engine: engine.recorded };
    if (verdict === 'differs') log.error({ ...line, ...more });
    else log.warn({ ...line, ...more });
  }
}
