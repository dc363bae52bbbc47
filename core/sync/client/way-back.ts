import type { Desk } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { LoggedEntry, Replication } from '#core/store/replica/replication-contract.ts';
import { type Aside, agreedUpTo, asideOf, goesNow, LETS_GO_FIRST, type SetBack } from '../set-back.ts';

/** Marks of the store: what it was told that its cloud went through, what going back did last, and whom it has to forget again (J68). */
const SET_BACKS = 'set-backs';
const STATEMENT = 'set-back';
const ERASE_AGAIN = 'erase-again';
/** Until when others go first, milliseconds. */
const OTHERS_FIRST = 'others-first';

/** What a person is told once, until it was read. */
export interface SetBackStatement {
  /** The time that the cloud was set back to, milliseconds. */
  readonly at: number;
  /** Entries of this device that are sent again, and of others that stand aside until they come again. */
  readonly again: number;
  readonly lost: number;
}

/** What this device was told that its cloud went through (SY96), oldest first. */
export function knownSetBacks(replication: Pick<Replication, 'mark'>): readonly SetBack[] {
  return JSON.parse(replication.mark(SET_BACKS) || '[]') as readonly SetBack[];
}

/** Goes back to where this device and its cloud are the same (SY97), in one transaction with everything that is noted of it. */
export function goBack(desk: Desk, told: readonly SetBack[]): void {
  const { replication } = desk.store;
  const known = knownSetBacks(replication);
  const to = agreedUpTo(known, told);
  if (to === undefined) return;
  // The earliest: so far back it may meet other work than it knew.
  const at = Math.min(...told.filter(({ id }) => !known.some((one) => one.id === id)).map((one) => one.at));
  const rewound = replication.rewind(to, (done) => ({
    [SET_BACKS]: JSON.stringify(told),
    // What both sides agreed upon of branches is forgotten: one that the cloud does not have any more was not given up.
    branches: '{}',
    ...(done && {
      [STATEMENT]: JSON.stringify({ at, again: done.again, lost: done.lost } satisfies SetBackStatement),
      [OTHERS_FIRST]: String(desk.now() + LETS_GO_FIRST),
    }),
  }));
  if (rewound) desk.log('The cloud was set back', { to, again: rewound.again, lost: rewound.lost });
}

/** Undefined: it was not set back, or that was read. */
export function setBackStatement(replication: Pick<Replication, 'mark'>): SetBackStatement | undefined {
  const text = replication.mark(STATEMENT);
  return text ? (JSON.parse(text) as SetBackStatement) : undefined;
}
export function statementRead(replication: Pick<Replication, 'setMark'>): void {
  replication.setMark(STATEMENT, '');
}

/** Who was forgotten elsewhere, in what was lost, is forgotten again by this device: nobody may ever send that again (SY98). */
export function forgetAgain(desk: Desk): void {
  const { replication } = desk.store;
  const text = replication.mark(ERASE_AGAIN);
  if (!text) return;
  for (const person of JSON.parse(text) as readonly string[]) desk.store.erasePerson(person, WORKBENCH, desk.now());
  replication.setMark(ERASE_AGAIN, '');
}

/** What of this device's work lets that of others go first. */
export interface Holding {
  /** How many of these entries go now, from the first on. */
  goes(ids: readonly string[]): number;
  /** Whether the next entry that waits is held. */
  holds(): boolean;
}
/** So much of others' work is looked at. */
const MOST_ASIDE = 10_000;

export function holding({ store, now }: Desk): Holding {
  const { replication } = store;
  let read: { readonly lost: number; readonly until: number; readonly aside: Aside } | undefined;
  /** Undefined: nobody is waited for. */
  function aside(): Aside | undefined {
    const until = Number(replication.mark(OTHERS_FIRST) || 0);
    // A clock that was set back holds nothing for longer.
    if (now() >= until || now() < until - LETS_GO_FIRST) return undefined;
    const { lost = 0 } = replication.status() ?? {};
    if (lost === 0) return undefined;
    if (read?.lost !== lost || read.until !== until)
      read = { lost, until, aside: asideOf(replication.lost(MOST_ASIDE).map(changed)) };
    return read.aside;
  }
  function goes(ids: readonly string[]): number {
    const before = aside();
    if (!before) return ids.length;
    return goesNow(ids.flatMap((id) => replication.entry(id) ?? []).map(changed), before);
  }
  return {
    goes,
    holds() {
      const next = aside() && replication.waiting(1)[0];
      return next !== undefined && goes([next.id]) === 0;
    },
  };
}

function changed({ command, lostAt, changes }: LoggedEntry): Parameters<typeof goesNow>[0][number] {
  return {
    command,
    lostAt,
    changes: changes.map(({ type, locator, record }) => ({ type, locator, record: record as JsonObject | null })),
  };
}
