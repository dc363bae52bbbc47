import { setImmediate as turn } from 'node:timers/promises';
import type { Caller, Desk } from '#core/desk/desk.ts';
import { numbersUsed, SERIES, withoutNumbers } from '#core/desk/numbers.ts';
import { Problem } from '#core/model/problem.ts';
import { type Activity, statusOf } from './client-status.ts';
import type { Blocked, Direction, Failure, SyncEvent, SyncFacts, SyncState } from './contract.ts';
import { enrolled, enrolmentOf, type Joined, joinedBefore, noteJoined, takeIdentity } from './enrolment.ts';
import { firstState, next } from './machine.ts';
import { lowSeries } from './numbers.ts';
import { openPageReader } from './page-reader.ts';
import { newRound, type Round, runAction } from './round.ts';
import { addressesIn, KEY_PLACE, readSettings, type SyncSettings, saveSettings } from './settings.ts';
import type { SyncStatus } from './status-contract.ts';
import { isSucceeding, succeed } from './succeed.ts';
import { deviceKey, openTransport, publicKeyOf, SyncFailure, type Transport } from './transport.ts';
import { holding, knownSetBacks, statementRead } from './way-back.ts';

export interface SyncOptions {
  /** Throws the key of the data folder away, when the cloud orders it; absent where it is nobody's to throw away. */
  readonly wipe?: () => Promise<void>;
  /** How often it looks whether something is to be done, milliseconds. */
  readonly every?: number;
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
}
/** The device's side of replication (core/sync/SPEC.md SY80 and on). */
export interface SyncClient {
  status(): SyncStatus;
  /** Resolves when anything changed, at the latest after so many milliseconds. */
  changed(wait: number): Promise<void>;
  /** Throws `malformed-request`, `wrong-state`, `forbidden`, `unavailable` with the words of the cloud. */
  enrol(caller: Caller, request: EnrolWish): Promise<void>;
  configure(caller: Caller, wish: { on?: boolean; metered?: boolean; addresses?: readonly string[] }): void;
  /** One round, whether it is switched on or not. */
  now(): void;
  /** Lets what the brake holds pass, once. */
  confirm(direction: Direction): void;
  /** What is said of a cloud that was set back was read. */
  setBackRead(): void;
  /** What Git on this computer opens the tenant's configurations with. Throws `wrong-state`, `unavailable` with the words of the cloud. */
  gitAccess(): Promise<GitAccess>;
  /** Resolves when no round is under way and everything that came is indexed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
/** For some minutes. */
export interface GitAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}
export interface EnrolWish {
  readonly address: string;
  readonly code: string;
  readonly name: string;
}

const EVERY = 5_000;
const LAST_SUCCESS = 'last-success';

export function openSyncClient(desk: Desk, options: SyncOptions = {}): SyncClient {
  let settings = readSettings(desk);
  // The process may have died between the two.
  if (settings) takeIdentity(desk, settings);
  if (settings) desk.store.replication.replayParked();
  let state: SyncState = {
    ...firstState(settings?.on ?? false, settings?.metered ?? false),
    lastSuccess: Number(desk.store.replication.mark(LAST_SUCCESS)) || null,
  };
  const traffic = { sent: 0, received: 0 };
  let activity: Activity = { done: 0, total: null, bytes: 0 };
  const round: Round = newRound();
  const reader = openPageReader();
  const others = holding(desk);
  let running: Promise<void> | undefined;
  let indexing: Promise<void> | undefined;
  let closed = false;
  let waiting: (() => void)[] = [];
  let asking: string[] | undefined;

  const transport: Transport = openTransport({
    addresses: () => asking ?? settings?.addresses ?? [],
    now: desk.now,
    random: desk.random,
    onTraffic(sent, received) {
      traffic.sent += sent;
      traffic.received += received;
      activity = { ...activity, bytes: activity.bytes + sent + received };
    },
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });

  function facts(): SyncFacts {
    const status = settings ? desk.store.replication.status() : undefined;
    // An identity that was begun and that the cloud never took in is none.
    const replica =
      status?.becoming?.device === settings?.device ? status : status && { ...status, becoming: undefined };
    const jitter = (desk.random(1)[0] ?? 0) / 256;
    const succeeds = settings !== undefined && isSucceeding(desk, settings);
    return {
      now: desk.now(),
      jitter,
      replica,
      succeeds,
      holds: settings !== undefined && others.holds(),
      numbersLow: settings !== undefined && lowSeries(desk).length > 0,
    };
  }

  /** What came in large numbers is indexed beside everything else, a little at a time. */
  function index(): void {
    indexing ??= indexAll()
      .catch((error: unknown) => desk.log('What came could not be indexed', { error: String(error) }))
      .finally(() => {
        indexing = undefined;
      });
  }
  async function indexAll(): Promise<void> {
    while (!closed && desk.store.replication.indexSome()) await turn();
  }

  function notify(): void {
    const told = waiting;
    waiting = [];
    for (const resolve of told) resolve();
  }

  /** What happened, and everything that follows from it, one after the other. */
  async function follow(first: SyncEvent): Promise<void> {
    let event: SyncEvent | undefined = first;
    while (event && !closed) {
      const before: SyncState = state;
      const step: ReturnType<typeof next> = next(state, event, facts());
      state = step.state;
      if (state.phase !== before.phase) activity = { done: 0, total: null, bytes: 0 };
      if (state.lastSuccess !== before.lastSuccess)
        desk.store.replication.setMark(LAST_SUCCESS, String(state.lastSuccess ?? ''));
      notify();
      event = step.action && settings ? await outcome(step.action, settings) : undefined;
      index();
    }
  }

  async function outcome(
    action: NonNullable<ReturnType<typeof next>['action']>,
    using: SyncSettings,
  ): Promise<SyncEvent> {
    try {
      const since = knownSetBacks(desk.store.replication).at(-1)?.id ?? '';
      const identity = { device: using.device, key: deviceKey(desk.vault.open(using.key, KEY_PLACE)), since };
      if (action === 'succeed') {
        settings = await succeed(desk, transport, identity, using);
        return { event: 'done', more: false };
      }
      return await runAction(action, {
        desk,
        transport,
        identity,
        round,
        reader,
        others,
        allowed: state.allowed,
        spare: state.metered,
        asked: state.asked,
        ...(options.wipe && { wipe: options.wipe }),
        progress(done, total) {
          activity = { ...activity, done: activity.done + done, total };
          notify();
        },
      });
    } catch (error) {
      const failure = failureIn(error);
      if (failure.kind === 'away' && !(error instanceof SyncFailure))
        desk.log('Replication failed', {
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      return { event: 'failed', failure };
    }
  }

  function dispatch(event: SyncEvent): void {
    if (closed) return;
    if (running) {
      // A round is under way: only its switches change.
      if (event.event === 'switched') state = next(state, event, facts()).state;
      return;
    }
    running = follow(event)
      .catch((error: unknown) => desk.log('Replication broke', { error: String(error) }))
      .finally(() => {
        running = undefined;
        reader.rest();
        notify();
      });
  }

  if (settings) index();
  const timer = setInterval(() => {
    if (!running && state.phase === 'waiting') dispatch({ event: 'tick' });
  }, options.every ?? EVERY);
  timer.unref();

  return {
    status: () => statusOf(desk, { settings, state, activity, traffic, round, transport }),
    changed: (wait) =>
      new Promise((resolve) => {
        const late = setTimeout(resolve, wait);
        waiting.push(() => {
          clearTimeout(late);
          resolve();
        });
      }),
    async enrol(caller, { address, code, name }) {
      const addresses = addressesIn([address]);
      await running;
      // Whoever was enrolled before is a new device of the same cloud (SY11).
      const { device, formerly, publicKey, key } = enrolmentOf(desk, settings !== undefined);
      const numbers = formerly
        ? []
        : SERIES.flatMap((series) => {
            const used = numbersUsed(desk, series);
            return used ? [{ series, ...used }] : [];
          });
      asking = [...addresses];
      let joined: Joined = { device, key, numbers, formerly };
      const answer = await transport
        .enrol({ code: code.trim(), device, name, publicKey, numbers, ...(formerly && { formerly }) })
        .catch((error: unknown) => {
          // It was set back to a time before this device joined it (SY97): it joins as who it is.
          if (!(error instanceof SyncFailure) || error.reason !== 'formerly' || !settings) throw error;
          joined = joinedBefore(desk, settings);
          const again = { name, publicKey: publicKeyOf(desk.vault.open(settings.key, KEY_PLACE)), code: code.trim() };
          const { device, numbers, formerly } = joined;
          return transport.enrol({ ...again, device, numbers: [...numbers], ...(formerly && { formerly }) });
        })
        .catch((error: unknown) => {
          throw error instanceof SyncFailure ? new Problem('wrong-state', error.message, { cause: error }) : error;
        })
        .finally(() => {
          asking = undefined;
        });
      if (settings && settings.tenant !== answer.tenant) {
        // That identity is the other cloud's.
        enrolled(desk);
        throw new Problem(
          'wrong-state',
          `This data belongs to ${settings.tenantName}, the code is one of ${answer.tenantName}: ask for a code of ${settings.tenantName}.`,
        );
      }
      const { tenant, tenantName } = answer;
      const { device: taken, key: kept } = joined;
      const made = { tenant, tenantName, device: taken, addresses, on: true, metered: state.metered, key: kept };
      noteJoined(desk, joined);
      saveSettings(desk, caller, 'sync.enrol', made, withoutNumbers(desk));
      takeIdentity(desk, made);
      settings = made;
      enrolled(desk);
      dispatch({ event: 'enrolled' });
    },
    configure(caller, { addresses, ...wish }) {
      if (!settings) throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
      const changed = { ...settings, ...wish, ...(addresses && { addresses: addressesIn(addresses) }) };
      saveSettings(desk, caller, 'sync.configure', changed);
      settings = changed;
      dispatch({ event: 'switched', ...wish });
      notify();
    },
    now() {
      if (!settings) throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
      dispatch({ event: 'asked' });
    },
    confirm: (direction) => dispatch({ event: 'confirmed', direction }),
    setBackRead() {
      statementRead(desk.store.replication);
      notify();
    },
    async gitAccess() {
      if (!settings) throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
      const identity = { device: settings.device, key: deviceKey(desk.vault.open(settings.key, KEY_PLACE)) };
      const answer = await transport.ask(identity, 'POST', '/v1/git/password').catch((error: unknown) => {
        throw new Problem('unavailable', error instanceof Error ? error.message : String(error), { cause: error });
      });
      const { path, user, password, expiresAt } = JSON.parse(new TextDecoder().decode(answer)) as Record<
        string,
        string
      >;
      return {
        url: `${transport.address()}${path}`,
        user: `${user}`,
        password: `${password}`,
        expiresAt: Number(expiresAt),
      };
    },
    async idle() {
      while (running ?? indexing) await (running ?? indexing);
    },
    async close() {
      closed = true;
      clearInterval(timer);
      transport.close();
      notify();
      await running;
      await indexing;
    },
  };
}

/** What a failure of anything means for the round. */
function failureIn(error: unknown): Failure {
  if (error instanceof SyncFailure) return error.failure;
  const blocked = (reason: Exclude<Blocked['reason'], 'brake'>, message: string): Failure => ({
    kind: 'blocked',
    reason,
    message,
  });
  if (error instanceof Problem) {
    if (error.details?.fork === true) return blocked('fork', error.message);
    if (error.code === 'disk-full') return blocked('disk-full', error.message);
    if (error.code === 'store-from-the-future') return blocked('device-too-old', error.message);
    return { kind: 'away', message: error.message };
  }
  return { kind: 'away', message: 'Replication met something that it does not know; the log tells more.' };
}
