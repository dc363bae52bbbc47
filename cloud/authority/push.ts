import { setTimeout, setImmediate as turn } from 'node:timers/promises';
import type * as z from 'zod';
import { recordValidators } from '#core/desk/records.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { EntryBody } from '#core/store/entry.ts';
import type { RecordKey } from '#core/store/replica/contract.ts';
import { isReplicated } from '#core/store/replica/scope.ts';
import { namedBy } from '#core/sync/aggregate.ts';
import type { Facts } from '#core/sync/contract.ts';
import { type Frame, unframed } from '#core/sync/frames.ts';
import { judge } from '#core/sync/judge.ts';
import { EntryHead, MOST_ENTRIES, type PushAnswer } from '#core/sync/protocol.ts';
import { pushedEntry, readEntry } from '#core/sync/read-entry.ts';
import type { CloudDatabase } from '../database/contract.ts';
import type { DeviceRow } from '../database/directory.ts';
import type { Scope } from '../database/scope.ts';
import { append } from './append.ts';
import { takeGrantsBack } from './grants-again.ts';
import { type Asked, loadKnown, loadStanding, lockLog } from './known.ts';
import { Ledger, seriesOf } from './ledger.ts';
import type { MasterKey } from './master-key.ts';
import { erasedAmong, keepKeys, loadKeys, opener, type PersonKey } from './person-keys.ts';
import { isKnown } from './spoken.ts';

/** What the authority works with; everything that is not its input. */
export interface Authority {
  readonly database: CloudDatabase;
  readonly master: MasterKey;
  readonly random: RandomBytes;
  /** Checks the shape of a record and throws what is wrong; absent: as this program's workbench does. */
  readonly validate?: Facts['validate'];
  now(): number;
}
/** An entry of a push: checked by itself, not judged yet. */
interface Sent {
  readonly head: z.infer<typeof EntryHead>;
  readonly body: EntryBody;
  readonly packed: Uint8Array;
}
type Answer = z.infer<typeof PushAnswer>;
type EntryAnswer = Answer['answers'][number];

/** So many entries are read at a stretch: a millisecond. */
const AT_ONCE = 8;
/** A push may overtake the one that it goes on from, at this copy or another: milliseconds until it is tried again. */
const PATIENCE = [5, 10, 20, 40, 80, 160];

/** The workbench acts by itself under this name (core/desk/workbench.ts); it needs nobody's leave. */
const ITSELF = 'workbench';

/**
 * Takes the entries of a push, in order, in one transaction (SY10 to SY17).
 * @param bytes frames: EntryHead, and the entry's text as its journal keeps it
 * @throws Problem malformed-request (nothing of the message is taken, SY12), forbidden for a forged author (SY21), wrong-state where this cloud is too old
 */
export async function push(authority: Authority, device: DeviceRow, bytes: Uint8Array): Promise<Answer> {
  let read: readonly Sent[] | undefined = await readPush(device, bytes);
  const once = (): Promise<Answer> =>
    authority.database.inTenant(device.tenant, async (scope) => {
      // Judging opens what was read in itself: a transaction that is done again reads it again.
      const sent = read ?? (await readPush(device, bytes));
      read = undefined;
      return judged(authority, scope, device, sent);
    });
  try {
    let answer = await once();
    for (const pause of PATIENCE) {
      if (answer.answers[0]?.answer !== 'gap') break;
      await setTimeout(pause);
      answer = await once();
    }
    return answer;
  } catch (error) {
    if (isTakenId(error)) throw malformed('An entry has the id of another one.', 'id');
    if (isUnwritable(error)) throw malformed('A text holds what no database keeps.', 'text');
    throw error;
  }
}

/** Gives way now and then: the transaction of another push goes on as soon as the database answers it. */
async function readPush(device: DeviceRow, bytes: Uint8Array): Promise<readonly Sent[]> {
  const frames = framesOf(bytes);
  if (frames.length > MOST_ENTRIES) throw malformed(`A push carries at most ${MOST_ENTRIES} entries.`, 'entries');
  const sent: Sent[] = [];
  for (const frame of frames) {
    sent.push(sentIn(frame, device));
    if (sent.length % AT_ONCE === 0) await turn();
  }
  return sent;
}

function sentIn({ head, body: packed }: Frame, device: DeviceRow): Sent {
  const parsed = EntryHead.safeParse(head);
  if (!parsed.success) throw malformed('The head of an entry is not as it should be.', 'head');
  const body = entryIn(parsed.data, packed, device);
  if (device.users && body.user !== ITSELF && !device.users.includes(body.user))
    throw new Problem('forbidden', `${device.id} is not used by the author of entry ${body.sequence}.`, {
      details: { reason: 'author' },
    });
  return { head: parsed.data, body, packed };
}

function framesOf(bytes: Uint8Array): readonly Frame[] {
  try {
    return unframed(bytes);
  } catch (error) {
    throw malformed('The body is no sequence of frames.', 'frames', error);
  }
}

function entryIn(head: z.infer<typeof EntryHead>, packed: Uint8Array, { id }: DeviceRow): EntryBody {
  const where = `Entry ${head.sequence}`;
  let read: ReturnType<typeof readEntry>;
  try {
    read = readEntry(head, packed, id);
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-from-the-future')
      throw tooOld(`${where} has a newer format.`);
    throw malformed(`${where} can not be read.`, 'unreadable', error);
  }
  if (!read.ok) throw malformed(`${where} is not what its head says (${read.why}).`, read.why);
  if (!read.body.changes.every(isKnown)) throw tooOld(`${where} holds records of a newer schema.`);
  return read.body;
}

async function judged(
  { master, random, now, validate = asTheWorkbench }: Authority,
  scope: Scope,
  { id: device }: DeviceRow,
  sent: readonly Sent[],
): Promise<Answer> {
  const carried = sent.flatMap(({ head }) => head.keys ?? []);
  const sealed = sent.flatMap(({ body }) => body.changes.flatMap(({ seal }) => seal?.key ?? []));
  // They cross together, and what comes behind the lock waits for it.
  const [{ position, setBacks }, erased, loaded, standing] = await Promise.all([
    lockLog(scope),
    erasedAmong(
      scope,
      carried.map(({ person }) => person),
    ),
    loadKeys(scope, master, [...sealed, ...carried.map(({ id }) => id)]),
    loadStanding(scope, device),
  ]);
  const setBack = setBacks.at(-1);
  if (setBack) await takeGrantsBack(scope, setBack, device, bodiesOf(sent));
  if (sent.length === 0) return { answers: [], position };
  if (sent.some(({ head }) => head.seen > position))
    throw malformed('An entry has seen what is not there yet.', 'seen');
  // What is there already, or was erased, counts; not what is brought under the same id.
  const keys = new Map([...broughtKeys(sent, erased), ...loaded]);
  const asks = { device, entries: sent.map((one) => asked(one, setBack !== undefined)) };
  const { known, keys: all } = await loadKnown(scope, master, position, standing, asks, keys);
  const ledger = new Ledger(known, all, random, validate, setBack?.id);
  const open = opener(keys);
  const answers: EntryAnswer[] = [];
  const again: number[] = [];
  for (const { head, body } of sent) {
    let entry: ReturnType<typeof pushedEntry>;
    try {
      entry = pushedEntry(head, body, open);
    } catch (error) {
      throw malformed(`Entry ${head.sequence} is sealed with a key that does not open it.`, 'keys', error);
    }
    const verdict = judge(entry, ledger satisfies Facts);
    const { sequence } = head;
    if (verdict.kind === 'gap' || verdict.kind === 'fork') {
      answers.push(
        verdict.kind === 'gap' ? { answer: 'gap', sequence, expected: verdict.expected } : { answer: 'fork', sequence },
      );
      break;
    }
    if (verdict.kind === 'duplicate') {
      again.push(sequence);
      answers.push({ answer: 'accepted', sequence, position: 0, duplicate: true });
      continue;
    }
    ledger.take(entry, body, verdict);
    const { outcome, position: at } = verdict.item;
    answers.push({ answer: outcome, sequence, position: at, duplicate: false });
  }
  const taken = new Set(ledger.appended.map(({ item }) => item.sequence));
  const kept = sent.filter(({ head }) => taken.has(head.sequence));
  const came = new Map(sent.map((one) => [one.head.sequence, one]));
  await Promise.all([
    keepKeys(scope, master, broughtKeys(kept, erased).values()),
    append(scope, ledger, came, device, now()),
  ]);
  return { answers: await withFormer(scope, device, answers, again), position: ledger.position };
}

function bodiesOf(sent: readonly Sent[]): readonly EntryBody[] {
  return sent.map(({ body }) => body);
}

function asTheWorkbench(type: RecordType, record: JsonObject): void {
  recordValidators[type]?.(record);
}

/** Keys that come with a push; those of a forgotten person open nothing (SY22). */
function broughtKeys(sent: readonly Sent[], erased: ReadonlySet<string>): Map<string, PersonKey> {
  const keys = new Map<string, PersonKey>();
  for (const { head } of sent)
    for (const { id, person, key } of head.keys ?? []) {
      const bytes = Buffer.from(key, 'base64');
      // Empty: the person was forgotten before the device ever met the cloud.
      if (bytes.length !== 32 && bytes.length !== 0)
        throw malformed(`The key ${id} has ${bytes.length} bytes instead of 32.`, 'keys');
      keys.set(id, { id, person, key: erased.has(person) || bytes.length === 0 ? null : bytes });
    }
  return keys;
}

/** @param setBack the log may have lost anything that is named, and know that the entry was once refused */
function asked({ head, body }: Sent, setBack: boolean): Asked['entries'][number] {
  const changes = body.changes.flatMap(({ type, locator, record }, i) =>
    isReplicated({ type, locator }) ? [{ type, locator, record, base: head.bases[i] ?? null }] : [],
  );
  return {
    sequence: head.sequence,
    seen: head.seen,
    changes,
    beside: [
      ...changes.flatMap(({ record }) => (setBack ? namedBy(record) : besideOf(record))),
      ...(setBack ? [{ type: 'conflict', locator: head.id } as const] : []),
    ],
    numbers: changes.flatMap((change) => {
      const series = seriesOf(change, change.record);
      return series ? [{ series, number: String(change.record?.displayId) }] : [];
    }),
  };
}

/** The policy that a record hangs on and the quote that a policy is bound by: the judge looks across records (lawful.ts). */
function besideOf(record: JsonObject | null): readonly RecordKey[] {
  const { policyLocator, quoteLocator } = record ?? {};
  return [
    ...(typeof policyLocator === 'string' ? [{ type: 'policy', locator: policyLocator } as const] : []),
    ...(typeof quoteLocator === 'string' ? [{ type: 'quote', locator: quoteLocator } as const] : []),
  ];
}

/** Entries that were sent again are answered as they were (SY10). */
async function withFormer(
  scope: Scope,
  device: string,
  answers: readonly EntryAnswer[],
  again: readonly number[],
): Promise<EntryAnswer[]> {
  if (again.length === 0) return [...answers];
  const rows = await scope.rows<{ sequence: number; position: number; outcome: 'accepted' | 'merged' | 'refused' }>(
    'former',
    `SELECT l.* FROM unnest($3::bigint[]) AS w (sequence) CROSS JOIN LATERAL (
       SELECT sequence, position, outcome FROM log WHERE tenant = $1 AND device = $2 AND sequence = w.sequence LIMIT 1) l`,
    [device, again],
  );
  const former = new Map(rows.map((row) => [row.sequence, row]));
  return answers.map((answer) => {
    const row = 'duplicate' in answer && answer.duplicate ? former.get(answer.sequence) : undefined;
    // An entry twice in one push is a duplicate of what this push has just appended, and found here all the same.
    return row ? { answer: row.outcome, sequence: row.sequence, position: row.position, duplicate: true } : answer;
  });
}

function malformed(message: string, why: string, cause?: unknown): Problem {
  return new Problem('malformed-request', `${message} Nothing was taken.`, { details: { reason: why }, cause });
}

function tooOld(message: string): Problem {
  return new Problem('wrong-state', `${message} This cloud is too old for it. Nothing was taken.`, {
    details: { reason: 'cloud-too-old' },
  });
}

function isTakenId(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'log_tenant_id_key';
}

/** PostgreSQL knows no NUL in a text. */
function isUnwritable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22021';
}
