import { type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import type { RecordOf } from '#core/desk/records.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change, RecordType } from '#core/store/contract.ts';
import { type ConflictSides, conflictOf, type Sides } from './conflicts.ts';
import type { ConflictChoice, ConflictWhy } from './contract.ts';
import { withFields } from './fields.ts';

export interface ResolutionWish {
  readonly choice: ConflictChoice['choice'];
  /** By record, the paths to take from one's own. */
  readonly fields?: readonly { readonly type: string; readonly locator: string; readonly paths: readonly string[] }[];
}

/** Members that say what was worked out: nobody worked out what is put together here (SY27). */
const WORKED_OUT = ['price', 'underwriting', 'worksheet', 'effect', 'gross', 'run', 'basedOn', 'revision', 'billing'];

/**
 * Resolves a conflict by a command (SY30): keeps what stands, or writes one's own over it as a whole or field by field. The
 * resolution is an entry like any other, which the authority judges again.
 * Throws `not-found`, `wrong-state` where it is resolved, or where one's own has to be made again by hand.
 */
export function resolveConflict(desk: Desk, caller: Caller, locator: string, wish: ResolutionWish): ConflictSides {
  const conflict = conflictOf(desk, locator);
  const { record, version, sides, choices } = conflict;
  if (record.state === 'resolved')
    throw new Problem('wrong-state', 'This conflict is resolved already.', { place: { locator } });
  const { choice } = wish;
  const advice = choices.find((one) => one.choice === choice);
  if (!advice?.possible)
    throw new Problem('wrong-state', WORDS[advice?.why ?? 'make-it-again'], { place: { locator } });
  const at = desk.now();
  const changes = choice === 'theirs' ? [] : sides.flatMap((side) => changeOf(desk, side, wish, at));
  if (choice === 'fields' && changes.length === 0)
    throw new Problem('malformed-request', 'Name at least one field that is taken from your own, or keep what stands.');
  const resolution = { choice, by: caller.actor.user, at };
  commit(desk, caller, {
    name: 'conflict.resolve',
    arguments: { conflict: locator, choice },
    changes: [...changes, write('conflict', locator, version, { ...record, state: 'resolved', resolution })],
    result: locator,
    request: { locator, ...wish },
  });
  return conflictOf(desk, locator);
}

function changeOf(desk: Desk, side: Sides, { choice, fields = [] }: ResolutionWish, at: number): readonly Change[] {
  const { type, locator, theirs, mine } = side;
  if (!mine) return [];
  const paths = fields.find((one) => one.type === type && one.locator === locator)?.paths ?? [];
  const wrong = choice === 'fields' ? paths.find((path) => !side.fields.some((one) => one.path === path)) : undefined;
  if (wrong !== undefined)
    throw new Problem('malformed-request', `${wrong} of ${side.title} is no field in which both sides differ.`, {
      place: { locator, field: wrong },
    });
  if (choice === 'fields' && paths.length === 0) return [];
  const next = choice === 'fields' && theirs ? withFields(theirs, mine, paths) : mine;
  const record: JsonObject = Object.fromEntries(
    Object.entries({ ...next, ...('updatedAt' in next && { updatedAt: at }) }).filter(
      ([name]) => !WORKED_OUT.includes(name),
    ),
  );
  const base = desk.store.get(type, locator)?.version ?? 0;
  return [write(type, locator, base, record as RecordOf<RecordType>, personOf(side, record))];
}

function personOf({ type, locator }: Sides, record: JsonObject): string | undefined {
  if (type === 'policyholder') return locator;
  return typeof record.policyholderLocator === 'string' ? record.policyholderLocator : undefined;
}

const WORDS: Readonly<Record<ConflictWhy, string>> = {
  same: 'Both sides are the same: keep what stands.',
  'keep-what-stands': 'Keep what stands.',
  'put-mine-on-top': 'A field can only be chosen where both sides have the record: put your own on top as a whole.',
  'choose-by-field': 'Choose by field.',
  'make-it-again':
    'What stands is issued or decided, and is never written over: make the change again on the policy as it stands now, then keep what stands here.',
  gone: 'What this was a change of is gone: keep what stands, and make anew what is still needed.',
  'after-the-first': 'This rests on work that was refused too: resolve that one first.',
};
