import type { FieldDefinition } from '#core/model/field.ts';
import { wholeExpression } from '#core/model/field-values.ts';
import { Problem } from '#core/model/problem.ts';
import type { Random } from './random.ts';
import { withinTime } from './time-limit.ts';

const FIRST_NAMES = [
  'Alice',
  'Ben',
  'Carla',
  'David',
  'Elena',
  'Farid',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kim',
  'Lena',
];
const LAST_NAMES = [
  'Adams',
  'Baker',
  'Chen',
  'Diaz',
  'Evans',
  'Fischer',
  'Garcia',
  'Hansen',
  'Ito',
  'Jones',
  'Kumar',
  'Lopez',
];
const STREETS = ['Main Street', 'Oak Avenue', 'Maple Drive', 'Park Road', 'Cedar Lane', 'Hill Street'];
const CITIES = ['Springfield', 'Riverside', 'Franklin', 'Greenville', 'Bristol', 'Clinton'];
const STATES = ['CA', 'IL', 'NE', 'NY', 'OH', 'TX'];
const WORDS = ['standard', 'regular', 'north', 'south', 'brick', 'primary', 'general', 'private'];

/** Texts by what the field's name says; the first that fits counts. */
const HINTS: readonly (readonly [RegExp, (random: Random) => string])[] = [
  [/e.?mail/, (random) => sampleEmail(random)],
  [/first.?name|given/, (random) => random.pick(FIRST_NAMES) ?? ''],
  [/last.?name|surname|family/, (random) => random.pick(LAST_NAMES) ?? ''],
  [/phone|mobile|fax/, (random) => `555${digits(random, 7)}`],
  [/zip|post.?code|postal/, (random) => `${random.integer(10, 99)}${digits(random, 3)}`],
  [
    /\bvin\b|_vin|vin_/,
    (random) => `1HG${Array.from({ length: 14 }, () => random.pick([...'ABCDEFGH0123456789'])).join('')}`,
  ],
  [/state|province|region/, (random) => random.pick(STATES) ?? ''],
  [/country/, () => 'USA'],
  [/city|town/, (random) => random.pick(CITIES) ?? ''],
  [/address|street|location/, (random) => `${random.integer(1, 999)} ${random.pick(STREETS)}`],
  [/company|business|employer|carrier/, (random) => `${random.pick(LAST_NAMES)} & Co`],
  [/name|owner|contact|insured|person/, (random) => `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`],
  [/year/, (random) => String(random.integer(1995, 2024))],
  [/number|licen[cs]e|_id$|^id$|code|account/, (random) => digits(random, 8)],
];

const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.integer(0, 9)).join('');

export function sampleEmail(random: Random): string {
  return `${random.pick(FIRST_NAMES)}.${random.pick(LAST_NAMES)}@example.com`.toLowerCase();
}

/** A text for a string field: by its form when it has one, else by its name; undefined when no text of its form was found. */
export function sampleText(field: FieldDefinition, random: Random): string | undefined {
  const most = field.maxLength ?? 20_000;
  if (field.regex !== undefined) return sampleOfForm(field.regex, most, field.name, random);
  return plainText(field.name, random).slice(0, most) || undefined;
}

function plainText(name: string, random: Random): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const hint = HINTS.find(([pattern]) => pattern.test(words));
  return hint ? hint[1](random) : `${random.pick(WORDS)} ${random.pick(WORDS)}`;
}

/** Follows the expression where it is of the usual kind, and tries plain texts where it is not; only what matches is returned. */
function sampleOfForm(regex: string, most: number, name: string, random: Random): string | undefined {
  const expression = wholeExpression(regex);
  if (!expression) return plainText(name, random).slice(0, most);
  const candidates = function* (): Generator<string> {
    for (let i = 0; i < 20; i += 1) yield new FormWriter(regex, random).write();
    yield plainText(name, random);
    for (let length = 1; length <= 20; length += 1) yield digits(random, length);
    yield* ['A', 'Aa1!aaaa', 'ABC123', 'N/A', '2020-01-01', '01/01/2020', 'yes', '$100', '100.00'];
  };
  const fitting = (): string | undefined => {
    for (const candidate of candidates()) if (candidate.length <= most && expression.test(candidate)) return candidate;
    return undefined;
  };
  try {
    return withinTime(`The form of "${name}"`, fitting);
  } catch (error) {
    // A form that never ends, or that asks for more than there is memory, has no sample.
    if (error instanceof Problem || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Writes a text along a regular expression: literals, classes, groups, alternatives and counts. */
class FormWriter {
  readonly #regex: string;
  readonly #random: Random;
  #at = 0;

  constructor(regex: string, random: Random) {
    this.#regex = regex;
    this.#random = random;
  }

  write(): string {
    return this.#alternatives();
  }

  #alternatives(): string {
    const options = [this.#sequence()];
    while (this.#regex[this.#at] === '|') {
      this.#at += 1;
      options.push(this.#sequence());
    }
    return this.#random.pick(options) ?? '';
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#regex.length && !'|)'.includes(this.#regex[this.#at] ?? '')) {
      const start = this.#at;
      let atom = this.#atom();
      const end = this.#at;
      const [least, most] = this.#count();
      const after = this.#at;
      const times = this.#random.integer(least, most);
      if (times === 0) atom = '';
      // Each repeat is written anew, so that `[0-9]{5}` is not one digit five times.
      for (let i = 1; i < times; i += 1) {
        this.#at = start;
        atom += this.#atom();
        this.#at = end;
      }
      this.#at = after;
      text += atom;
    }
    return text;
  }

  #atom(): string {
    const char = this.#regex[this.#at] ?? '';
    this.#at += 1;
    switch (char) {
      case '^':
      case '$':
        return '';
      case '.':
        return this.#random.pick([...'abcdefghij']) ?? '';
      case '\\':
        return this.#escape();
      case '[':
        return this.#class();
      case '(':
        return this.#group();
      default:
        return char;
    }
  }

  #group(): string {
    const ahead = /^\?(?:[=!]|<[=!])/.test(this.#regex.slice(this.#at));
    const marker = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.#regex.slice(this.#at));
    this.#at += marker?.[0].length ?? 0;
    const text = this.#alternatives();
    this.#at += 1;
    return ahead ? '' : text;
  }

  #escape(): string {
    const char = this.#regex[this.#at] ?? '';
    this.#at += 1;
    const set = shorthand(char);
    return set === '' ? (char === 'b' || char === 'B' ? '' : char) : (this.#random.pick([...set]) ?? '');
  }

  #class(): string {
    const not = this.#regex[this.#at] === '^';
    if (not) this.#at += 1;
    let set = '';
    while (this.#at < this.#regex.length && this.#regex[this.#at] !== ']') {
      let char = this.#regex[this.#at] ?? '';
      this.#at += 1;
      if (char === '\\') {
        char = this.#regex[this.#at] ?? '';
        this.#at += 1;
        const short = shorthand(char);
        if (short !== '') {
          set += short;
          continue;
        }
      }
      const last = this.#regex[this.#at + 1] ?? ']';
      if (this.#regex[this.#at] === '-' && last !== ']') {
        this.#at += 2;
        for (let code = char.charCodeAt(0); code <= last.charCodeAt(0) && set.length < 200; code += 1)
          set += String.fromCharCode(code);
      } else set += char;
    }
    this.#at += 1;
    if (not) set = [...'abcXYZ019 -_.'].filter((char) => !set.includes(char)).join('');
    return this.#random.pick([...set]) ?? '';
  }

  #count(): readonly [number, number] {
    const match = /^(?:\{(\d+)(?:(,)(\d*))?\}|[*+?])\??/.exec(this.#regex.slice(this.#at));
    if (!match) return [1, 1];
    this.#at += match[0].length;
    const [text, least, comma, most] = match;
    if (text.startsWith('*')) return [0, 4];
    if (text.startsWith('+')) return [1, 6];
    if (text.startsWith('?')) return [0, 1];
    const from = Math.min(Number(least), 100);
    return [from, comma === undefined ? from : Math.min(Number(most || from + 4), from + 20)];
  }
}

function shorthand(char: string): string {
  if (char === 'd') return '0123456789';
  if (char === 'w') return 'abcdefghijklmnopqrstuvwxyz0123456789';
  return char === 's' ? ' ' : '';
}
