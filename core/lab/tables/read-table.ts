import { Problem } from '#core/model/problem.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSchema } from '#core/model/table.ts';
import { decodeText } from '#core/product/text.ts';

/**
 * Opens the bytes of a CSV to be edited, compared or exported. UTF-8 keeps its byte order mark; what is written in another encoding is
 * read as configurations read it, and will be UTF-8 when it is saved (RT3).
 * Throws `malformed-request` for a file that is no text, or whose quotes are wrong.
 */
export function openTable(file: string, bytes: Uint8Array, schema?: TableSchema): RateTable {
  const { text, encoding, line } = decodeText(bytes);
  if (encoding === 'binary')
    throw new Problem('malformed-request', `${file} is no text: save the table as CSV in UTF-8.`, {
      place: { file, line },
    });
  // The decoder takes the mark away.
  const marked = encoding === 'utf-8' && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return new RateTable(marked ? `\ufeff${text}` : text, { schema, file });
}
