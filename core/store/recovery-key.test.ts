import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfRecovery, recoveryKeyOf } from './recovery-key.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const group = fc.nat(12);

describe('J30 a recovery key', () => {
  it('is 13 groups of five characters that a person can tell apart', () => {
    fc.assert(
      fc.property(key, (bytes) => {
        expect(recoveryKeyOf(bytes)).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){12}$/);
      }),
    );
  });

  it('gives the key back, however it is typed', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('', ' ', '-', ' - ', '\n'), fc.boolean(), (bytes, between, small) => {
        const text = recoveryKeyOf(bytes).replaceAll('-', between).replaceAll('0', 'O').replaceAll('1', 'l');
        expect(keyOfRecovery(small ? text.toLowerCase() : text)).toEqual(bytes);
      }),
    );
  });

  it('has every single wrong character found and its group named', () => {
    fc.assert(
      fc.property(key, fc.nat(64), fc.nat(31), (bytes, at, other) => {
        const typed = [...recoveryKeyOf(bytes).replaceAll('-', '')];
        fc.pre(typed[at] !== ALPHABET[other]);
        typed[at] = ALPHABET[other] ?? '';
        expect(() => keyOfRecovery(typed.join(''))).toThrow(`group ${Math.floor(at / 5) + 1} of`);
      }),
    );
  });

  it('has two characters that changed places in a group found', () => {
    fc.assert(
      fc.property(key, group, fc.nat(4), fc.nat(4), (bytes, which, a, b) => {
        const typed = [...recoveryKeyOf(bytes).replaceAll('-', '')];
        const [first = '', second = ''] = [typed[which * 5 + a], typed[which * 5 + b]];
        fc.pre(first !== second);
        typed[which * 5 + a] = second;
        typed[which * 5 + b] = first;
        expect(() => keyOfRecovery(typed.join(''))).toThrow(`group ${which + 1} of`);
      }),
    );
  });

  it('has groups that changed places found, even equal ones', () => {
    fc.assert(
      fc.property(key, group, group, (bytes, a, b) => {
        fc.pre(a !== b);
        const groups = recoveryKeyOf(bytes).split('-');
        const swapped = groups.with(a, groups[b] ?? '').with(b, groups[a] ?? '');
        expect(() => keyOfRecovery(swapped.join('-'))).toThrow(
          `group ${Math.min(a, b) + 1} and ${Math.max(a, b) + 1} of`,
        );
      }),
    );
  });

  it('refuses what is too short, too long, of other characters or of a later version, and never repeats it', () => {
    const text = recoveryKeyOf(new Uint8Array(32).fill(7));
    expect(() => keyOfRecovery(text.slice(1))).toThrow('these are 64');
    expect(() => keyOfRecovery(`${text}0`)).toThrow('these are 66');
    expect(() => keyOfRecovery('')).toThrow('these are 0');
    expect(() => keyOfRecovery(text.replace(/.$/, 'U'))).toThrow('Group 13');
    // Group 0 with the top bit of 260 set and a check character that agrees.
    const later = [...ALPHABET].map((check) => text.replace(/^...../, `G000${check}`));
    const said = later.map((typed) => {
      try {
        return keyOfRecovery(typed);
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    });
    expect(said.filter((message) => String(message).includes('later version'))).toHaveLength(1);
    for (const message of said) expect(String(message)).not.toContain(text.slice(6, 11));
  });
});
