import type { BookLines } from './contract.ts';

/** Text of one batch, about: large enough that crossing costs little, and a pipe holds all of it: its host waits for nobody to send the rest. */
const BATCH_BYTES = 128 * 1024;
/** Risks of one batch at most: what a worker does without hearing that it should stop. */
const BATCH_LINES = 500;
const NEWLINE = 0x0a;
/** The byte order mark. */
const MARK = Buffer.from('\uFEFF');

/**
 * Cuts a stream of NDJSON bytes into batches of whole lines. Memory does not depend on the length of the book, only on its longest
 * line. A byte order mark at the beginning is dropped.
 * @param from number of lines to leave out at the beginning
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, from = 0): AsyncGenerator<BookLines> {
  let rest = Buffer.alloc(0);
  let line = 1;
  let skip = from;
  for await (const chunk of chunks) {
    let buffer = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    while (skip > 0) {
      const end = buffer.indexOf(NEWLINE, start);
      if (end < 0) break;
      start = end + 1;
      skip -= 1;
      line += 1;
    }
    if (skip > 0) {
      rest = buffer.subarray(start);
      continue;
    }
    buffer = buffer.subarray(start);
    for (;;) {
      const { end, count } = cut(buffer);
      if (count === 0) break;
      yield new Cut(line, count, buffer.subarray(0, end));
      line += count;
      buffer = buffer.subarray(end);
      if (buffer.length < BATCH_BYTES) break;
    }
    rest = buffer;
  }
  while (rest.length > 0 && skip === 0) {
    const { end, count } = cut(rest);
    if (count === 0) {
      yield new Cut(line, 1, rest);
      return;
    }
    yield new Cut(line, count, rest.subarray(0, end));
    line += count;
    rest = rest.subarray(end);
  }
}

/** The end of the last whole line within a batch, and how many lines there are until it. */
function cut(buffer: Buffer): { readonly end: number; readonly count: number } {
  let end = 0;
  let count = 0;
  while (count < BATCH_LINES && end < BATCH_BYTES) {
    const next = buffer.indexOf(NEWLINE, end);
    if (next < 0) break;
    end = next + 1;
    count += 1;
  }
  return { end, count };
}

/** Whole lines as they were read; text is made of them when it is asked for. */
class Cut implements BookLines {
  readonly first: number;
  readonly count: number;
  readonly bytes: Buffer;
  #text: string | undefined;

  constructor(first: number, count: number, bytes: Buffer) {
    this.first = first;
    this.count = count;
    const from = first === 1 && bytes.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
    this.bytes = bytes.subarray(from, bytes.at(-1) === NEWLINE ? -1 : bytes.length);
  }

  get text(): string {
    this.#text ??= this.bytes.toString('utf8');
    return this.#text;
  }
}

/** Requests that are made one by one, as batches of lines. @param first number of the first one's line */
export async function* batchesOf(
  requests: AsyncIterable<string> | Iterable<string>,
  first = 1,
): AsyncGenerator<BookLines> {
  let texts: string[] = [];
  let size = 0;
  let line = first;
  const batch = (): BookLines => ({ first: line, count: texts.length, text: texts.join('\n') });
  for await (const text of requests) {
    texts.push(text);
    size += text.length;
    if (size < BATCH_BYTES && texts.length < BATCH_LINES) continue;
    yield batch();
    line += texts.length;
    texts = [];
    size = 0;
  }
  if (texts.length > 0) yield batch();
}
