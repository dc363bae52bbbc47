import type { Place } from '#core/model/problem.ts';
import type { PageBlocks } from './blocks.ts';
import type { FilterState } from './filters.ts';

/** A token of liquidjs: where it begins in which file. */
export interface At {
  readonly begin: number;
  readonly file?: string;
}

export interface Warning {
  readonly message: string;
  readonly place: Place;
}

const MOST_WARNINGS = 100;

/** One rendering that is going on: what its filters see, and what they leave behind. */
export class Run implements FilterState, PageBlocks {
  readonly clock: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly tables: FilterState['tables'];
  readonly policyholder: unknown;
  decision: FilterState['decision'];
  inBlock = false;
  header?: string;
  footer?: string;
  /** The filter that is being evaluated. */
  at: At | undefined;
  readonly warnings: Warning[] = [];
  readonly #seen = new Set<string>();
  readonly #place: (at: At | undefined) => Place;
  readonly #output: number;
  #characters = 0;

  constructor(
    given: Pick<FilterState, 'clock' | 'timeZone' | 'currency' | 'tables' | 'policyholder'>,
    output: number,
    place: (at: At | undefined) => Place,
  ) {
    this.clock = given.clock;
    this.timeZone = given.timeZone;
    this.currency = given.currency;
    this.tables = given.tables;
    this.policyholder = given.policyholder;
    this.#output = output;
    this.#place = place;
  }

  warn(message: string): void {
    this.warnAt(message, this.#place(this.at));
  }
  warnAt(message: string, place: Place): void {
    const key = `${message}\n${place.file}:${place.line}:${place.column}`;
    if (this.#seen.has(key) || this.warnings.length >= MOST_WARNINGS) return;
    this.#seen.add(key);
    this.warnings.push({ message, place });
  }
  /** Counts what is printed, also into captures. @throws when it is more than a document may print */
  printed(text: string): string {
    this.#characters += text.length;
    if (this.#characters > this.#output)
      throw new Error(`the document prints more than ${this.#output.toLocaleString('en-US')} characters`);
    return text;
  }
}
