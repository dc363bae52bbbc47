import { hostname } from 'node:os';
import { type Desk, look } from '#core/desk/desk.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { insuredName } from '#core/policy/insured-name.ts';
import type { LoggedEntry } from '#core/store/replica/replication-contract.ts';
import type { SyncClient } from '#core/sync/client/client.ts';
import { type Conflict, type ConflictSides, conflictOf, listConflicts } from '#core/sync/conflicts/conflicts.ts';
import { resolveConflict } from '#core/sync/conflicts/resolve.ts';
import type { DepartureFacts } from '#core/sync/departure.ts';
import type {
  ConflictDetail,
  ConflictResolution,
  ConflictSummary,
  SyncConfirm,
  SyncEnrol,
  SyncSettings,
  SyncStatus,
  SyncWaiting,
} from '../contracts/sync.ts';
import type { Door } from '../door.ts';
import {
  ConflictResolutionRequest,
  SyncConfirmRequest,
  SyncEnrolRequest,
  SyncSettingsRequest,
} from '../sync-schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Replication';
const LONGEST_WAIT = 10_000;
const MOST_WAITING = 200;

/** Replication with the cloud, what waits here, and the conflicts that somebody has to resolve (core/sync/SPEC.md). */
export function syncResources(door: Door, client: SyncClient): void {
  rounds(door, client);
  setBack(door, client);
  conflicts(door);
}

function rounds(door: Door, client: SyncClient): void {
  const status = (): SyncStatus => client.status();
  door.on(
    {
      method: 'get',
      path: '/api/sync',
      tag,
      summary: 'How replication stands',
      query: { wait: 'milliseconds, at most 10,000: answer when anything changed, at the latest then' },
      answer: 'SyncStatus',
    },
    async ({ query }) => {
      const wait = Math.min(LONGEST_WAIT, numberIn(query('wait'), 'wait') ?? 0);
      if (wait > 0) await client.changed(wait);
      return status();
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/sync/enrol',
      tag,
      summary: 'Join a cloud with the one-time code of its administrator; again after a restore from a backup',
      body: SyncEnrolRequest,
      answer: 'SyncStatus',
    },
    async ({ body, caller }) => {
      const { address, code, name = hostname() } = body as SyncEnrol;
      await client.enrol(caller(), { address, code, name });
      return status();
    },
  );
  door.on(
    {
      method: 'put',
      path: '/api/sync',
      tag,
      summary: 'Switch replication on or off, spare a metered network, change the addresses',
      body: SyncSettingsRequest,
      answer: 'SyncStatus',
    },
    ({ body, caller }) => {
      const { on, metered, addresses } = body as SyncSettings;
      client.configure(caller(), {
        ...(on === undefined ? {} : { on }),
        ...(metered === undefined ? {} : { metered }),
        ...(addresses === undefined ? {} : { addresses }),
      });
      return status();
    },
  );
  door.on(
    { method: 'post', path: '/api/sync/now', tag, summary: 'One round now, also when it is off', answer: 'SyncStatus' },
    () => {
      client.now();
      return status();
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/sync/confirm',
      tag,
      summary: 'Let what the brake holds pass, once',
      body: SyncConfirmRequest,
      answer: 'SyncStatus',
    },
    ({ body, caller }) => {
      caller();
      client.confirm((body as SyncConfirm).direction);
      return status();
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/sync/waiting',
      tag,
      summary: 'What is not in the cloud yet, oldest first',
      answer: 'SyncWaiting',
    },
    ({ desk }) => waitingOf(desk),
  );
}

/** A cloud that was set back to a backup (core/sync/SPEC.md SY97, SY98). */
function setBack(door: Door, client: SyncClient): void {
  door.on(
    {
      method: 'post',
      path: '/api/sync/set-back-read',
      tag,
      summary: 'What is said of a cloud that was set back was read',
      answer: 'SyncStatus',
    },
    ({ caller }): SyncStatus => {
      caller();
      client.setBackRead();
      return client.status();
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/sync/lost',
      tag,
      summary: 'Work of others that a cloud lost when it was set back and that nobody sent again yet, oldest first',
      answer: 'SyncWaiting',
    },
    ({ desk }): SyncWaiting => {
      const { replication } = desk.store;
      const total = replication.status()?.lost ?? 0;
      return { total, entries: total === 0 ? [] : replication.lost(MOST_WAITING).map((entry) => entryOf(desk, entry)) };
    },
  );
}

function conflicts(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/sync/conflicts',
      tag,
      summary: 'Work that the cloud could not take as it was, newest first',
      query: { state: '`open` (default) or `resolved`' },
      answer: 'ConflictSummary[]',
    },
    ({ desk, query }): readonly ConflictSummary[] => listConflicts(desk, stateIn(query('state'))).map(summaryOf),
  );
  door.on(
    {
      method: 'get',
      path: '/api/sync/conflicts/:locator',
      tag,
      summary: 'Both sides of a conflict, field by field, and what can be done',
      answer: 'ConflictDetail',
    },
    ({ desk, param }): ConflictDetail => detailOf(desk, conflictOf(desk, param('locator'))),
  );
  door.on(
    {
      method: 'post',
      path: '/api/sync/conflicts/:locator/resolve',
      tag,
      summary: 'Keep what stands, put one’s own on top, or choose field by field',
      body: ConflictResolutionRequest,
      answer: 'ConflictDetail',
    },
    ({ desk, param, body, caller }): ConflictDetail => {
      const { choice, fields } = body as ConflictResolution;
      return detailOf(desk, resolveConflict(desk, caller(), param('locator'), { choice, ...(fields && { fields }) }));
    },
  );
}

function stateIn(text: string | undefined): 'open' | 'resolved' {
  if (text === undefined || text === 'open' || text === 'resolved') return text ?? 'open';
  throw new Problem('malformed-request', 'state is open or resolved.');
}

function summaryOf({ record, title, policyLocator, userName, own, follows }: Conflict): ConflictSummary {
  const { locator, command, user, device, at, state, reason } = record;
  return {
    locator,
    command,
    user,
    userName,
    device,
    own,
    at,
    state,
    title,
    policyLocator,
    reason: reason.code,
    follows,
  };
}

function detailOf(desk: Desk, conflict: ConflictSides): ConflictDetail {
  const { record, sides, premium, choices } = conflict;
  const resolution = record.resolution ? { ...record.resolution, by: userName(desk, record.resolution.by) } : null;
  return { ...summaryOf(conflict), records: sides, premium, choices, resolution };
}

function waitingOf(desk: Desk): SyncWaiting {
  const { replication } = desk.store;
  const total = replication.status()?.waiting.entries ?? 0;
  const entries = total === 0 ? [] : replication.waiting(MOST_WAITING);
  return { total, entries: entries.map((entry) => entryOf(desk, entry)) };
}

function entryOf(
  desk: Desk,
  { id, sequence, command, user, at, bytes, changes }: LoggedEntry,
): SyncWaiting['entries'][number] {
  const records = changes.map(({ type, locator, record }) => ({
    type,
    locator,
    title: titleOf(desk, type, locator, record as JsonObject | null),
  }));
  return { id, sequence, command, user: userName(desk, user), at, bytes, records };
}

/** Who somebody is: entries name people by locator. */
function userName(desk: Desk, user: string): string {
  return look(desk, 'user', user)?.record.name ?? user;
}

function titleOf(desk: Desk, type: string, locator: string, record: JsonObject | null): string {
  const policyholder = type === 'policyholder' ? locator : record?.policyholderLocator;
  const insured = typeof policyholder === 'string' ? insuredName(desk, policyholder) : '';
  const named = record?.displayName ?? record?.name ?? record?.fileName;
  return insured || (typeof named === 'string' && named !== '' ? named : locator);
}

/** What the check before a trip asks of replication (SY70). */
export function departureReplication(client: SyncClient): Pick<DepartureFacts, 'replication' | 'numbers'> {
  const { cloud, complete, position, cloudPosition, parked, lastSuccess, blocked, waiting, conflicts, numbers } =
    client.status();
  if (!cloud) return { replication: null, numbers: [] };
  return {
    numbers,
    replication: {
      complete,
      position,
      cloudPosition,
      parked,
      lastSuccess,
      blocked: blocked?.reason ?? null,
      waiting: { entries: waiting.entries, files: waiting.files },
      conflicts,
      validUntil: null,
    },
  };
}
