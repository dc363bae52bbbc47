import { type Caller, commit, type Desk, findAll, locatorOf, look, need, type Typed, write } from '#core/desk/desk.ts';
import type { RerateRecord } from '#core/desk/integration-records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change, StoredRecord } from '#core/store/contract.ts';

/** What is done again: a command by its name, called as it was then. Given from outside, so that nothing here knows policies. */
export type RerateCommands = Readonly<Record<string, (desk: Desk, caller: Caller, argument: string) => Promise<void>>>;

/** The command that failed, and what it was about. */
export interface Unrated {
  /** A name in RerateCommands. */
  readonly command: string;
  /** Locator that the command was called with. */
  readonly argument: string;
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  readonly transactionLocator: string;
  readonly rater: string;
  /** The records that it read, as they were. */
  readonly basedOn: readonly Pick<StoredRecord, 'type' | 'locator' | 'version'>[];
}

const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 15 * 60_000;

/**
 * Queues a re-rate when a transaction failed because its rater is away (SPEC I40, I41).
 * @returns the problem to throw: the given one, or the same saying that it is queued
 */
export function queueWhenAway(desk: Desk, caller: Caller, unrated: Unrated, problem: Problem): Problem {
  if (problem.code !== 'rater-unavailable') return problem;
  const at = desk.now();
  const before = rerateOf(desk, unrated.transactionLocator);
  const attempts = (before?.record.attempts ?? 0) + 1;
  const { requestKey } = caller;
  const record: RerateRecord = {
    locator: before?.locator ?? locatorOf(desk),
    ...unrated,
    basedOn: unrated.basedOn.map(({ type, locator, version }) => ({ type, locator, version })),
    user: caller.actor.user,
    ...(requestKey === undefined ? {} : { requestKey }),
    state: 'waiting',
    queuedAt: before?.record.queuedAt ?? at,
    attempts,
    triedAt: at,
    nextAt: at + Math.min(FIRST_WAIT * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT),
    message: problem.message,
  };
  commit(
    desk,
    { actor: caller.actor },
    {
      name: 'rerate.queue',
      arguments: { command: unrated.command, transaction: unrated.transactionLocator },
      changes: [write('rerate', record.locator, before?.version ?? 0, record, unrated.policyholderLocator)],
      result: record.locator,
    },
  );
  return new Problem(
    problem.code,
    `${problem.message} It is queued to be rated again as soon as the rater answers (GET /api/rerates).`,
    {
      ...(problem.place ? { place: problem.place } : {}),
      details: { ...problem.details, rerate: record.locator },
      cause: problem.cause,
    },
  );
}

/** The changes that take a transaction out of the queue: for the commit of whatever made waiting needless (SPEC I43). */
export function rerateDone(desk: Desk, transactionLocator: string): readonly Change[] {
  const waiting = rerateOf(desk, transactionLocator);
  return waiting ? [{ type: 'rerate', locator: waiting.locator, base: waiting.version, record: null }] : [];
}

/** What waits, oldest first, and what stopped waiting because a person has to look at it. */
export function listRerates(desk: Desk): readonly RerateResponse[] {
  return all(desk).map(({ record }) => rerateResponse(record));
}

/** Gives up on a re-rate; the draft stays. Throws `not-found`. */
export function removeRerate(desk: Desk, caller: Caller, locator: string): void {
  const { version } = need(desk, 'rerate', locator);
  commit(desk, caller, {
    name: 'rerate.remove',
    arguments: { rerate: locator },
    changes: [{ type: 'rerate', locator, base: version, record: null }],
    result: locator,
  });
}

export interface RerateRun {
  /** Locators of the transactions that went through. */
  readonly done: readonly string[];
  /** Still waiting: tried in vain, not due, or behind one whose rater is away. */
  readonly waiting: readonly string[];
  /** A person has to look at them. */
  readonly stopped: readonly string[];
}

/**
 * Does the waiting commands again, one after the other. A rater that turns out to be away is not asked again in the same run.
 * @param which `due`: only those whose time has come; `all`: every waiting one
 */
export async function runRerates(
  desk: Desk,
  commands: RerateCommands,
  which: 'due' | 'all' = 'all',
): Promise<RerateRun> {
  const run = { done: [] as string[], waiting: [] as string[], stopped: [] as string[] };
  const away = new Set<string>();
  for (const { record, locator } of all(desk)) {
    if (record.state !== 'waiting') continue;
    const due = which === 'all' || record.nextAt <= desk.now();
    const outcome = due && !away.has(record.rater) ? await rerate(desk, commands, locator) : 'waiting';
    if (due && outcome === 'waiting') away.add(record.rater);
    run[outcome].push(record.transactionLocator);
  }
  return run;
}

async function rerate(desk: Desk, commands: RerateCommands, locator: string): Promise<keyof RerateRun> {
  // Read again: what came before it in this run took its time.
  const found = look(desk, 'rerate', locator);
  if (!found) return 'done';
  const { record } = found;
  const moved = record.basedOn.find(({ type, locator: of, version }) => desk.store.get(type, of)?.version !== version);
  if (moved) return stop(desk, found, 'It was changed since it was queued: take it on by hand when it is ready.');
  const command = Object.hasOwn(commands, record.command) ? commands[record.command] : undefined;
  if (!command)
    return stop(desk, found, `This version of Fieldwriter can not repeat ${record.command}: do it by hand.`);
  try {
    await command(desk, callerOf(desk, record), record.argument);
    return 'done';
  } catch (error) {
    const problem = error instanceof Problem ? error : undefined;
    if (problem?.code === 'rater-unavailable') return 'waiting';
    if (!problem) desk.log('A re-rate broke', { rerate: locator, error: String(error) });
    const still = look(desk, 'rerate', locator);
    return still ? stop(desk, still, problem?.message ?? 'Something broke inside Fieldwriter.') : 'done';
  }
}

function stop(desk: Desk, { record, version }: Typed<'rerate'>, message: string): 'stopped' {
  const stopped: RerateRecord = { ...record, state: 'stopped', triedAt: desk.now(), message };
  const { actor } = callerOf(desk, record);
  commit(
    desk,
    { actor },
    {
      name: 'rerate.stop',
      arguments: { rerate: record.locator },
      changes: [write('rerate', record.locator, version, stopped, record.policyholderLocator)],
      result: record.locator,
    },
  );
  return 'stopped';
}

/** Who asked for it then, with their key: a client that retries finds the answer. */
function callerOf(desk: Desk, { user, requestKey }: RerateRecord): Caller {
  const actor = { user, name: look(desk, 'user', user)?.record.name ?? user };
  return { actor, ...(requestKey === undefined ? {} : { requestKey }) };
}

function rerateOf(desk: Desk, transactionLocator: string): Typed<'rerate'> | undefined {
  return findAll(desk, 'rerate', 'transactionLocator', transactionLocator)[0];
}

function all(desk: Desk): readonly Typed<'rerate'>[] {
  return desk.store.list('rerate') as unknown as readonly Typed<'rerate'>[];
}

export interface RerateResponse {
  readonly locator: string;
  readonly policyLocator: string;
  readonly transactionLocator: string;
  readonly command: string;
  readonly rater: string;
  readonly state: 'waiting' | 'stopped';
  readonly attempts: number;
  readonly queuedTimestamp: string;
  readonly triedTimestamp: string;
  readonly nextTimestamp?: string;
  readonly message: string;
}

function rerateResponse(record: RerateRecord): RerateResponse {
  const { locator, policyLocator, transactionLocator, command, rater, state, attempts, message } = record;
  return {
    locator,
    policyLocator,
    transactionLocator,
    command,
    rater,
    state,
    attempts,
    queuedTimestamp: String(record.queuedAt),
    triedTimestamp: String(record.triedAt),
    ...(state === 'waiting' ? { nextTimestamp: String(record.nextAt) } : {}),
    message,
  };
}
