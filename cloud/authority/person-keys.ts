import type { JsonObject } from '#core/model/json.ts';
import { openedWith, type Seal } from '#core/store/personal.ts';
import type { Scope } from '../database/scope.ts';
import type { MasterKey } from './master-key.ts';

/** A key of a person; null: erased. */
export interface PersonKey {
  readonly id: string;
  readonly person: string;
  readonly key: Uint8Array | null;
}
export type PersonKeys = ReadonlyMap<string, PersonKey>;

/** The keys of these ids that the tenant has. */
export async function loadKeys(scope: Scope, master: MasterKey, ids: Iterable<string>): Promise<PersonKeys> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await scope.rows<{ id: string; person: string; key: Uint8Array | null }>(
    'keys',
    `SELECT k.* FROM unnest($2::text[]) AS w (id)
     CROSS JOIN LATERAL (SELECT id, person, key FROM person_key WHERE tenant = $1 AND id = w.id LIMIT 1) k`,
    [wanted],
  );
  return new Map(
    rows.map(({ id, person, key }) => [id, { id, person, key: key && master.unwrap(key, place(scope, id)) }]),
  );
}

/** Keeps keys that came for the first time; one that is there, or was erased, stays as it is. */
export async function keepKeys(scope: Scope, master: MasterKey, keys: Iterable<PersonKey>): Promise<void> {
  const made = [...keys].map(({ id, person, key }) => ({
    id,
    person,
    key: key && master.wrap(key, place(scope, id)),
  }));
  if (made.length === 0) return;
  await scope.rows(
    'keep-keys',
    `INSERT INTO person_key (tenant, id, person, key)
     SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING`,
    [made.map(({ id }) => id), made.map(({ person }) => person), made.map(({ key }) => key)],
  );
}

/** Those of these persons that were forgotten: keys that still arrive are not kept (SY22). */
export async function erasedAmong(scope: Scope, persons: readonly string[]): Promise<ReadonlySet<string>> {
  if (persons.length === 0) return new Set();
  const rows = await scope.rows<{ person: string }>(
    'erased',
    'SELECT person FROM erased_person WHERE tenant = $1 AND person = ANY($2)',
    [persons],
  );
  return new Set(rows.map(({ person }) => person));
}

/** Throws a person's keys away for good. @param person locator of the policyholder */
export async function erasePerson(scope: Scope, person: string): Promise<void> {
  await Promise.all([
    scope.rows('forget', 'INSERT INTO erased_person (tenant, person) VALUES ($1, $2) ON CONFLICT DO NOTHING', [person]),
    scope.rows('erase', 'UPDATE person_key SET key = NULL WHERE tenant = $1 AND person = $2', [person]),
  ]);
}

/** Opens a value with its seal; `own`: in itself, because nobody else has it. */
export type Open = (value: JsonObject, seal: Seal, own?: 'own') => JsonObject;

/** Opens with the keys at hand. Throws where one is missing: it should have come with the entry. */
export function opener(keys: PersonKeys): Open {
  return (value, seal, own) => {
    const found = keys.get(seal.key);
    if (!found) throw new Error(`The key ${seal.key} is not known.`);
    // Erasing a person must reach everything that is sealed in that name.
    if (found.person !== seal.person) throw new Error(`The key ${seal.key} is somebody else's.`);
    return openedWith(value, seal, found.key, own);
  };
}

function place({ tenant }: Scope, id: string): string {
  return `${tenant} ${id}`;
}
