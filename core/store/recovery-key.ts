import { Problem } from '#core/model/problem.ts';

/**
 * A recovery key: the key of a data folder as a person writes and types it. 32 bytes are 13 groups of four characters of Crockford's
 * base 32 (no I, L, O, U; the first four of the 260 bits are the version, 0), each with a check character behind it.
 *
 * The check character of group g is g + 2·a + 3·b + 4·c + 5·d in GF(32), the field of 32 elements. The weights differ, none is 0 and
 * none 1 (the check character's own), so that every wrong character and every two characters that changed places in a group are found
 * for certain; the term g differs from group to group, so that groups that changed places are found too. Each finding names its group.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DATA = 4;
const GROUP = DATA + 1;
const GROUPS = 13;
const KEY_BYTES = 32;
const WEIGHTS = [2, 3, 4, 5];

/** @param key 32 bytes @returns 13 groups of five characters with hyphens between them */
export function recoveryKeyOf(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new Problem('wrong-key', 'The key of a store has 32 bytes.');
  let rest = BigInt(`0x${Buffer.from(key).toString('hex')}`);
  const digits: number[] = [];
  for (let i = 0; i < GROUPS * DATA; i += 1) {
    digits.unshift(Number(rest & 31n));
    rest >>= 5n;
  }
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const data = digits.slice(group * DATA, (group + 1) * DATA);
    return [...data, check(data, group)].map((digit) => ALPHABET[digit]).join('');
  });
  return groups.join('-');
}

/**
 * Reads what a person typed: any case, any spaces or hyphens, O for 0 and I or L for 1.
 * @throws wrong-key that names the groups in which something is mistyped, and shows none of them
 */
export function keyOfRecovery(text: string): Uint8Array {
  const digits = digitsOf(text);
  const wrong: number[] = [];
  let value = 0n;
  for (let group = 0; group < GROUPS; group += 1) {
    const data = digits.slice(group * GROUP, group * GROUP + DATA);
    if (check(data, group) !== digits[group * GROUP + DATA]) wrong.push(group + 1);
    for (const digit of data) value = (value << 5n) | BigInt(digit);
  }
  if (wrong.length > 0)
    throw refused(
      `Something is mistyped in group ${wrong.join(' and ')} of the recovery key. Compare it with the printed sheet.`,
    );
  if (value >> 256n !== 0n) throw refused('This recovery key is of a later version: install the newer Fieldwriter.');
  return new Uint8Array(Buffer.from(value.toString(16).padStart(KEY_BYTES * 2, '0'), 'hex'));
}

function digitsOf(text: string): number[] {
  const typed = text
    .toUpperCase()
    .replaceAll(/[\s\-–—]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const digits = [...typed].map((character) => ALPHABET.indexOf(character));
  const odd = digits.indexOf(-1);
  if (odd >= 0)
    throw refused(
      `Group ${Math.floor(odd / GROUP) + 1} of the recovery key has a character that never stands in one. Compare it with the printed sheet.`,
    );
  if (digits.length !== GROUPS * GROUP)
    throw refused(
      `A recovery key has ${GROUPS} groups of ${GROUP} characters, ${GROUPS * GROUP} in all; these are ${digits.length}.`,
    );
  return digits;
}

function check(data: readonly number[], group: number): number {
  return data.reduce((sum, digit, i) => sum ^ times(digit, WEIGHTS[i] ?? 0), group);
}

/** The product in GF(32): polynomials over two elements modulo x⁵ + x² + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 5; bit += 1) if ((b >> bit) & 1) product ^= a << bit;
  for (let bit = 8; bit >= 5; bit -= 1) if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5);
  return product;
}

function refused(message: string): Problem {
  return new Problem('wrong-key', message);
}
