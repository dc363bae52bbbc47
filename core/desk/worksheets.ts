import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Worksheet } from '#core/model/worksheet.ts';

/**
 * A worksheet as it is kept: Zstandard in base64. It is a tenth of the JSON, written three times with every price (record,
 * journal, log), read only when somebody asks why.
 */
export function packWorksheet(worksheet: Worksheet): string {
  return zstdCompressSync(JSON.stringify(worksheet)).toString('base64');
}

/** The worksheet again; undefined where there is none, or where it was erased with its person. */
export function unpackWorksheet(packed: string | undefined): Worksheet | undefined {
  if (packed === undefined || packed === '') return undefined;
  return JSON.parse(zstdDecompressSync(Buffer.from(packed, 'base64')).toString('utf8')) as Worksheet;
}
