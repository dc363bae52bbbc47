import type { LookupResult, TableIndex } from '#core/model/table.ts';
import type { FastTable } from './tables.ts';

/** What a risk looked up while it was priced, in order: numbers of questions. */
export type Lookups = Uint32Array;

/** Something that was looked up, by whom ever: many risks ask the same. */
interface Question {
  readonly table: string;
  readonly key: string | readonly string[];
  /** At another time than the clock's. */
  readonly dated: boolean;
  readonly time: number;
  /** Liquid is told apart: it hears of nothing where scripts hear ''. */
  readonly byLiquid: boolean;
  readonly id: number;
  /** What comes back as the tables are now; undefined when it can not be looked up. */
  value: string | null | undefined;
  /** The same as Liquid hears it, once it was asked for. */
  answer?: LookupResult | undefined;
}
type Known = Map<string, Known | Question>;

const NO_ROWS: readonly number[] = Object.freeze([]);
/** More than this is not kept for one risk: it is priced anew then. */
const MOST = 600;
/** More different questions are not kept. */
const MOST_QUESTIONS = 3_000_000;

/**
 * Writes down the lookups of one risk after the other. A price is made of the request, the code, the clock, and what was looked up: while
 * all that came back stays the same, so does the price (BR35). A risk that is priced again asks most of what it asked before, in the same
 * order: that is answered from what is written down, which is brought up to date when a table changes.
 */
export class LookupRecorder {
  readonly #questions: Question[] = [];
  /** By table, time and keys. */
  readonly #known = new Map<string, Known>();
  readonly #ofTable = new Map<string, Question[]>();
  /** By question, the number of the last change that it came back differently after. */
  #changedAt = new Uint32Array(1024);
  #changes = 0;
  #open = false;
  #whole = true;
  readonly #asked = new Uint32Array(MOST);
  #count = 0;
  /** What the risk asked last time, as long as it asks the same. */
  #before: Lookups | undefined;

  /** How many changes of tables it knows of. */
  get changes(): number {
    return this.#changes;
  }
  /** Whether something is written down. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** @param before what the risk looked up last time */
  begin(before?: Lookups): void {
    this.#open = true;
    this.#whole = true;
    this.#count = 0;
    this.#before = before;
  }

  /** @returns undefined when not everything was written down */
  end(): Lookups | undefined {
    this.#open = false;
    if (!this.#whole) return undefined;
    if (this.#before && this.#before.length === this.#count) return this.#before;
    this.#leave();
    return this.#asked.slice(0, this.#count);
  }

  /** What comes back to a script where it asks what it asked last time; undefined for anything else. */
  expected(table: string, key: unknown): string | undefined {
    const before = this.#before;
    if (before === undefined || !this.#open || this.#count >= before.length) return undefined;
    const question = this.#questions[before[this.#count] as number] as Question;
    if (question.table !== table || question.dated || question.byLiquid) return undefined;
    if (question.key !== key && !sameKeys(question.key, key)) return undefined;
    const { value } = question;
    if (typeof value !== 'string') return undefined;
    this.#count += 1;
    return value;
  }

  /** @param dated the time is not the clock's */
  note(
    table: string,
    key: string | readonly string[],
    time: number,
    dated: boolean,
    value: string | null,
    byLiquid = false,
  ): void {
    if (!this.#open || !this.#whole) return;
    if (this.#count >= MOST || this.#questions.length >= MOST_QUESTIONS) {
      this.spoil();
      return;
    }
    const { id } = this.#question(table, key, time, dated, value, byLiquid);
    if (this.#before && this.#before[this.#count] !== id) this.#leave();
    if (!this.#before) this.#asked[this.#count] = id;
    this.#count += 1;
  }

  /** Something was asked that is no plain lookup. */
  spoil(): void {
    this.#whole = false;
    this.#before = undefined;
  }

  /** Nothing that is known stays true. */
  forget(): void {
    this.#questions.length = 0;
    this.#known.clear();
    this.#ofTable.clear();
    this.#changedAt.fill(0);
    this.#changes = 0;
  }

  /** Cells of a table changed: asks again what was asked of it. */
  changed(table: string, now: FastTable): void {
    this.#changes += 1;
    for (const question of this.#ofTable.get(table) ?? []) {
      const value = askedAgain(question, now);
      if (value === question.value) continue;
      question.value = value;
      question.answer = undefined;
      this.#changedAt[question.id] = this.#changes;
    }
  }

  /** Whether all of them come back as they did after that many changes. */
  unchanged(lookups: Lookups, since: number): boolean {
    if (since === this.#changes) return true;
    const at = this.#changedAt;
    for (let i = 0; i < lookups.length; i += 1) if ((at[lookups[i] as number] as number) > since) return false;
    return true;
  }

  /** An index for Liquid whose lookups are written down. */
  noting(name: string, index: TableIndex): TableIndex {
    return {
      source: index.source,
      lookup: (keys, asOf, column) => {
        if (!this.#open) return index.lookup(keys, asOf, column);
        const known = column === undefined ? this.#expectedOfLiquid(name, keys, asOf) : undefined;
        if (known) return known;
        const result = index.lookup(keys, asOf, column);
        if (column === undefined && asOf !== undefined)
          this.note(name, keys.length === 1 ? (keys[0] ?? '') : [...keys], asOf, true, result.value, true);
        else this.spoil();
        return result;
      },
    };
  }

  /** What comes back to Liquid where it asks what it asked last time; no worksheet is written here, so only the value counts. */
  #expectedOfLiquid(table: string, keys: readonly string[], asOf: number | undefined): LookupResult | undefined {
    const before = this.#before;
    if (before === undefined || this.#count >= before.length) return undefined;
    const question = this.#questions[before[this.#count] as number] as Question;
    if (!question.byLiquid || question.table !== table || question.time !== asOf) return undefined;
    if (question.key !== keys[0] || keys.length !== 1) if (!sameKeys(question.key, keys)) return undefined;
    const { value } = question;
    if (typeof value !== 'string') return undefined;
    this.#count += 1;
    question.answer ??= { found: true, value, rows: NO_ROWS };
    return question.answer;
  }

  /** From here on it asks something else. */
  #leave(): void {
    if (this.#before) this.#asked.set(this.#before.subarray(0, this.#count));
    this.#before = undefined;
  }

  #question(
    table: string,
    key: string | readonly string[],
    time: number,
    dated: boolean,
    value: string | null,
    byLiquid: boolean,
  ): Question {
    const root = `${byLiquid ? 'liquid' : 'script'} ${dated ? time : 'now'} ${table}`;
    let level = this.#known.get(root);
    if (!level) {
      level = new Map();
      this.#known.set(root, level);
    }
    // A text, and a list of one text, are told apart.
    let last = `.${key}`;
    if (typeof key !== 'string') {
      for (let i = 0; i < key.length - 1; i += 1) level = below(level, `+${key[i]}`);
      last = key.length === 0 ? '0' : `=${key[key.length - 1]}`;
    }
    const found = level.get(last);
    if (found && !(found instanceof Map)) return found;
    const id = this.#questions.length;
    const made: Question = { table, key, dated, time, byLiquid, id, value };
    this.#questions.push(made);
    level.set(last, made);
    const all = this.#ofTable.get(table);
    if (all) all.push(made);
    else this.#ofTable.set(table, [made]);
    if (id >= this.#changedAt.length) {
      const larger = new Uint32Array(this.#changedAt.length * 2);
      larger.set(this.#changedAt);
      this.#changedAt = larger;
    }
    return made;
  }
}

function below(level: Known, key: string): Known {
  let next = level.get(key);
  if (!(next instanceof Map)) {
    next = new Map();
    level.set(key, next);
  }
  return next;
}

function sameKeys(known: Question['key'], given: unknown): boolean {
  if (typeof known === 'string' || !Array.isArray(given) || given.length !== known.length) return false;
  for (let i = 0; i < known.length; i += 1) if (known[i] !== given[i]) return false;
  return true;
}

function askedAgain({ key, time, byLiquid }: Question, now: FastTable): string | null | undefined {
  try {
    if (byLiquid) return now.index.lookup(typeof key === 'string' ? [key] : key, time).value;
    return typeof key === 'string' ? now.one(key, time) : now.of(key, time);
  } catch {
    return undefined;
  }
}
