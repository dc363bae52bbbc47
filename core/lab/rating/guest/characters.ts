/**
 * The characters of a text as bytes at the same places: one byte for each, and 0x80 for any beyond ASCII, which is nothing but text to who
 * reads lines. Behind the last one stands a line break: no reader goes past it, whatever lies there from before.
 */
export interface Characters {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const LINE_BREAK = 0x0a;
const OTHER = 0x80;
/** What a reader of four bytes at a time may look at behind the last one. */
export const MARGIN = 8;

export function charactersIn(memory: ArrayBuffer | SharedArrayBuffer): Characters {
  return { bytes: new Uint8Array(memory), view: new DataView(memory) };
}

/** Bytes that lie there already, of a text in ASCII. @param length of the text */
export function ended(characters: Characters, length: number): Characters {
  characters.bytes[length] = LINE_BREAK;
  return characters;
}

/** Room for the characters of one text after the other. */
export class CharacterRoom {
  #room = charactersIn(new ArrayBuffer(1024));

  of(text: string): Characters {
    const { length } = text;
    if (this.#room.bytes.length < length + MARGIN) this.#room = charactersIn(new ArrayBuffer(length * 2 + MARGIN));
    const { bytes } = this.#room;
    for (let at = 0; at < length; at += 1) {
      const code = text.charCodeAt(at);
      bytes[at] = Math.min(code, OTHER);
    }
    return ended(this.#room, length);
  }
}

/** A text that is looked for among characters, four at a time. */
export interface Pattern {
  readonly length: number;
  readonly words: Int32Array;
  readonly tail: number;
  readonly mask: number;
}

export function patternOf(text: string): Pattern {
  const { length } = text;
  const codes = Array.from(text, (_, at) => text.charCodeAt(at));
  // One that is not ASCII could be taken for another.
  if (codes.some((code) => !(code < OTHER))) return { length, words: new Int32Array(0), tail: 1, mask: 0 };
  const wordAt = (at: number): number =>
    [0, 1, 2, 3].reduce((word, i) => word | ((codes[at + i] ?? 0) << (8 * i)), 0) | 0;
  const whole = length >> 2;
  const rest = length & 3;
  return {
    length,
    words: Int32Array.from({ length: whole }, (_, i) => wordAt(i * 4)),
    tail: wordAt(whole * 4),
    mask: rest === 0 ? 0 : (1 << (8 * rest)) - 1,
  };
}

/** Whether a pattern stands at a place. It holds no line break: nothing is looked at much behind the end. */
export function standsAt({ view }: Characters, at: number, { words, tail, mask }: Pattern): boolean {
  let place = at;
  for (let i = 0; i < words.length; i += 1) {
    if (view.getInt32(place, true) !== words[i]) return false;
    place += 4;
  }
  return (view.getInt32(place, true) & mask) === tail;
}
