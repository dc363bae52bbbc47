import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { damaged } from './trouble.ts';

/** With these bytes everything begins that zstd packed, and no JSON does. */
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Text as the journal keeps it: an entry a sixth, a worksheet a ninth of its size. */
export function packed(text: string): Uint8Array {
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function isPacked(bytes: Uint8Array): boolean {
  return ZSTD_MAGIC.equals(bytes.subarray(0, ZSTD_MAGIC.length));
}

/** @throws store-damaged */
export function unpacked(bytes: Uint8Array): string {
  try {
    return zstdDecompressSync(bytes).toString('utf8');
  } catch (error) {
    throw damaged('The compressed text of a journal entry is damaged', error);
  }
}
