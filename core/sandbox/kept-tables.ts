import type { LookupResult, TableSource } from '#core/model/table.ts';
import type { Program } from './contract.ts';
import { questionKey } from './guest/asked-table.ts';
import { LargeTable } from './large-table.ts';
import type { ProgramText, TableAnswer, TableQuestion } from './messages.ts';

/** Tables with more rows than these are not sent to hosts: what is looked up in them is (SPEC.md, S50). */
export const LARGE_TABLE = 20_000;
/** A run that asks for more gets the tables whole: it goes through them rather than looks something up. */
const MOST_ASKED = 10_000;
/** Answers of the runs before that are sent along: most runs ask for what the others asked for. */
const MOST_RECENT = 500;

/** The large tables of a program, which stay in this process, and what was looked up in them lately. */
export class KeptTables {
  readonly #program: Program;
  readonly #large = new Map<string, LargeTable>();
  readonly #recent = new Map<string, TableAnswer>();

  /** @param least rows of a table that stays here */
  constructor(program: Program, least: number) {
    this.#program = program;
    for (const [name, table] of Object.entries(program.tables))
      if (table.rows.length > least) this.#large.set(name, new LargeTable(table, program.timeZone));
  }

  get none(): boolean {
    return this.#large.size === 0;
  }

  /** The program as it crosses to a host; its large tables without their rows, or whole. */
  text(whole: boolean): ProgramText {
    const tables = Object.entries(this.#program.tables).map(([name, table]) => [
      name,
      JSON.stringify(!whole && this.#large.has(name) ? askedTable(table) : table),
    ]);
    return { ...this.#program, tables: Object.fromEntries(tables) };
  }

  /** What one run is told: all that it asked for so far, and what others asked for lately. */
  run(): KeptRun {
    return new KeptRun(this.#recent, (question) => this.#answer(question));
  }

  #answer(question: TableQuestion): LookupResult | undefined {
    return this.#large.get(question.table)?.answer(question);
  }
}

/** A run that is repeated until nothing is left that it asked for. */
class KeptRun {
  readonly #recent: Map<string, TableAnswer>;
  readonly #answer: (question: TableQuestion) => LookupResult | undefined;
  readonly #own = new Map<string, TableAnswer>();

  constructor(recent: Map<string, TableAnswer>, answer: (question: TableQuestion) => LookupResult | undefined) {
    this.#recent = recent;
    this.#answer = answer;
  }

  /** JSON text of the answers. */
  text(): string {
    const told = new Map([...this.#recent, ...this.#own]);
    return told.size === 0 ? '' : JSON.stringify([...told.values()]);
  }

  /**
   * @param text JSON of the questions that a host could not answer
   * @returns false when this run should have the tables whole
   */
  learn(text: string): boolean {
    const before = this.#own.size;
    for (const question of JSON.parse(text) as TableQuestion[]) {
      const result = this.#answer(question);
      if (!result) return false;
      const key = questionKey(question);
      const answer = { ...question, result };
      this.#own.set(key, answer);
      this.#recent.delete(key);
      this.#recent.set(key, answer);
    }
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= MOST_RECENT) break;
      this.#recent.delete(oldest);
    }
    return this.#own.size > before && this.#own.size <= MOST_ASKED;
  }
}

const askedTable = (table: TableSource): TableSource & { readonly asked: true } => ({
  ...table,
  rows: [],
  lines: [],
  asked: true,
});
