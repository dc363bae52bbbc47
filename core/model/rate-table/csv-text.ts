/** A record of a CSV text is a slice of it: nothing is copied, so that a file of a million rows opens at once and stays as it is. */
export interface CsvText {
  /** The whole file, a byte order mark included. */
  readonly text: string;
  /** Where each record that has any text begins and ends (its line end not counted). The first is the header. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The line end of the first record; LF where there is none. */
  readonly lineEnd: string;
  /** Whether a quote stands anywhere: without one a record is split at its commas. */
  readonly quoted: boolean;
  /** Offset of a quote that stands wrong: such a file is read leniently and can not be edited cell by cell (RT4). */
  readonly fault: number | undefined;
}

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** Finds the records as the reader of configurations does (formats §1.10; core/product/tables.ts): any line end, blank rows left out. */
export function scanCsv(text: string): CsvText {
  const quoted = text.includes('"');
  if (!quoted && !(text.includes('\r') && /\r(?!\n)/.test(text))) return plainLines(text);
  const starts = new Offsets();
  const ends = new Offsets();
  let fault: number | undefined;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const start = at;
    let filled = false;
    // A quoted cell begins with its quote, blanks before it not counted.
    let atCell = true;
    let code = 0;
    for (; at < text.length; at += 1) {
      code = text.charCodeAt(at);
      if (code === LF || code === CR) break;
      if (code === COMMA) atCell = true;
      else if (isBlank(code)) continue;
      else if (code === QUOTE) {
        if (!atCell) fault ??= at;
        const close = closingQuote(text, at);
        if (text.slice(at + 1, close).trim() !== '') filled = true;
        if (close >= text.length) fault ??= at;
        at = close;
        atCell = false;
        if (!endsCell(text, at + 1)) fault ??= at;
      } else {
        filled = true;
        atCell = false;
      }
    }
    if (filled) {
      starts.push(start);
      ends.push(Math.min(at, text.length));
    }
    at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
  }
  const found = ends.done();
  return { text, starts: starts.done(), ends: found, lineEnd: lineEndAt(text, found[0] ?? 0) || '\n', quoted, fault };
}

/** Without quotes a record is a line: a million of them are found as fast as the text can be searched. */
function plainLines(text: string): CsvText {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  // Room by the length of the first line, and by no method of a list: this is what opening a long table takes.
  const first = text.indexOf('\n') + 1;
  let [starts, ends] = [new Uint32Array(0), new Uint32Array(0)];
  let count = 0;
  while (start < text.length) {
    if (count === starts.length) {
      const room = Math.max(1_024, count * 2, Math.ceil(text.length / Math.max(first, 8)));
      starts = grown(starts, room);
      ends = grown(ends, room);
    }
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    let end = feed < 0 ? text.length : feed;
    if (end > start && text.charCodeAt(end - 1) === CR) end -= 1;
    let at = start;
    while (at < end && (text.charCodeAt(at) === COMMA || isBlank(text.charCodeAt(at)))) at += 1;
    if (at < end) {
      starts[count] = start;
      ends[count] = end;
      count += 1;
    }
    start = next;
  }
  const lineEnd = lineEndAt(text, count > 0 ? (ends[0] ?? 0) : 0) || '\n';
  return { text, starts: starts.slice(0, count), ends: ends.slice(0, count), lineEnd, quoted: false, fault: undefined };
}

function grown(offsets: Uint32Array<ArrayBuffer>, room: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(room);
  larger.set(offsets);
  return larger;
}

/** The line end that begins at an offset: empty within a line and at the end of the text. */
export function lineEndAt(text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (code === LF) return '\n';
  if (code !== CR) return '';
  return text.charCodeAt(at + 1) === LF ? '\r\n' : '\r';
}

/** The cells of a record, without their quotes and padding blanks. */
export function cellsOf(record: string): string[] {
  if (!record.includes('"')) {
    const cells = record.split(',');
    for (let i = 0; i < cells.length; i += 1) cells[i] = (cells[i] ?? '').trim();
    return cells;
  }
  return spansOf(record).map(({ from, to }) => cellValue(record.slice(from, to)));
}

/** One cell of a record that has no quote: what a scan of a million rows reads. */
export function plainCell(record: string, column: number): string {
  let from = 0;
  for (let left = column; left > 0; left -= 1) {
    const comma = record.indexOf(',', from);
    if (comma < 0) return '';
    from = comma + 1;
  }
  const to = record.indexOf(',', from);
  return record.slice(from, to < 0 ? record.length : to).trim();
}

/** Adjoining cells of a record that has no quote, with the commas between them; undefined where there are not so many. */
export function plainCells(record: string, column: number, count: number): string | undefined {
  let from = 0;
  for (let left = column; left > 0; left -= 1) {
    from = record.indexOf(',', from) + 1;
    if (from === 0) return undefined;
  }
  let to = from - 1;
  for (let left = count; left > 0; left -= 1) {
    if (to >= record.length) return undefined;
    to = record.indexOf(',', to + 1);
    if (to < 0) to = record.length;
  }
  return record.slice(from, to);
}

/** Where the cells of a record stand in it, quotes and padding blanks included. */
export function spansOf(record: string): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  let from = 0;
  let atCell = true;
  for (let at = 0; at <= record.length; at += 1) {
    const code = record.charCodeAt(at);
    if (at === record.length || code === COMMA) {
      spans.push({ from, to: at });
      from = at + 1;
      atCell = true;
    } else if (code === QUOTE && atCell) at = closingQuote(record, at);
    else if (!isBlank(code)) atCell = false;
  }
  return spans;
}

/** A cell as it is written: in quotes only where it must be (RFC 4180). */
export function encodeCell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function cellValue(raw: string): string {
  const text = raw.trim();
  if (!text.startsWith('"')) return text;
  return text
    .slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined)
    .replaceAll('""', '"')
    .trim();
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
}

function endsCell(text: string, after: number): boolean {
  for (let at = after; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LF || code === CR) return true;
    if (!isBlank(code)) return false;
  }
  return true;
}

/** What `String.trim` takes away, line ends excepted. */
function isBlank(code: number): boolean {
  if (code > 32 && code < 0xa0) return false;
  if (code <= 32) return code === 32 || code === 9 || code === 11 || code === 12;
  return code === 0xa0 || code === 0xfeff || (code >= 0x1680 && String.fromCharCode(code).trim() === '');
}

/** A list of offsets that grows without boxing them. */
class Offsets {
  #kept = new Uint32Array(1_024);
  #length = 0;

  push(offset: number): void {
    if (this.#length === this.#kept.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#kept);
      this.#kept = larger;
    }
    this.#kept[this.#length] = offset;
    this.#length += 1;
  }

  done(): Uint32Array {
    return this.#kept.slice(0, this.#length);
  }
}
