/** Git's framing of everything but packs (gitprotocol-common): four hexadecimal digits of length, then so much less four. */

/** A line without its line feed; null: a flush. */
export type PacketLine = string | null;

export const FLUSH: Buffer = Buffer.from('0000');
/** Most octets of a packet, its length included. */
const MOST_PACKET = 65_520;
const LENGTH = 4;

export function packetLine(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = (bytes.length + LENGTH).toString(16).padStart(LENGTH, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** Bytes as packets of a band: 1 is content, 2 what Git shows while it goes on. */
export function* banded(band: 1 | 2, bytes: Uint8Array): Generator<Buffer> {
  const most = MOST_PACKET - LENGTH - 1;
  for (let at = 0; at < bytes.length; at += most)
    yield packetLine(Buffer.concat([Buffer.from([band]), bytes.subarray(at, at + most)]));
}

/** The line at an offset and where the next one begins; undefined: there is no whole one. */
export function readPacketLine(
  bytes: Uint8Array,
  at: number,
): { readonly line: PacketLine; readonly next: number } | undefined {
  const text = Buffer.from(bytes.subarray(at, at + LENGTH)).toString('latin1');
  if (!/^[0-9a-f]{4}$/i.test(text)) return undefined;
  const length = Number.parseInt(text, 16);
  if (length === 0) return { line: null, next: at + LENGTH };
  if (length < LENGTH || at + length > bytes.length) return undefined;
  const line = Buffer.from(bytes.subarray(at + LENGTH, at + length)).toString();
  return { line: line.replace(/\n$/, ''), next: at + length };
}
