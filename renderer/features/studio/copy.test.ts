import { describe, expect, it } from 'vitest';
import { keepCopy, olderCopy, readCopy, withFile } from './copy.ts';

function storage(room = Number.POSITIVE_INFINITY): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem(key, value) {
      if (value.length > room) throw new Error('QuotaExceededError');
      kept.set(key, value);
    },
  };
}
const COPY = { product: 'auto', configVersion: 1, commit: 'a', changes: { x: 'text' } };

describe('changes of a working copy', () => {
  it('are none when the text is the saved one again', () => {
    expect(withFile({ a: 'x' }, 'a', 'saved', 'saved')).toEqual({});
    expect(withFile({}, 'a', 'new', 'saved')).toEqual({ a: 'new' });
    expect(withFile({}, 'a', null, 'saved')).toEqual({ a: null });
    expect(withFile({ a: 'new file' }, 'a', null, undefined)).toEqual({});
  });

  it('are kept by version, and forgotten when there are none', () => {
    const browser = storage();
    expect(readCopy(browser, 'a')).toEqual({});
    expect(keepCopy(browser, COPY)).toBe(true);
    expect(readCopy(browser, 'a')).toEqual({ x: 'text' });
    keepCopy(browser, { ...COPY, changes: {} });
    expect(browser.length).toBe(0);
    browser.setItem('fieldwriter.studio.a', 'no JSON');
    expect(readCopy(browser, 'a')).toEqual({});
    expect(keepCopy(storage(10), COPY)).toBe(false);
  });

  it('of versions that were overtaken are found again, the newest first, those of other products never', () => {
    const browser = storage();
    keepCopy(browser, COPY);
    keepCopy(browser, { ...COPY, configVersion: 2, commit: 'b' });
    keepCopy(browser, { ...COPY, product: 'home', configVersion: 3, commit: 'c' });
    expect(olderCopy(browser, 'auto', ['a', 'b', 'c'])?.configVersion).toBe(2);
    expect(olderCopy(browser, 'auto', ['a'])?.configVersion).toBe(1);
    expect(olderCopy(browser, 'auto', [])).toBeUndefined();
  });
});
