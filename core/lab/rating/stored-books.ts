import { answeredBefore, type Caller, commit, type Desk, locatorOf, look, need, write } from '#core/desk/desk.ts';
import type { MediaRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import { blobOf } from '#core/policy/media.ts';
import type { BookFile } from './book-file.ts';
import type { ColumnMap } from './csv-columns.ts';

/** A book that is kept in the store, encrypted as every file in it. */
export interface StoredBook {
  readonly locator: string;
  readonly name: string;
  readonly format: BookFile['format'];
  /** Bytes. */
  readonly size: number;
  /** Milliseconds. */
  readonly createdAt: number;
}

const TYPES = { ndjson: 'application/x-fieldwriter-book+ndjson', csv: 'application/x-fieldwriter-book+csv' } as const;

/** Where what the columns of a kept book mean is kept. */
const mapSetting = (locator: string): string => `book map ${locator}`;

/** Keeps a book, with what its columns mean. */
export async function keepBook(
  desk: Desk,
  caller: Caller,
  {
    name,
    format,
    content,
    map = {},
  }: {
    readonly name: string;
    readonly format: BookFile['format'];
    readonly content: string;
    readonly map?: ColumnMap;
  },
): Promise<StoredBook> {
  const bytes = new TextEncoder().encode(content);
  const request = { name, size: bytes.length };
  const before = answeredBefore(desk, caller, 'book.keep', request);
  if (before !== undefined) return storedBook(desk, before);
  const blob = await desk.store.blobs.put(bytes);
  const locator = locatorOf(desk);
  const media = { locator, fileName: name, mimeType: TYPES[format], size: bytes.length, createdAt: desk.now(), blob };
  const isMapped = Object.keys(map.columns ?? {}).length + Object.keys(map.constants ?? {}).length > 0;
  commit(desk, caller, {
    name: 'book.keep',
    arguments: { book: locator },
    changes: [
      write('media', locator, 0, media),
      ...(isMapped ? [write('setting', mapSetting(locator), 0, JSON.parse(JSON.stringify(map)))] : []),
    ],
    result: locator,
    request,
  });
  return storedBook(desk, locator);
}

/** Takes a book out of the store. Throws `not-found`. */
export function forgetBook(desk: Desk, caller: Caller, locator: string): void {
  storedBook(desk, locator);
  const map = look(desk, 'setting', mapSetting(locator));
  commit(desk, caller, {
    name: 'book.forget',
    arguments: { book: locator },
    changes: [
      { type: 'media', locator, base: need(desk, 'media', locator).version, record: null },
      ...(map ? [{ type: 'setting' as const, locator: mapSetting(locator), base: map.version, record: null }] : []),
    ],
    result: locator,
  });
}

/** What the columns of a kept book were said to mean. */
export function storedMap(desk: Desk, locator: string): ColumnMap {
  return (look(desk, 'setting', mapSetting(locator))?.record ?? {}) as ColumnMap;
}

/** The books that are kept, newest first. */
export function storedBooks(desk: Desk): readonly StoredBook[] {
  const all = desk.store.list('media', { newestFirst: true }).map(({ record }) => record as unknown as MediaRecord);
  return all.flatMap((record) => bookOf(record) ?? []);
}

/** Throws `not-found`. */
export function storedBook(desk: Desk, locator: string): StoredBook {
  const found = bookOf(need(desk, 'media', locator).record);
  if (found) return found;
  throw new Problem('not-found', `${locator} is a file, but no book: upload it as one (POST /api/lab/books).`);
}

/** A stored book to be read. Throws `not-found`, `store-damaged`. */
export async function storedBookFile(desk: Desk, locator: string): Promise<BookFile> {
  const { name, format } = storedBook(desk, locator);
  const bytes = await blobOf(desk, need(desk, 'media', locator).record.blob, locator);
  return {
    name,
    format,
    open: async function* () {
      yield bytes;
    },
  };
}

function bookOf({ locator, fileName, mimeType, size, createdAt }: MediaRecord): StoredBook | undefined {
  const format = (['ndjson', 'csv'] as const).find((one) => TYPES[one] === mimeType);
  return format && { locator, name: fileName, format, size, createdAt };
}
