import type { FieldValues } from '#core/model/field.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type { Risk } from '#core/policy/risk.ts';
import { type Characters, charactersIn, standsAt } from './characters.ts';
import type { Given, KnownExposure, KnownPeril, Period, QuickRisks } from './quick-risk.ts';
import type { Member, SlotFields } from './slot-fields.ts';

/** A line that plainly is a request, read in one go. */
export interface QuickLine {
  readonly key: string | undefined;
  readonly risk: Risk;
  readonly holder: FieldValues;
}
/** A day or an instant as text, or milliseconds. */
export type WrittenDate = string | number | undefined;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;
const RETURN = 0x0d;
const MINUS = 0x2d;
const UNICODE = 0x75;
/** What a byte is within a text: 0 for a character of it. */
const ENDS = Uint8Array.from({ length: 256 }, (_, code) =>
  code < SPACE || code === QUOTE || code === BACKSLASH ? 1 : 0,
);
const ESCAPES: ReadonlySet<number | undefined> = new Set(Array.from('"\\/bfnrt', (one) => one.charCodeAt(0)));
const MOST = 10_000;
const AMOUNTS: ReadonlySet<string> = new Set(PERIL_AMOUNTS);
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const NOTHING = charactersIn(new ArrayBuffer(0));
/** Thrown for a line that has to be read in the other way; only a mark, it is made once. */
class Otherwise extends Error {}
const OTHERWISE = new Otherwise('it is read in the other way');

/**
 * Reads lines that plainly are what they should be, from their characters and without making what is not needed: the same risks as
 * `readRequest` and the checks after it make (BR30, BR37). Whatever is wrong, rare or not sure it leaves to those.
 */
export class QuickLines {
  readonly #risks: QuickRisks;
  readonly #product: string;
  readonly #holder: SlotFields;
  readonly #period: (start: WrittenDate, end: WrittenDate) => Period | undefined;
  #text = '';
  #characters: Characters = NOTHING;
  #bytes = NOTHING.bytes;
  #at = 0;
  #end = 0;

  /** @param period the risk's term, of its dates as they stand in the line */
  constructor(
    risks: QuickRisks,
    product: string,
    holder: SlotFields,
    period: (start: WrittenDate, end: WrittenDate) => Period | undefined,
  ) {
    this.#risks = risks;
    this.#product = product;
    this.#holder = holder;
    this.#period = period;
  }

  /**
   * @param text lines; where this one begins and ends in it @param characters of that text
   * @returns undefined for one that is to be read in the other way; locators are to be counted anew then
   */
  read(text: string, from: number, end: number, characters: Characters): QuickLine | undefined {
    this.#text = text;
    this.#characters = characters;
    this.#bytes = characters.bytes;
    this.#at = from;
    this.#end = end;
    try {
      return this.#line();
    } catch (error) {
      if (error instanceof Otherwise) return undefined;
      throw error;
    }
  }

  #line(): QuickLine {
    let key: string | undefined;
    let holder: FieldValues | undefined;
    let risk: Risk | undefined;
    this.#expect(OPEN);
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      const name = this.#name();
      if (name === 'key' && key === undefined && this.#bytes[this.#at] !== OPEN_LIST) key = this.#scalar();
      else if (name === 'policyholder' && holder === undefined) holder = this.#policyholder();
      else if (name === 'policy' && risk === undefined) risk = this.#policy();
      else throw OTHERWISE;
    }
    this.#spaces();
    if (this.#bytes[this.#at] === RETURN) this.#at += 1;
    if (!risk || this.#at !== this.#end) throw OTHERWISE;
    return { key, risk, holder: holder ?? this.#none(this.#holder) };
  }

  #policyholder(): FieldValues {
    let values: FieldValues | undefined;
    this.#expect(OPEN);
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      if (this.#name() !== 'values' || values) throw OTHERWISE;
      values = this.#values(this.#holder);
    }
    return values ?? this.#none(this.#holder);
  }

  #policy(): Risk {
    let values: FieldValues | undefined;
    let exposures: Risk['exposures'] | undefined;
    let start: WrittenDate;
    let end: WrittenDate;
    let schedule: string | undefined;
    const risks = this.#risks;
    this.#expect(OPEN);
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      const name = this.#name();
      if (name === 'fieldValues' && !values) values = this.#values(risks.policyFields);
      else if (name === 'exposures' && !exposures) exposures = this.#exposures();
      else if (name === 'policyStartTimestamp' && start === undefined) start = this.#date();
      else if (name === 'policyEndTimestamp' && end === undefined) end = this.#date();
      else if (name === 'paymentScheduleName' && schedule === undefined) schedule = this.#quoted();
      else if (name === 'productName') {
        if (this.#quoted() !== this.#product) throw OTHERWISE;
      } else if (name === 'currency') {
        if (this.#quoted() !== risks.currency) throw OTHERWISE;
      } else this.#noGroups(name);
    }
    const period = this.#period(start, end);
    const made = period && risks.made(period, schedule, values ?? this.#none(risks.policyFields), exposures ?? []);
    if (!made) throw OTHERWISE;
    return made;
  }

  #exposures(): Risk['exposures'] {
    const all: Risk['exposures'][number][] = [];
    this.#expect(OPEN_LIST);
    for (let more = !this.#ends(CLOSE_LIST); more; more = this.#goesOn(CLOSE_LIST)) {
      if (all.length >= MOST) throw OTHERWISE;
      all.push(this.#exposure());
    }
    return all;
  }

  #exposure(): Risk['exposures'][number] {
    let known: KnownExposure | undefined;
    let values: FieldValues | undefined;
    let perils: Risk['exposures'][number]['perils'][number][] | undefined;
    const named = this.#risks.newExposure();
    this.#expect(OPEN);
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      const name = this.#name();
      if (name === 'exposureName' && !known) known = this.#risks.knownExposure(this.#quoted());
      else if (name === 'fieldValues' && known && !values) values = this.#values(known.slots);
      else if (name === 'perils' && known && !perils) perils = this.#perils(known);
      else this.#noGroups(name);
      if (!known) throw OTHERWISE;
    }
    if (!known) throw OTHERWISE;
    return this.#risks.exposureOf(named, known, values ?? this.#none(known.slots), perils ?? []);
  }

  #perils(exposure: KnownExposure): Risk['exposures'][number]['perils'][number][] {
    const all: Risk['exposures'][number]['perils'][number][] = [];
    this.#expect(OPEN_LIST);
    for (let more = !this.#ends(CLOSE_LIST); more; more = this.#goesOn(CLOSE_LIST)) {
      if (all.length >= MOST) throw OTHERWISE;
      all.push(this.#peril(exposure, all));
    }
    return all;
  }

  #peril(exposure: KnownExposure, before: Risk['exposures'][number]['perils']) {
    let known: KnownPeril | undefined;
    let values: FieldValues | undefined;
    let amounts: Record<string, string | number> | undefined;
    this.#expect(OPEN);
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      const name = this.#name();
      if (name === 'name' && !known) known = exposure.perils.get(this.#quoted());
      else if (name === 'fieldValues' && known && !values) values = this.#values(known.slots);
      else if (AMOUNTS.has(name)) {
        amounts ??= {};
        if (Object.hasOwn(amounts, name)) throw OTHERWISE;
        amounts[name] = this.#amount();
      } else this.#noGroups(name);
    }
    const made =
      known && this.#risks.perilOf(known, before, amounts as Given | undefined, values ?? this.#none(known.slots));
    if (!made) throw OTHERWISE;
    return made;
  }

  /** The fields of one entity, in whatever order they stand. */
  #values(fields: SlotFields): FieldValues {
    fields.begin();
    this.#expect(OPEN);
    const characters = this.#characters;
    const { members } = fields;
    let next = 0;
    let astray = 0;
    for (let more = !this.#ends(CLOSE); more; more = this.#goesOn(CLOSE)) {
      let member: Member | undefined = members[next];
      if (member && !standsAt(characters, this.#at, member.written)) {
        // One that is not there, mostly.
        next += 1;
        member = members[next];
        if (member && !standsAt(characters, this.#at, member.written)) member = undefined;
      }
      if (member) this.#at += member.written.length;
      else {
        const name = this.#name();
        member = fields.named(name) ?? fail();
        next = members.indexOf(member);
        astray += 1;
      }
      next += 1;
      member.at = this.#at;
      if (!fields.take(member, member.unread < 0 ? this.#scalar() : this.#unread(member.unread))) throw OTHERWISE;
    }
    // Lines of a book have their members in one order.
    if (astray > 3) fields.reorder();
    return fields.values() ?? fail();
  }

  #none(fields: SlotFields): FieldValues {
    fields.begin();
    return fields.values() ?? fail();
  }

  /** Groups are read in the other way, where there are some. */
  #noGroups(name: string): void {
    if (name !== 'fieldGroups') throw OTHERWISE;
    this.#expect(OPEN_LIST);
    if (!this.#ends(CLOSE_LIST)) throw OTHERWISE;
  }

  /** The name of a member, and what stands behind it up to its value. */
  #name(): string {
    const name = this.#quoted();
    this.#expect(COLON);
    return name;
  }

  /** A text without escapes. */
  #quoted(): string {
    const bytes = this.#bytes;
    this.#spaces();
    if (bytes[this.#at] !== QUOTE) throw OTHERWISE;
    const from = this.#at + 1;
    const at = this.#endOfText(from);
    if (bytes[at] !== QUOTE) throw OTHERWISE;
    this.#at = at + 1;
    return this.#text.slice(from, at);
  }

  /** A text that is not empty, or a whole number, as text. */
  #scalar(): string {
    const bytes = this.#bytes;
    this.#spaces();
    const from = this.#at;
    const first = bytes[from];
    if (first !== QUOTE) return first === OPEN_LIST ? this.#only() : this.#whole();
    const at = this.#endOfText(from + 1);
    if (bytes[at] === BACKSLASH) return this.#escaped(from, at);
    if (bytes[at] !== QUOTE || at === from + 1) throw OTHERWISE;
    this.#at = at + 1;
    return this.#text.slice(from + 1, at);
  }

  /** Passes over what `#scalar` would read and nobody wants. @param most characters @returns '' */
  #unread(most: number): string {
    const bytes = this.#bytes;
    this.#spaces();
    const from = this.#at;
    if (bytes[from] !== QUOTE) {
      if (this.#scalar().length > most) throw OTHERWISE;
      return '';
    }
    let at = this.#endOfText(from + 1);
    for (; bytes[at] === BACKSLASH; at = this.#endOfText(at)) at += this.#lengthOfEscape(at);
    if (bytes[at] !== QUOTE || at === from + 1 || at - from > most) throw OTHERWISE;
    this.#at = at + 1;
    return '';
  }

  #lengthOfEscape(at: number): number {
    const escaped = this.#bytes[at + 1];
    if (escaped !== UNICODE) return ESCAPES.has(escaped) ? 2 : fail();
    for (let i = 2; i < 6; i += 1) if (!isHex(this.#bytes[at + i] as number)) throw OTHERWISE;
    return 6;
  }

  /** Where a text has its first character that is none of it: a line break at the latest. */
  #endOfText(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (ENDS[bytes[at] as number] === 0) at += 1;
    return at;
  }

  /** The only item of a list. */
  #only(): string {
    this.#expect(OPEN_LIST);
    if (this.#bytes[this.#at] === OPEN_LIST) throw OTHERWISE;
    const item = this.#scalar();
    this.#expect(CLOSE_LIST);
    return item;
  }

  #escaped(from: number, first: number): string {
    const bytes = this.#bytes;
    let at = first;
    for (; bytes[at] === BACKSLASH; at = this.#endOfText(at)) at += this.#lengthOfEscape(at);
    if (bytes[at] !== QUOTE) throw OTHERWISE;
    this.#at = at + 1;
    return JSON.parse(this.#text.slice(from, at + 1)) as string;
  }

  #date(): string | number {
    this.#spaces();
    return this.#bytes[this.#at] === QUOTE ? this.#quoted() : Number(this.#whole());
  }

  /** A whole number as it is written where it has one way only. */
  #whole(): string {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from + (bytes[from] === MINUS ? 1 : 0);
    const digits = at;
    for (; isDigit(bytes[at]); at += 1);
    const count = at - digits;
    if (count === 0 || count > 15) throw OTHERWISE;
    if (bytes[digits] === 0x30 && (count > 1 || digits > from)) throw OTHERWISE;
    this.#at = at;
    return this.#text.slice(from, at);
  }

  #amount(): string | number {
    const bytes = this.#bytes;
    this.#spaces();
    if (bytes[this.#at] === QUOTE) return this.#quoted();
    const from = this.#at;
    let at = from;
    for (let code = bytes[at]; code === MINUS || code === 0x2e || isDigit(code); code = bytes[at]) at += 1;
    const written = this.#text.slice(from, at);
    if (!DECIMAL.test(written)) throw OTHERWISE;
    this.#at = at;
    return Number(written);
  }

  #spaces(): void {
    while (this.#bytes[this.#at] === SPACE) this.#at += 1;
  }

  #expect(code: number): void {
    this.#spaces();
    if (this.#bytes[this.#at] !== code) throw OTHERWISE;
    this.#at += 1;
    this.#spaces();
  }

  /** Whether a list or object ends at once. */
  #ends(close: number): boolean {
    if (this.#bytes[this.#at] !== close) return false;
    this.#at += 1;
    return true;
  }

  /** After a member: whether there is another. */
  #goesOn(close: number): boolean {
    this.#spaces();
    const code = this.#bytes[this.#at];
    this.#at += 1;
    if (code === COMMA) {
      this.#spaces();
      return true;
    }
    if (code !== close) throw OTHERWISE;
    return false;
  }
}

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 0x30 && code <= 0x39;
const isHex = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);

function fail(): never {
  throw OTHERWISE;
}
