import type { Desk } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import type { Replication } from '#core/store/replica/replication-contract.ts';
import { agreedUpTo, type SetBack } from '../set-back.ts';

/** Marks of the store: what it was told that its cloud went through, what going back did last, and whom it has to forget again (J68). */
const SET_BACKS = 'set-backs';
const STATEMENT = 'set-back';
const ERASE_AGAIN = 'erase-again';

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

/** Goes back to where this device and its cloud are the same (SY97), in one transaction with the note of what it was told. */
export function goBack(desk: Desk, told: readonly SetBack[]): void {
  const { replication } = desk.store;
  const known = knownSetBacks(replication);
  const to = agreedUpTo(known, told);
  if (to === undefined) return;
  const note = { name: SET_BACKS, value: JSON.stringify(told) };
  const { position = 0, snapshot } = replication.status() ?? {};
  if (position <= to && (snapshot?.at ?? 0) <= to) {
    // It had met nothing of what was lost.
    replication.setMark(note.name, note.value);
    return;
  }
  const { again, lost } = replication.rewind(to, note);
  // The earliest: so far back it may meet other work than it knew.
  const at = Math.min(...told.filter(({ id }) => !known.some((one) => one.id === id)).map((one) => one.at));
  replication.setMark(STATEMENT, JSON.stringify({ at, again, lost } satisfies SetBackStatement));
  // What both sides agreed upon of branches is forgotten: one that the cloud does not have any more was not given up.
  replication.setMark('branches', '{}');
  desk.log('The cloud was set back', { to, again, lost });
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
