import type { JsonObject } from '#core/model/json.ts';
import type { LogItem, RecordKey } from '#core/store/replica/contract.ts';
import type { Facts, PushedEntry, Verdict } from '#core/sync/contract.ts';
import { judge } from '#core/sync/judge.ts';
import { nameOf, type Table } from './records.ts';

/** How one entry of a push was answered. */
export type Answer =
  | { readonly answer: LogItem['outcome']; readonly sequence: number; readonly position: number }
  | { readonly answer: 'gap'; readonly expected: number }
  | { readonly answer: 'fork' };
export interface Logged {
  readonly item: LogItem;
  readonly entry: PushedEntry;
}

/** The authority's database in memory: what any number of copies of the cloud work on, one transaction after the other. */
export class Authority {
  readonly log: Logged[] = [];
  readonly heads: Table = new Map();
  readonly #chains = new Map<string, { readonly sequence: number; readonly hash: string }>();
  readonly #places = new Map<string, number>();
  readonly #versions = new Map<string, JsonObject | null>();
  readonly #refused = new Map<string, { readonly position: number; readonly conflict: string | null }>();
  readonly #numbers = new Map<string, string>();

  chain(device: string): { readonly sequence: number; readonly hash: string } {
    return this.#chains.get(device) ?? { sequence: 0, hash: '0'.repeat(64) };
  }

  /** One entry in one transaction. */
  push(entry: PushedEntry): Answer {
    const verdict = judge(entry, this.#facts(entry.device));
    if (verdict.kind === 'item') {
      this.#write(entry, verdict);
      return { answer: verdict.item.outcome, sequence: entry.sequence, position: verdict.item.position };
    }
    if (verdict.kind !== 'duplicate')
      return verdict.kind === 'gap' ? { answer: 'gap', expected: verdict.expected } : { answer: 'fork' };
    const position = this.#places.get(`${entry.device} ${entry.sequence}`) ?? 0;
    const outcome = this.log[position - 1]?.item.outcome;
    if (!outcome) throw new Error('a duplicate of nothing');
    return { answer: outcome, sequence: entry.sequence, position };
  }

  pull(after: number, count: number): readonly Logged[] {
    return this.log.slice(after, after + count);
  }

  #facts(device: string): Facts {
    return {
      position: this.log.length,
      chain: this.chain(device),
      hashAt: (sequence) => this.log[(this.#places.get(`${device} ${sequence}`) ?? 0) - 1]?.item.hash,
      head: (key) => this.heads.get(nameOf(key)),
      versionAt: (key, etag) => this.#versions.get(`${nameOf(key)} ${etag}`),
      refused: (of, aggregate) => this.#refused.get(`${of} ${aggregate}`),
      numberOf: (series, number) => this.#numbers.get(`${series} ${number}`),
      granted: (of, _series, number) => number.startsWith(`${of}-`),
      validate: () => undefined,
    };
  }

  #write(entry: PushedEntry, { item, refuses, conflict }: Extract<Verdict, { kind: 'item' }>): void {
    const { device, sequence, hash } = entry;
    this.log.push({ item, entry });
    this.#chains.set(device, { sequence, hash });
    this.#places.set(`${device} ${sequence}`, item.position);
    for (const { type, locator, record } of entry.changes) this.#versions.set(`${type} ${locator} ${entry.id}`, record);
    for (const aggregate of refuses) this.#refused.set(`${device} ${aggregate}`, { position: item.position, conflict });
    for (const { type, locator, from, version, etag, record } of item.effects) {
      const name = nameOf({ type, locator });
      const content = from === 'head' && record === undefined ? this.heads.get(name)?.record : record;
      if (content === undefined) throw new Error(`nothing is known of ${name}`);
      this.heads.set(name, { version, etag, record: content });
      this.#versions.set(`${name} ${etag}`, content);
      const series = type === 'policy' ? (content?.issuedAt === undefined ? undefined : 'policyNumber') : type;
      if (series === 'policyNumber' || series === 'invoice' || series === 'payment')
        this.#numbers.set(`${series} ${content?.displayId}`, locator);
    }
  }

  /** Heads as an independent fold of the log makes them: every effect in order, nothing else (SY2). */
  fold(): Table {
    const table: Table = new Map();
    for (const { item } of this.log)
      for (const effect of item.effects) {
        const name = nameOf(effect);
        const record = effect.record === undefined ? (table.get(name)?.record ?? null) : effect.record;
        table.set(name, { version: effect.version, etag: effect.etag, record });
      }
    return table;
  }

  has(key: RecordKey): boolean {
    return this.heads.has(nameOf(key));
  }
}
