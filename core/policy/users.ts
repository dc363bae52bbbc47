import { type Desk, locatorOf, look, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Actor, Change } from '#core/store/contract.ts';

const LOCAL_USER = 'local-user';

/** The person at this workbench, chosen at the first start; undefined before that. Every write has an author. */
export function localUser(desk: Desk): Actor | undefined {
  const chosen = look(desk, 'setting', LOCAL_USER)?.record.user;
  const user = typeof chosen === 'string' ? look(desk, 'user', chosen)?.record : undefined;
  return user && { user: user.locator, name: user.name };
}

/** Says who works here: finds the user of that name or makes one, and makes it the local user. */
export function chooseUser(desk: Desk, given: string): Actor {
  const { actor, made } = userNamed(desk, given);
  const setting = look(desk, 'setting', LOCAL_USER);
  if (setting?.record.user !== actor.user)
    commitUser(desk, 'user.choose', actor, [
      ...made,
      write('setting', LOCAL_USER, setting?.version ?? 0, { user: actor.user }),
    ]);
  return actor;
}

/** The user of that name, made if there is none, for a session of its own: who works at the window stays who they are. */
export function visitingUser(desk: Desk, given: string): Actor {
  const { actor, made } = userNamed(desk, given);
  if (made.length > 0) commitUser(desk, 'user.create', actor, made);
  return actor;
}

function userNamed(desk: Desk, given: string): { readonly actor: Actor; readonly made: readonly Change[] } {
  const name = given.trim();
  if (name === '' || name.length > 200)
    throw new Problem('invalid-fields', 'Say your name, in up to 200 characters.', {
      fieldErrors: [
        { fieldName: 'name', code: name === '' ? 'MISSING' : 'INVALID_VALUE', message: 'A name is needed.' },
      ],
    });
  const known = desk.store.find('user', 'name', name)[0]?.locator;
  if (known !== undefined) return { actor: { user: known, name }, made: [] };
  const locator = locatorOf(desk);
  const made = [write('user', locator, 0, { locator, name, createdAt: desk.now() })];
  return { actor: { user: locator, name }, made };
}

function commitUser(desk: Desk, name: string, actor: Actor, changes: readonly Change[]): void {
  desk.store.commit({ name, version: 1, arguments: { user: actor.user }, actor, at: desk.now() }, changes);
}
