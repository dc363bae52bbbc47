import type { JsonValue } from '#core/model/json.ts';
import type { LookupResult } from '#core/model/table.ts';
import type { AskedPart, BranchStep, WorksheetStep } from '#core/model/worksheet.ts';
import { isNumberText, isObject, type Kit, LIMITS, textOf, type Value } from './kit.ts';

/** The worksheet of one run, in order. Both evaluators call it at the same moments (rules L70–L79). */
export class RunTrace {
  readonly steps: WorksheetStep[] = [];
  /** How many branches that were taken stand around the work at hand: both evaluators keep it. */
  depth = 0;
  #asked: AskedPart[] = [];
  #reads: string[] = [];
  readonly #file: string;
  readonly #kit: Kit;

  constructor(file: string, kit: Kit) {
    this.#file = file;
    this.#kit = kit;
  }

  #push(step: WorksheetStep, line: number): void {
    if (this.steps.length > LIMITS.steps) return;
    if (this.steps.length === LIMITS.steps) {
      this.steps.push({ kind: 'warning', message: `the worksheet ends here: more than ${LIMITS.steps} steps` });
      return;
    }
    this.steps.push({ ...step, place: { file: this.#file, line } });
  }

  /** @returns the value, so that it can stand inside an expression; so do `operand` and `rounded`. */
  input(path: string, value: Value, line: number): Value {
    this.#push({ kind: 'input', path, value: jsonOf(value, this.#kit) }, line);
    this.#reads.push(path);
    return value;
  }
  assign(name: string, value: Value, expression: string | undefined, line: number): void {
    this.#push({ kind: 'assign', name, value: jsonOf(value, this.#kit), ...(expression && { expression }) }, line);
  }
  /** A condition begins: what was read until now does not belong to it. */
  begin(): void {
    this.#reads = [];
  }
  /** A part of the condition that is being asked, with its sides (one where nothing is compared); belongs to the next `branch`. */
  part(text: string, sides: readonly [left: Value, right?: Value], holds: boolean): boolean {
    const [left, right] = sides.map((side) => jsonOf(side, this.#kit));
    const reads = this.#reads.length > 0 ? { reads: this.#reads } : {};
    this.#asked.push({ text, holds, left: left ?? null, ...(sides.length > 1 && { right: right ?? null }), ...reads });
    this.#reads = [];
    return holds;
  }
  /** @param would the calls in a branch that is not taken */
  branch(condition: string, taken: boolean, line: number, would: BranchStep['would'] = []): boolean {
    const asked = this.#asked.length > 0 ? { asked: this.#asked } : {};
    const missed = !taken && would.length > 0 ? { would } : {};
    this.#push({ kind: 'branch', condition, taken, ...this.#depth(), ...asked, ...missed }, line);
    this.#asked = [];
    return taken;
  }
  set(filter: string, value: JsonValue, args: readonly JsonValue[], line: number): void {
    this.#push({ kind: 'set', filter, value, arguments: args, ...this.#depth() }, line);
  }
  #depth(): { readonly depth?: number } {
    return this.depth > 0 ? { depth: this.depth } : {};
  }
  lookup(table: string, keys: readonly string[], result: LookupResult, line: number): void {
    const { found, value, rows, why } = result;
    this.#push({ kind: 'lookup', table, keys, found, value, rows, ...(why !== undefined && { why }) }, line);
  }
  rounded(what: string, from: Value, to: Value, decimals: Value, line: number): Value {
    const places = this.#kit.integer(decimals) ?? 0;
    const [before, after] = [textOf(from, this.#kit), textOf(to, this.#kit)];
    this.#push({ kind: 'round', what, from: before, to: after, decimals: places }, line);
    return to;
  }
  warn(message: string, line: number): void {
    this.#push({ kind: 'warning', message }, line);
  }
  failure(message: string, line: number): void {
    this.steps.push({ kind: 'failure', message, place: { file: this.#file, line } });
  }

  /** An operand of an arithmetic filter: says so when it counts as 0 although it is no 0 (formats §8.1: silent zero pricing). */
  operand(value: Value, filter: string, line: number): Value {
    if (value === null || value === undefined) this.warn(`${filter}: a value is missing (nil) and counts as 0`, line);
    else if (typeof value === 'string' ? !isNumberText(value) : !this.#kit.isNumber(value)) {
      this.warn(`${filter}: ${shown(value)} is no number and counts as 0`, line);
    }
    return value;
  }
  /** Both sides of `<`, `<=`, `>`, `>=`: says so when they can not be ordered. */
  ordered(left: Value, right: Value, text: string, line: number): void {
    const numberLike = (value: Value): boolean => this.#kit.isNumber(value) || numeric(value);
    if (numberLike(left) && numberLike(right)) return;
    if (typeof left === 'string' && typeof right === 'string') return;
    const reason = left === null || right === null ? 'a value is missing (nil)' : 'its sides have no order';
    this.warn(`\`${text}\` does not hold: ${reason}`, line);
  }
}

const numeric = (value: Value): boolean => typeof value === 'string' && isNumberText(value);
const shown = (value: Value): string => (typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value);

/** A value as JSON for worksheets and assigned variables: numbers are decimal text; objects and long lists are named, not copied. */
export function jsonOf(value: Value, kit: Kit): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (kit.isNumber(value)) return kit.numberText(value);
  if (isObject(value)) return `(object of ${Object.keys(value).length})`;
  if (!Array.isArray(value)) return null;
  if (value.length > 50) return `(list of ${value.length})`;
  return value.map((item) => (Array.isArray(item) ? `(list of ${item.length})` : jsonOf(kit.read(item), kit)));
}
