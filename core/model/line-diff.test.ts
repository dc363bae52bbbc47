import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, withContext } from './line-diff.ts';

const shown = (before: string, after: string): string[] =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

describe('lines side by side', () => {
  it('shows what was changed, removed and added', () => {
    expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(shown('', 'a')).toEqual(['+a']);
    expect(shown('a\r\nb', 'a\nb\n')).toEqual([' a', ' b']);
  });

  it('gives both texts back, with their line numbers, in as few changes as there can be', () => {
    const line = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), fc.array(line, { maxLength: 14 }), (before, after) => {
        const lines = diffLines(before.join('\n'), after.join('\n'));
        const of = (kind: string) => lines.filter((one) => one.kind === 'same' || one.kind === kind);
        expect(of('removed').map(({ text }) => text)).toEqual(before);
        expect(of('added').map(({ text }) => text)).toEqual(after);
        expect(of('removed').map((one) => one.before)).toEqual(before.map((_, index) => index + 1));
        expect(of('added').map((one) => one.after)).toEqual(after.map((_, index) => index + 1));
        expect(lines.filter(({ kind }) => kind === 'same').length).toBe(commonLines(before, after));
      }),
    );
  });

  it('leaves out what is far from every change', () => {
    const before = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    const after = before.with(14, 'changed');
    const lines = withContext(diffLines(before.join('\n'), after.join('\n')), 2);
    expect(lines[0]).toBeNull();
    expect(lines.at(-1)).toBeNull();
    expect(lines.filter(Boolean)).toHaveLength(6);
  });
});

/** The longest common subsequence by the book, as the second opinion. */
function commonLines(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1) {
      const row = table[i] ?? [];
      row[j] =
        a[i - 1] === b[j - 1] ? (table[i - 1]?.[j - 1] ?? 0) + 1 : Math.max(table[i - 1]?.[j] ?? 0, row[j - 1] ?? 0);
    }
  return table[a.length]?.[b.length] ?? 0;
}
