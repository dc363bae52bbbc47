import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { newLocator, type RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change, Command, JournalEntry, Personal, RecordType } from './contract.ts';
import type { Connection } from './database.ts';
import {
  type BodyChange,
  changeText,
  type EntryBody,
  entryText,
  hashOf,
  NO_HASH,
  packed,
  parseBody,
  unpacked,
} from './entry.ts';
import { emptied, type PersonKeys, type PersonReader } from './personal.ts';
import { type Records, schemaOf, type Upgrades, type Validators } from './records.ts';
import type { ReplicaCommits } from './replica/commits.ts';
import type { Outcome } from './replica/contract.ts';
import { contentOf, effectsOf } from './replica/effects.ts';
import { FORMER } from './replica/identity.ts';
import { type Risks, readerOver } from './risks.ts';

export interface JournalOptions {
  /** The identity of this store: it may change (replica/identity.ts). */
  device(): string;
  readonly engine: string;
  readonly validators: Validators;
  readonly upgrades: Upgrades;
  now(): number;
  readonly random: RandomBytes;
  /** What a store with a cloud keeps of a commit, inside its transaction. */
  readonly replica: ReplicaCommits;
}
/** A row of the journal's table. */
export interface JournalRow {
  readonly position: number;
  readonly id: string;
  readonly device: string;
  readonly sequence: number;
  readonly hash: string;
  /** See `packed`. */
  readonly body: Uint8Array;
  /** The columns of replication: see migration 0003. */
  readonly log_position: number | null;
  readonly outcome: Outcome | null;
  readonly seen: number | null;
  readonly bases: string | null;
  readonly effects: Uint8Array | null;
  /** See migration 0005. */
  readonly lost: number | null;
}
export interface Journal {
  /** After something else wrote the journal: reads where it has got to. */
  reload(): void;
  commit(command: Command, changes: readonly Change[]): JournalEntry;
  erasePerson(command: Command, person: string): JournalEntry;
  history(type: RecordType, locator: string): readonly JournalEntry[];
}

/** What the next entry continues: the last entry of this device, behind whatever position the journal has reached. */
interface Head {
  readonly position: number;
  readonly sequence: number;
  readonly hash: string;
}
/** A change with everything that will be written for it. */
interface Prepared {
  readonly change: BodyChange;
  /** Canonical text of the record, in the clear. */
  readonly text: string | null;
  /** Canonical text of the change as the entry holds it, sealed. */
  readonly journalText: string;
}

const STEP = 200;

/** The journal: the only way in which anything in the store changes (SPEC J1–J9). */
export function openJournal(
  database: Connection,
  records: Records,
  risks: Risks,
  keys: PersonKeys,
  options: JournalOptions,
): Journal {
  const lastOfDevice = database.prepare<[string], { sequence: number; hash: string }>(
    'SELECT sequence, hash FROM journal WHERE device = ? ORDER BY sequence DESC LIMIT 1',
  );
  const lastPosition = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM journal').pluck();
  const insert = database.prepare(
    `INSERT INTO journal (position, id, device, sequence, hash, body, seen, bases)
     VALUES (@position, @id, @device, @sequence, @hash, @body, @seen, @bases)`,
  );
  const insertChange = database.prepare(
    'INSERT INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  // In the order of the log, then what waits; what was refused changed nothing.
  const history = database.prepare<[string, string], JournalRow>(
    `SELECT j.* FROM journal_change c JOIN journal j ON j.position = c.position
     WHERE c.type = ? AND c.locator = ? AND coalesce(j.outcome, '') <> 'refused'
     ORDER BY j.log_position IS NULL, j.log_position, j.position`,
  );
  const whereItStands = (): Head => {
    const device = options.device();
    // What stands aside follows what the log has: a cloud that was set back may make that wait again in front of it.
    const before = device.endsWith(FORMER) ? lastOfDevice.get(device.slice(0, -FORMER.length)) : undefined;
    return {
      position: lastPosition.get() ?? 0,
      ...(lastOfDevice.get(device) ?? before ?? { sequence: 0, hash: NO_HASH }),
    };
  };
  let head: Head = whereItStands();

  /** Checks one change against what is there and against its type, and seals it (J6, J10, J15). */
  function prepare(change: Change): Prepared {
    const { type, locator } = change;
    const current = records.current(type, locator);
    const base = change.base === 0 && current?.unmade ? current.version : change.base;
    if ((current?.version ?? 0) !== base) throw conflict(change, current?.version ?? 0);
    const { record } = change;
    if (record !== null) validate(change, options.validators);
    const personal = change.personal ?? keptPersonal(current);
    const text = record === null ? null : canonicalJson(record);
    const sealed = record !== null && personal ? keys.seal(record, personal) : undefined;
    const named = {
      type,
      locator,
      base,
      version: base + 1,
      schema: schemaOf(type, options.upgrades),
      ...(sealed && { seal: sealed.seal }),
    };
    const sealedText = sealed ? canonicalJson(sealed.value) : (text ?? 'null');
    return { change: { ...named, record }, text, journalText: changeText(named, sealedText) };
  }

  /** Writes entry and changes; runs inside the transaction. */
  function write(command: Command, prepared: readonly Prepared[]): { entry: JournalEntry; head: Head } {
    const sealed = command.personal && keys.seal(command.arguments, command.personal);
    const next = { position: head.position + 1, sequence: head.sequence + 1 };
    const common = {
      id: newLocator(options.now(), options.random),
      device: options.device(),
      sequence: next.sequence,
      command: command.name,
      commandVersion: command.version,
      user: command.actor.user,
      at: command.at,
      configuration: command.configuration ?? null,
      engine: options.engine,
      previousHash: head.hash,
    };
    const text = entryText(
      { ...common, arguments: sealed?.value ?? command.arguments, ...(sealed && { argumentsSeal: sealed.seal }) },
      prepared.map((item) => item.journalText),
    );
    const hash = hashOf(text);
    const written = prepared.map(({ change }) => change);
    const replicated = options.replica.beforeCommit(written);
    insert.run({ ...next, id: common.id, device: common.device, hash, body: packed(text), ...replicated });
    const policies = risks.concerned(written, readerOver([], records));
    for (const { change, text } of prepared) writeChange(change, text, next.position);
    risks.refresh(policies, readerOver(written, records));
    const changes = written.map(publicChange);
    return { entry: { ...common, arguments: command.arguments, changes, hash }, head: { ...next, hash } };
  }

  function writeChange(change: BodyChange, text: string | null, position: number): void {
    insertChange.run(change.type, change.locator, change.version, position);
    const { type, locator, version, schema, seal } = change;
    const person = seal?.person ?? null;
    const personal = seal ? JSON.stringify(seal.paths) : null;
    const row = { type, locator, version, schema, updated: position, person, personal, record: text, etag: null };
    records.write(row, change.record);
  }

  const commit = database.transaction((command: Command, changes: readonly Change[]) => {
    refuseTwice(changes);
    return write(command, changes.map(prepare));
  });

  const erase = database.transaction((command: Command, person: string) => {
    const changes = records.ofPerson(person).map((found): Change => {
      const { type, locator, version } = found;
      return { type, locator, base: version, record: emptied(found.record, found.paths) };
    });
    // The emptied members hold nothing to seal, so the paths that would be kept are left out here.
    const prepared = changes.map((change): Prepared => {
      const text = canonicalJson(change.record);
      const { type, locator, base, record } = change;
      const version = { type, locator, base, version: base + 1, schema: schemaOf(type, options.upgrades) };
      return { change: { ...version, record }, text, journalText: changeText(version, text) };
    });
    const written = write(command, prepared);
    keys.erase(person);
    options.replica.emptyConfirmed(person);
    return written;
  });

  /** The head moves only after the transaction is durable. */
  function accept(written: { entry: JournalEntry; head: Head }): JournalEntry {
    head = written.head;
    return written.entry;
  }

  return {
    reload() {
      head = whereItStands();
    },
    commit: (command, changes) => accept(commit.immediate(command, changes)),
    erasePerson: (command, person) => accept(erase.immediate(command, person)),
    history: (type, locator) => history.all(type, locator).map((row) => openEntry(row, keys)),
  };
}

/** The journal from behind a position on, in steps that leave the connection free between them. */
export function* journalRows(database: Connection, after: number): Generator<JournalRow> {
  const next = database.prepare<[number, number], JournalRow>(
    'SELECT * FROM journal WHERE position > ? ORDER BY position LIMIT ?',
  );
  let position = after;
  while (true) {
    const step = next.all(position, STEP);
    yield* step;
    const end = step.at(-1);
    if (!end) return;
    position = end.position;
  }
}

/** An entry with its sealed members in the clear, or empty where the person was erased; what the authority merged, merged (SY14). */
export function openEntry(row: JournalRow, keys: PersonReader): JournalEntry {
  const body = parseBody(unpacked(row.body));
  const { format: _format, argumentsSeal: _seal, ...rest } = body;
  const effects = row.outcome === 'merged' ? effectsOf(row) : [];
  const merged = (change: BodyChange): BodyChange | undefined => {
    const { type, locator } = change;
    const effect = effects.find((one) => one.from === 'merge' && one.type === type && one.locator === locator);
    const record = effect && contentOf(effect, row.id, body, row.position, keys.unseal)?.value;
    return effect && record !== undefined ? { ...change, version: effect.version, record } : undefined;
  };
  return {
    ...rest,
    arguments: openArguments(body, keys),
    changes: body.changes.map((change) =>
      publicChange(merged(change) ?? { ...change, record: openRecord(change, keys) }),
    ),
    hash: row.hash,
  };
}

export function openArguments(body: EntryBody, keys: PersonReader): JsonObject {
  return body.argumentsSeal ? keys.unseal(body.arguments, body.argumentsSeal) : body.arguments;
}

/** The record of a change in the clear. */
export function openRecord(change: BodyChange, keys: PersonReader): JsonObject | null {
  return change.record && change.seal ? keys.unseal(change.record, change.seal) : change.record;
}

function publicChange({ type, locator, base, version, record }: BodyChange): JournalEntry['changes'][number] {
  return { type, locator, base, version, record };
}

function validate(change: Change, validators: Validators): void {
  try {
    validators[change.type]?.(change.record);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem('invalid-fields', `${change.type} ${change.locator} was not saved: ${why}`, {
      place: { locator: change.locator },
      cause: error,
    });
  }
}

function keptPersonal(current: { person: string | null; personal: string | null } | undefined): Personal | undefined {
  if (!current?.person || current.personal === null) return undefined;
  return { person: current.person, paths: JSON.parse(current.personal) as string[] };
}

function conflict(change: Change, version: number): Problem {
  const { type, locator, base } = change;
  return new Problem(
    'version-conflict',
    `${type} ${locator} was changed meanwhile: this was made from version ${base}, it is at ${version}. Nothing was saved. Load it again and repeat the change.`,
    { place: { locator }, details: { type, locator, base, version } },
  );
}

function refuseTwice(changes: readonly Change[]): void {
  const seen = new Set<string>();
  for (const { type, locator } of changes) {
    const name = `${type} ${locator}`;
    if (seen.has(name)) throw new Problem('internal', `A command changes ${name} twice: put both changes into one.`);
    seen.add(name);
  }
}
