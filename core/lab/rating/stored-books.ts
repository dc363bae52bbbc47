import { type Caller, type Desk, need } from '#core/desk/desk.ts';
import type { MediaRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import { blobOf, uploadMedia } from '#core/policy/media.ts';
import type { BookFile } from './book-file.ts';

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

/** Keeps a book. */
export async function keepBook(
  desk: Desk,
  caller: Caller,
  { name, format, content }: { readonly name: string; readonly format: BookFile['format']; readonly content: string },
): Promise<StoredBook> {
  const bytes = new TextEncoder().encode(content);
  const { locator } = await uploadMedia(desk, caller, { fileName: name, mimeType: TYPES[format], bytes });
  return storedBook(desk, locator);
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
