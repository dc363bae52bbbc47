import { createHash } from 'node:crypto';
import type { Printer } from '#core/documents/contract.ts';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { newLocator, type RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import type { Actor, Change, RecordType, StoredRecord } from '#core/store/contract.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import type { Configurations, Deployed } from './configurations.ts';
import type { ExchangeRepository } from './exchange-repository.ts';
import type { Raters, Vault } from './outside.ts';
import { personalIn, type RecordOf } from './records.ts';
import type { VersionRepository } from './version-repository.ts';

/** What every use case works on: the store, the configurations, the engines' hosts, and the only clock and randomness. */
export interface Desk {
  readonly store: ReplicatedStore;
  readonly configurations: Configurations;
  /** Branches, tags and history of the configurations; absent where nothing is kept. */
  readonly versions?: VersionRepository;
  /** The same, as branches and releases are exchanged with the cloud. */
  readonly exchange?: ExchangeRepository;
  readonly sandbox: Sandbox;
  /** Loaded when the first document is printed; a page that can not be printed rejects with the reason. */
  readonly printer: () => Promise<Printer>;
  /** Whether documents can be printed, as far as is known, and with what or why not. */
  printerStatus(): { readonly available: boolean; readonly detail: string };
  /** `later`: documents are left as a pending job, for a store that is thrown away. */
  readonly documents: 'produce' | 'later';
  /** External raters; by themselves they keep nothing of what was said (core/integrations/exchanges.ts does). */
  readonly raters: Raters;
  readonly vault: Vault;
  /**
   * Asked before a version is deployed or repaired; throws when it must not be. Absent where nobody judges: in a store that is
   * thrown away. @param before the newest version of its products; version 0 without a file where they are new
   */
  readonly judge?: (before: Deployed, next: Configuration) => Promise<void>;
  now(): Millis;
  readonly random: RandomBytes;
  /** The process's own log: no personal data. */
  log(message: string, details?: JsonObject): void;
}

/** Who asks. A client that retries sends the same key again and gets the same answer (`Idempotency-Key`). */
export interface Caller {
  readonly actor: Actor;
  readonly requestKey?: string;
}

/** A new locator: UUID v7 by the desk's clock. */
export function locatorOf(desk: Desk): string {
  return newLocator(desk.now(), desk.random);
}

/** A record, or `not-found` with what was looked for. */
export function need<T extends RecordType>(desk: Desk, type: T, locator: string): Typed<T> {
  const found = look(desk, type, locator);
  if (found) return found;
  throw new Problem('not-found', `There is no ${NAMES[type] ?? type} ${locator}.`, { place: { locator } });
}

/** A record, or undefined. */
export function look<T extends RecordType>(desk: Desk, type: T, locator: string): Typed<T> | undefined {
  return desk.store.get(type, locator) as unknown as Typed<T> | undefined;
}

/** The records whose indexed member has the value (store, J13). */
export function findAll<T extends RecordType>(desk: Desk, type: T, member: string, value: string): readonly Typed<T>[] {
  return desk.store.find(type, member, value) as unknown as readonly Typed<T>[];
}

/** A stored record by its type; the store has validated it on its way in. */
export type Typed<T extends RecordType> = Omit<StoredRecord, 'record'> & { readonly record: RecordOf<T> };

const NAMES: Partial<Record<RecordType, string>> = { auxData: 'auxiliary data' };

/** The change that writes a record; personal members are sealed with the key of `person` (a policyholder's locator). */
export function write<T extends RecordType>(
  type: T,
  locator: string,
  base: number,
  record: RecordOf<T>,
  person?: string,
): Change {
  const personal = person === undefined ? undefined : personalIn(type, person, record);
  return { type, locator, base, record: record as JsonObject, ...(personal ? { personal } : {}) };
}

export interface Done {
  readonly name: string;
  /** Locators and choices: no personal data. */
  readonly arguments: JsonObject;
  /** Commit of the configuration it ran under. */
  readonly configuration?: string;
  readonly changes: readonly Change[];
  /** Locator of what the client gets as its answer. */
  readonly result: string;
  /** The request as it came, to tell a retry from another request with the same key; default the result's locator. */
  readonly request?: unknown;
}

/** Commits one command of a caller, with the mark that lets a retry find its answer. Durable when it returns. */
export function commit(desk: Desk, caller: Caller, done: Done): void {
  const at = desk.now();
  const mark =
    caller.requestKey === undefined
      ? []
      : [
          write('setting', requestMark(caller.requestKey), 0, {
            command: done.name,
            request: fingerprint(done.request ?? done.result),
            result: done.result,
            at,
          }),
        ];
  desk.store.commit(
    {
      name: done.name,
      version: 1,
      arguments: done.arguments,
      actor: caller.actor,
      at,
      ...(done.configuration === undefined ? {} : { configuration: done.configuration }),
    },
    [...done.changes, ...mark],
  );
}

/**
 * What a command with this request key answered before, if it did.
 * Throws `wrong-state` when the key was used for something else.
 */
export function answeredBefore(desk: Desk, caller: Caller, command: string, request: unknown): string | undefined {
  if (caller.requestKey === undefined) return undefined;
  const mark = desk.store.get('setting', requestMark(caller.requestKey))?.record;
  if (!mark) return undefined;
  if (mark.command === command && mark.request === fingerprint(request)) return String(mark.result);
  throw new Problem(
    'wrong-state',
    `The idempotency key was used before for another request (${String(mark.command)}): send a new key with a new request.`,
  );
}

function requestMark(key: string): string {
  return `request:${createHash('sha256').update(key).digest('hex')}`;
}

function fingerprint(request: unknown): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}
