/** How the bytes of a file became text. `line` is where the first byte that is no UTF-8 stands. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16' | 'windows-1252' | 'binary';
  readonly line: number;
}

/**
 * Decodes a file: UTF-8 with or without byte order mark, UTF-16 with one. Bytes that are neither are read as Windows-1252,
 * which is what spreadsheets on Windows write; a NUL byte says that the file is no text at all. Line ends are left alone.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: decode('utf-16le', bytes), encoding: 'utf-16', line: 1 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: decode('utf-16be', bytes), encoding: 'utf-16', line: 1 };
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { text: '', encoding: 'binary', line: lineOfByte(bytes, nul) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', line: 1 };
  } catch {
    return { text: decode('windows-1252', bytes), encoding: 'windows-1252', line: firstBadLine(bytes) };
  }
}

const decode = (encoding: string, bytes: Uint8Array): string => new TextDecoder(encoding).decode(bytes);

function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i += 1) if (bytes[i] === 0x0a) line += 1;
  return line;
}

/** A line feed is never part of a longer UTF-8 sequence, so each line can be tried by itself. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}
