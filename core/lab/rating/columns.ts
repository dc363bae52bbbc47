import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { BookColumn } from '../contract.ts';

/** Values of one field that are told apart; beyond them a field is an identifier or an amount, and nothing to group by. */
const MOST_LABELS = 20_000;

/** Collects the fields of a book by dotted name (settled question 13), a code for each risk; '' where a risk has no value. */
export class ColumnCollector {
  readonly #columns = new Map<string, { readonly codes: number[]; readonly labels: Map<string, number> }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Takes the next risk; one that can not be read has no values. @returns its key, where it has one */
  add(text: string): string | undefined {
    this.#size += 1;
    let value: JsonValue;
    try {
      value = JSON.parse(text) as JsonValue;
    } catch {
      return undefined;
    }
    const request = objectOf(value);
    const policy = objectOf(request.policy);
    this.#values('policyholder', objectOf(objectOf(request.policyholder).values));
    this.#entity('policy', policy);
    const counted = new Map<string, number>();
    for (const given of listOf(policy.exposures)) {
      const exposure = objectOf(given);
      const name = String(exposure.exposureName ?? '');
      const index = counted.get(name) ?? 0;
      counted.set(name, index + 1);
      this.#entity(`${name}[${index}]`, exposure);
      for (const peril of listOf(exposure.perils).map(objectOf)) {
        const at = `${name}[${index}].${String(peril.name ?? '')}`;
        this.#set(at, 'yes');
        const { fieldValues, fieldGroups: _, name: __, ...amounts } = peril;
        this.#values(at, objectOf(fieldValues));
        this.#values(at, amounts as JsonObject);
      }
    }
    for (const [name, count] of counted) this.#set(name, String(count));
    const { key } = request;
    return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
  }

  columns(): readonly BookColumn[] {
    return [...this.#columns].map(([name, { codes, labels }]) => {
      const all = new Uint32Array(this.#size);
      all.set(codes);
      return { name, labels: [...labels.keys()], codes: all };
    });
  }

  #entity(at: string, entity: JsonObject): void {
    this.#values(at, objectOf(entity.fieldValues));
    const counted = new Map<string, number>();
    for (const given of listOf(entity.fieldGroups)) {
      const group = objectOf(given);
      const name = String(group.fieldName ?? '');
      const index = counted.get(name) ?? 0;
      counted.set(name, index + 1);
      this.#values(`${at}.${name}[${index}]`, objectOf(group.fieldValues));
    }
  }

  #values(at: string, values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) {
      if (Array.isArray(value)) this.#set(`${at}.${name}`, value.filter((one) => typeof one !== 'object').join('|'));
      else if (value !== null && typeof value !== 'object') this.#set(`${at}.${name}`, String(value));
    }
  }

  #set(name: string, label: string): void {
    let column = this.#columns.get(name);
    if (!column) {
      // Risks before this one have no value.
      column = { codes: [], labels: new Map([['', 0]]) };
      this.#columns.set(name, column);
    }
    const { codes, labels } = column;
    while (codes.length < this.#size - 1) codes.push(0);
    let code = labels.get(label);
    if (code === undefined) {
      if (labels.size >= MOST_LABELS) return;
      code = labels.size;
      labels.set(label, code);
    }
    codes[this.#size - 1] = code;
  }
}

const objectOf = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
