import type * as z from 'zod';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import { type EntryBody, parseBody, unpacked } from '#core/store/entry.ts';
import { openedWith, type Seal, sealedWith } from '#core/store/personal.ts';
import type {
  IncomingEffect,
  IncomingItem,
  OutgoingEntry,
  PersonKey,
  SnapshotPage,
} from '#core/store/replica/replication-contract.ts';
import { isReplicated } from '#core/store/replica/scope.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import type { PushAnswer } from '#core/sync/protocol.ts';
import { type Answer, Authority } from './authority.ts';
import { nameOf } from './records.ts';

interface Kept {
  readonly body: EntryBody;
  readonly packed: Uint8Array;
}

/** A cloud in memory that takes and gives what crosses the wire: the authority with sealed entries, and the keys of persons. */
export class SmallCloud {
  readonly authority = new Authority();
  readonly #entries = new Map<string, Kept>();
  readonly #keys = new Map<string, PersonKey>();
  readonly #erased = new Set<string>();
  readonly #random: RandomBytes;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  push(device: string, entries: readonly OutgoingEntry[]): z.infer<typeof PushAnswer> {
    this.authority.enrol(device, undefined);
    const answers: z.infer<typeof PushAnswer>['answers'][number][] = [];
    for (const entry of entries) {
      const answer = this.#pushOne(device, entry);
      if (answer.answer === 'gap') answers.push({ answer: 'gap', sequence: entry.sequence, expected: answer.expected });
      else if (answer.answer === 'fork') answers.push({ answer: 'fork', sequence: entry.sequence });
      else if (answer.answer !== 'turned-away') answers.push(answer);
      if (answer.answer === 'gap' || answer.answer === 'fork') break;
    }
    return { answers, position: this.authority.log.length };
  }

  #pushOne(device: string, { sequence, id, hash, seen, bases, keys, body: packed }: OutgoingEntry): Answer {
    const body = parseBody(unpacked(packed));
    for (const key of keys) if (key.key !== '' && !this.#erased.has(key.person)) this.#keys.set(key.id, key);
    const { previousHash, command, user, at } = body;
    const changes = body.changes.flatMap((change, i) => {
      const { type, locator, version, record, seal } = change;
      if (!isReplicated(change)) return [];
      const open = record && seal ? this.#open(record, seal) : record;
      return [{ type, locator, version, base: bases[i] ?? null, record: open }];
    });
    const entry: PushedEntry = { device, sequence, id, hash, previousHash, seen, command, user, at, changes };
    const answer = this.authority.push(entry);
    if (answer.answer !== 'gap' && answer.answer !== 'fork') this.#entries.set(id, { body, packed });
    if (command === 'person.erase' && answer.answer === 'accepted') {
      const person = String(body.arguments.person);
      this.#erased.add(person);
      for (const [key, one] of this.#keys) if (one.person === person) this.#keys.delete(key);
    }
    return answer;
  }

  pull(device: string, after: number, count: number): readonly IncomingItem[] {
    return this.authority.pull(after, count).map(({ item }) => {
      const kept = this.#entries.get(item.id);
      if (!kept) throw new Error('an item of nothing');
      const effects = item.effects.map((effect): IncomingEffect => {
        const { record: _inEntry, ...bare } = effect;
        if (effect.from === 'entry') return bare;
        if (effect.from !== 'merge' || !effect.record) return effect;
        const seal = kept.body.changes.find((change) => nameOf(change) === nameOf(effect))?.seal;
        const key = seal && this.#keys.get(seal.key);
        if (!key) return { ...effect, schema: 0 };
        const sealed = sealedWith(
          effect.record,
          seal,
          { id: key.id, key: Buffer.from(key.key, 'base64') },
          this.#random,
        );
        return { ...effect, record: sealed.value, seal: sealed.seal, schema: 0 };
      });
      const keys = [...this.#keys.values()].filter(({ id }) => unpacked(kept.packed).includes(id));
      return { ...item, effects, keys, body: item.device === device ? new Uint8Array() : kept.packed };
    });
  }

  /** The heads as they are now, in pages. */
  snapshot(after: string | undefined, size: number): SnapshotPage {
    const heads = [...this.authority.heads].reverse();
    const from = Number(after ?? 0);
    const page = heads.slice(from, from + size).map(([name, { version, etag, record }]) => {
      const [type = '', locator = ''] = name.split(' ');
      const key = { type: type as 'policy', locator, version, etag, schema: 0, keys: [] as PersonKey[] };
      return { ...key, body: record ? Buffer.from(canonicalJson(record)) : new Uint8Array() };
    });
    const next = from + size < heads.length ? { next: String(from + size) } : {};
    return { at: this.authority.log.length, total: heads.length, records: page, ...next };
  }

  #open(record: JsonObject, seal: Seal): JsonObject {
    const key = this.#keys.get(seal.key);
    return openedWith(record, seal, key ? Buffer.from(key.key, 'base64') : null);
  }
}
