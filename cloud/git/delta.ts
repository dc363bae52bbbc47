/** How Git writes an object as the difference from another one (gitformat-pack). Throws RangeError for what is no such difference. */

/** Length of the result, as the delta itself promises it: looked at before anything is made. */
export function deltaResult(delta: Uint8Array): number {
  const base = readSize(delta, 0);
  return readSize(delta, base.next).value;
}

export function applyDelta(base: Uint8Array, delta: Uint8Array): Uint8Array {
  const from = readSize(delta, 0);
  const to = readSize(delta, from.next);
  if (from.value !== base.length) throw new RangeError('The delta is of another object.');
  const result = new Uint8Array(to.value);
  let written = 0;
  let at = to.next;
  const write = (bytes: Uint8Array, length: number): void => {
    if (bytes.length !== length || written + length > result.length) throw new RangeError('The delta reaches too far.');
    result.set(bytes, written);
    written += length;
  };
  while (at < delta.length) {
    const command = delta[at++] ?? 0;
    if (command === 0) throw new RangeError('The delta has a command that nobody knows.');
    if (command < 0x80) {
      write(delta.subarray(at, at + command), command);
      at += command;
      continue;
    }
    const operand = (octets: number, mask: number): number => {
      let value = 0;
      for (let i = 0; i < octets; i += 1)
        if (command & (mask << i)) {
          const octet = delta[at++];
          if (octet === undefined) throw new RangeError('The delta ends too early.');
          value += octet * 2 ** (8 * i);
        }
      return value;
    };
    const offset = operand(4, 0x01);
    const length = operand(3, 0x10) || 0x10000;
    write(base.subarray(offset, offset + length), length);
  }
  if (written !== result.length) throw new RangeError('The delta ends too early.');
  return result;
}

/** A number of seven bits an octet, the least first. */
function readSize(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = start; at < start + 7; at += 1) {
    const octet = bytes[at];
    if (octet === undefined) break;
    value += (octet & 0x7f) * 2 ** (7 * (at - start));
    if (octet < 0x80) return { value, next: at + 1 };
  }
  throw new RangeError('A length can not be read.');
}
