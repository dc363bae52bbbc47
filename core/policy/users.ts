import { Problem } from '#core/model/problem.ts';
import type { Actor } from '#core/store/contract.ts';
import { type Desk, locatorOf, look, write } from './desk.ts';

const LOCAL_USER = 'local-user';

/** The person at this workbench, chosen at the first start; undefined before that. Every write has an author. */
export function localUser(desk: Desk): Actor | undefined {
  const chosen = look(desk, 'setting', LOCAL_USER)?.record.user;
  const user = typeof chosen === 'string' ? look(desk, 'user', chosen)?.record : undefined;
  return user && { user: user.locator, name: user.name };
}

/** Says who works here: finds the user of that name or makes one, and makes it the local user. */
export function chooseUser(desk: Desk, given: string): Actor {
  const name = given.trim();
  if (name === '' || name.length > 200)
    throw new Problem('invalid-fields', 'Say your name, in up to 200 characters.', {
      fieldErrors: [
        { fieldName: 'name', code: name === '' ? 'MISSING' : 'INVALID_VALUE', message: 'A name is needed.' },
      ],
    });
  const setting = look(desk, 'setting', LOCAL_USER);
  const known = desk.store.find('user', 'name', name)[0]?.locator;
  if (known !== undefined && setting?.record.user === known) return { user: known, name };
  const locator = known ?? locatorOf(desk);
  const at = desk.now();
  const actor = { user: locator, name };
  desk.store.commit({ name: 'user.choose', version: 1, arguments: { user: locator }, actor, at }, [
    ...(known === undefined ? [write('user', locator, 0, { locator, name, createdAt: at })] : []),
    write('setting', LOCAL_USER, setting?.version ?? 0, { user: locator }),
  ]);
  return actor;
}
