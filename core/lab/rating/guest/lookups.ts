import type { TableIndex } from '#core/model/table.ts';
import type { FastTable } from './tables.ts';

/** What a risk looked up while it was priced, each with what came back. */
export interface Lookups {
  readonly tables: readonly string[];
  readonly keys: readonly (string | readonly string[])[];
  readonly times: readonly number[];
  readonly values: readonly (string | null)[];
}
/** More than this is not kept for one risk: it is priced anew then. */
const MOST = 600;

/**
 * Writes down the lookups of one risk after the other. A price is made of the request, the code, the clock, and what was looked up: while
 * all that came back stays the same, so does the price (BR35).
 */
export class LookupRecorder {
  #open = false;
  #whole = true;
  #tables: string[] = [];
  #keys: (string | readonly string[])[] = [];
  #times: number[] = [];
  #values: (string | null)[] = [];

  begin(): void {
    this.#open = true;
    this.#whole = true;
    this.#tables = [];
    this.#keys = [];
    this.#times = [];
    this.#values = [];
  }

  /** @returns undefined when not everything was written down */
  end(): Lookups | undefined {
    this.#open = false;
    if (!this.#whole) return undefined;
    return { tables: this.#tables, keys: this.#keys, times: this.#times, values: this.#values };
  }

  note(table: string, keys: string | readonly string[], time: number | undefined, value: string | null): void {
    if (!this.#open || !this.#whole) return;
    if (time === undefined || this.#tables.length >= MOST) {
      this.#whole = false;
      return;
    }
    this.#tables.push(table);
    this.#keys.push(typeof keys === 'string' ? keys : [...keys]);
    this.#times.push(time);
    this.#values.push(value);
  }

  /** Something was asked that is no plain lookup. */
  spoil(): void {
    this.#whole = false;
  }

  /** An index for Liquid whose lookups are written down. */
  noting(name: string, index: TableIndex): TableIndex {
    return {
      source: index.source,
      lookup: (keys, asOf, column) => {
        const result = index.lookup(keys, asOf, column);
        if (column === undefined) this.note(name, keys, asOf, result.value);
        else this.spoil();
        return result;
      },
    };
  }
}

/** Whether everything that was looked up in changed tables comes back as it did. */
export function unchanged(
  { tables, keys, times, values }: Lookups,
  changed: ReadonlySet<string>,
  now: ReadonlyMap<string, FastTable>,
): boolean {
  for (let i = 0; i < tables.length; i += 1) {
    const name = tables[i] as string;
    if (!changed.has(name)) continue;
    const key = keys[i] as string | readonly string[];
    const found = now.get(name)?.index.lookup(typeof key === 'string' ? [key] : key, times[i]);
    if (!found || (found.value ?? '') !== (values[i] ?? '')) return false;
  }
  return true;
}
