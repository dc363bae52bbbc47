import { describe, expect, it } from 'vitest';
import { edited, edits, redone, undone } from './edits.ts';

describe('edits', () => {
  it('takes back a step and brings it again', () => {
    const two = edited(edited(edits('a'), 'b', 0), 'c', 5_000);
    expect(undone(two).present).toBe('b');
    expect(undone(undone(two)).present).toBe('a');
    expect(redone(undone(two)).present).toBe('c');
    expect(redone(redone(undone(undone(two)))).present).toBe('c');
  });

  it('takes back a word, not a letter', () => {
    const typed = ['A', 'Ad', 'Ada'].reduce(
      (state, next, index) => edited(state, next, 1_000 + index * 100),
      edits(''),
    );
    expect(typed.present).toBe('Ada');
    expect(undone(typed).present).toBe('');
  });

  it('keeps the first change apart from what was there, however early it comes', () => {
    expect(undone(edited(edits('saved'), 'x', 1)).present).toBe('saved');
  });

  it('begins a new step after a step back, and forgets what was taken back', () => {
    const state = edited(undone(edited(edits('a'), 'b', 0)), 'c', 100);
    expect(redone(state).present).toBe('c');
    expect(undone(state).present).toBe('a');
  });

  it('stands still at both ends', () => {
    expect(undone(edits('a'))).toEqual(edits('a'));
    expect(redone(edits('a'))).toEqual(edits('a'));
  });
});
