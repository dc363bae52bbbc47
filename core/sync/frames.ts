/**
 * How entries and items cross: frames, each a JSON head and a body of bytes that is handed on as it is (an entry's text as its
 * journal keeps it, compressed). `length of the head, head, length of the body, body`, lengths in four bytes, big end first.
 */
export interface Frame {
  readonly head: unknown;
  readonly body: Uint8Array;
}

/** Most bytes of one frame: an entry with everything that it changes. */
export const MOST_FRAME: number = 16 * 1024 * 1024;
const LENGTH = 4;

export function framed(frames: readonly Frame[]): Uint8Array {
  const heads = frames.map(({ head }) => new TextEncoder().encode(JSON.stringify(head)));
  const size = frames.reduce((sum, { body }, i) => sum + 2 * LENGTH + (heads[i]?.length ?? 0) + body.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const add = (part: Uint8Array): void => {
    view.setUint32(at, part.length);
    bytes.set(part, at + LENGTH);
    at += LENGTH + part.length;
  };
  frames.forEach(({ body }, i) => {
    add(heads[i] ?? new Uint8Array());
    add(body);
  });
  return bytes;
}

/** @throws RangeError or SyntaxError for bytes that are no frames: nothing of them is to be used */
export function unframed(bytes: Uint8Array): readonly Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 0;
  const take = (): Uint8Array => {
    const length = view.getUint32(at);
    if (length > MOST_FRAME || at + LENGTH + length > bytes.length)
      throw new RangeError(`A frame at ${at} claims ${length} bytes.`);
    const part = bytes.subarray(at + LENGTH, at + LENGTH + length);
    at += LENGTH + length;
    return part;
  };
  const decoder = new TextDecoder('utf-8', { fatal: true });
  while (at < bytes.length) frames.push({ head: JSON.parse(decoder.decode(take())) as unknown, body: take() });
  return frames;
}

/** The heads of the first frame and of the last one behind it. @throws as `unframed` */
export function edges(bytes: Uint8Array): { readonly first: unknown; readonly last: unknown } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headAt = (at: number): unknown =>
    JSON.parse(new TextDecoder().decode(bytes.subarray(at + LENGTH, at + LENGTH + view.getUint32(at))));
  let last = 0;
  for (let at = 0; at < bytes.length; ) {
    last = at;
    at += LENGTH + view.getUint32(at);
    at += LENGTH + view.getUint32(at);
  }
  return { first: headAt(0), last: last > 0 ? headAt(last) : undefined };
}
