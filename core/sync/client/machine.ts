import type { Blocked, Phase, SyncAction, SyncEvent, SyncFacts, SyncState } from './contract.ts';

/** Between two rounds in which everything went well, and the shortest and longest wait after failures. */
const PAUSE = 30_000;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 5 * 60_000;
/** Of a wait is up to so much taken away by chance: many devices that lost one cloud do not come back at once. */
const SPREAD = 0.5;

export function firstState(on: boolean, metered: boolean): SyncState {
  return {
    phase: on ? 'waiting' : 'off',
    on,
    metered,
    asked: false,
    unanswered: false,
    failures: 0,
    nextTry: null,
    blocked: null,
    allowed: null,
    lastSuccess: null,
    lastFailure: null,
  };
}

interface Step {
  readonly state: SyncState;
  readonly action?: SyncAction;
}

/**
 * The device's side of replication as a function (SY80): what happened, and what is to be done next. A round greets, fetches (first
 * the heads, where there was no fetch yet), sends what waits, fetches the answers, asks for numbers, and moves files.
 */
export function next(state: SyncState, event: SyncEvent, facts: SyncFacts): Step {
  switch (event.event) {
    case 'switched':
      return switched(state, event);
    case 'asked':
      if (isBusy(state.phase) || needsPerson(state.blocked)) return { state };
      return begin({ ...state, asked: true, failures: 0 }, facts);
    case 'enrolled':
      return begin({ ...state, on: true, asked: true, blocked: null, failures: 0 }, facts);
    case 'tick':
      return state.phase === 'waiting' && isDue(state, facts) ? begin(state, facts) : { state };
    case 'confirmed': {
      if (state.blocked?.reason !== 'brake' || state.blocked.direction !== event.direction) return { state };
      return begin({ ...state, blocked: null, allowed: event.direction, asked: true }, facts);
    }
    case 'failed':
      return failed(state, event.failure, facts);
    case 'greeted':
      return state.phase === 'handshaking' ? greeted(state, event, facts) : { state };
    case 'done':
      return done(state, event.more, facts);
  }
}

function switched(
  state: SyncState,
  { on = state.on, metered = state.metered }: { on?: boolean; metered?: boolean },
): Step {
  const changed = { ...state, on, metered };
  if (isBusy(state.phase) || state.phase === 'blocked') return { state: changed };
  return { state: { ...changed, phase: on ? 'waiting' : 'off', nextTry: on ? state.nextTry : null } };
}

function begin(state: SyncState, { replica, succeeds }: SyncFacts): Step {
  if (!replica) return { state: { ...state, phase: 'off', asked: false } };
  return {
    state: { ...state, phase: 'handshaking', nextTry: null, blocked: null },
    action: succeeds ? 'succeed' : 'greet',
  };
}

function isDue({ nextTry, failures }: SyncState, { now, replica, holds }: SyncFacts): boolean {
  if (nextTry === null || now >= nextTry) return true;
  // What waits here goes at once, unless the last tries failed.
  return failures === 0 && replica !== undefined && replica.waiting.entries > 0 && !holds;
}

function greeted(state: SyncState, hello: Extract<SyncEvent, { event: 'greeted' }>, facts: SyncFacts): Step {
  if (hello.order === 'wipe')
    return {
      state: block(state, {
        reason: 'wiped',
        message: 'The cloud ordered that the data of this computer is thrown away.',
      }),
      action: 'wipe',
    };
  if (hello.tooOld === 'device')
    return {
      state: block(state, {
        reason: 'device-too-old',
        message: 'This Fieldwriter is too old for the cloud: update it. What waits here is kept.',
      }),
    };
  if (hello.tooOld === 'cloud')
    return {
      state: block(state, {
        reason: 'cloud-too-old',
        message:
          'The cloud is too old for this Fieldwriter: its administrator has to update it. What waits here is kept.',
      }),
    };
  if (hello.setBack === 'unsaid') return { state: block(state, BEHIND) };
  // First to where both are the same, then everything anew (SY97).
  if (hello.setBack === 'said') return { state: { ...state, phase: 'rewinding' }, action: 'rewind' };
  if (isBehind(hello, facts)) return { state: block(state, BEHIND) };
  if (hello.chain === 'fork') return { state: block(state, FORK) };
  if (facts.replica?.snapshot) return { state: { ...state, phase: 'snapshot' }, action: 'snapshot' };
  if (hello.position > (facts.replica?.position ?? 0)) return { state: { ...state, phase: 'pulling' }, action: 'pull' };
  return afterPull(state, facts);
}

/** The cloud forgot what it had told this device (SY93): what it says now may not be what stood there. */
function isBehind({ position, sequence }: { position: number; sequence: number }, { replica }: SyncFacts): boolean {
  return replica !== undefined && !replica.becoming && (position < replica.position || sequence < replica.settled);
}

const BEHIND: Blocked = {
  reason: 'cloud-behind',
  message:
    'The cloud knows less than this computer has of it: its database was set back, and it does not say so. Nothing is exchanged until its administrator has said it (npm run cloud -- set-back), and everything here is kept.',
};

export const FORK: Blocked = {
  reason: 'fork',
  message:
    'This data was restored from a backup: the cloud holds later work of this computer. Enrol it again with a new code; what waits here is kept and sent under a new identity.',
};

/** What comes when a step is through, or has more to do. */
function done(state: SyncState, more: boolean, facts: SyncFacts): Step {
  switch (state.phase) {
    case 'handshaking':
      return { state, action: 'greet' };
    case 'rewinding':
      return { state: { ...state, phase: 'handshaking' }, action: 'greet' };
    case 'snapshot':
      return more ? { state, action: 'snapshot' } : { state: { ...state, phase: 'pulling' }, action: 'pull' };
    case 'pulling':
      return more ? { state, action: 'pull' } : afterPull({ ...state, unanswered: false }, facts);
    case 'pushing': {
      const sent = { ...state, unanswered: true };
      return more ? { state: sent, action: 'push' } : { state: { ...sent, phase: 'pulling' }, action: 'pull' };
    }
    case 'numbers':
      return toFiles(state);
    case 'blobs':
      return more ? { state, action: 'blobs' } : agreed(state, facts);
    default:
      return { state };
  }
}

function afterPull(state: SyncState, facts: SyncFacts): Step {
  const { replica } = facts;
  // The log is here to its end: what the restored store has of its own goes into a journal of its new name.
  if (replica?.becoming) return { state: { ...state, phase: 'pulling' }, action: 'end-identity' };
  if (!state.unanswered && replica && replica.waiting.entries > 0 && !facts.holds)
    return { state: { ...state, phase: 'pushing' }, action: 'push' };
  if (facts.numbersLow) return { state: { ...state, phase: 'numbers' }, action: 'numbers' };
  return toFiles(state);
}

/** On a metered network it is only seen which wait (SY82). */
function toFiles(state: SyncState): Step {
  return { state: { ...state, phase: 'blobs' }, action: 'blobs' };
}

function agreed(state: SyncState, { now, jitter }: SyncFacts): Step {
  const { on } = state;
  return {
    state: {
      ...state,
      phase: on ? 'waiting' : 'off',
      asked: false,
      allowed: null,
      unanswered: false,
      failures: 0,
      nextTry: on ? now + spread(PAUSE, jitter) : null,
      blocked: null,
      lastSuccess: now,
    },
  };
}

function failed(state: SyncState, failure: Extract<SyncEvent, { event: 'failed' }>['failure'], facts: SyncFacts): Step {
  const { now, jitter } = facts;
  const lastFailure = { at: now, message: failure.message };
  if (failure.kind === 'blocked') {
    const { kind: _kind, ...blocked } = failure;
    return { state: { ...block(state, blocked), lastFailure } };
  }
  const failures = state.failures + 1;
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - 1, 20));
  const base = { ...state, asked: false, unanswered: false, allowed: null, lastFailure };
  if (!state.on) return { state: { ...base, phase: 'off', failures: 0, nextTry: null } };
  return { state: { ...base, phase: 'waiting', failures, nextTry: now + spread(wait, jitter) } };
}

function block(state: SyncState, blocked: Blocked): SyncState {
  return { ...state, phase: 'blocked', blocked, asked: false, unanswered: false, allowed: null, nextTry: null };
}

function isBusy(phase: Phase): boolean {
  return phase !== 'off' && phase !== 'waiting' && phase !== 'blocked';
}

/** What asking again does not change: the rest is tried again when somebody asks. */
function needsPerson(blocked: Blocked | null): boolean {
  return blocked !== null && ['brake', 'wiped', 'fork'].includes(blocked.reason);
}

function spread(wait: number, jitter: number): number {
  return Math.round(wait * (1 - SPREAD * jitter));
}
