import { expect, test } from 'vitest';
import { decided } from './branches.ts';

/** A line of commits `a`, `ab`, `abc` …: one goes on from another where it begins with it. */
const follows = async (commit: string, from: string): Promise<boolean> => commit.startsWith(from);

test('SY95 a reference goes where it was not changed; what both changed stays twice, unless one goes on from the other', async () => {
  const cases: readonly [agreed: string, here: string, there: string, decision: string][] = [
    ['a', 'a', 'a', 'agreed'],
    ['a', 'ab', 'ab', 'agreed'],
    ['', '', 'a', 'take'],
    ['a', 'a', 'ab', 'take'],
    ['a', 'a', '', 'take'],
    ['', 'a', '', 'send'],
    ['a', 'ab', 'a', 'send'],
    ['a', '', 'a', 'send'],
    // Given up there, and worked on here: the work goes on.
    ['a', 'ab', '', 'send'],
    // Given up here, and worked on there.
    ['a', '', 'ab', 'take'],
    ['a', 'ab', 'ac', 'both'],
    ['a', 'ab', 'abc', 'take'],
    ['a', 'abc', 'ab', 'send'],
    ['', 'ab', 'ac', 'both'],
    // Begun again elsewhere under the same name: nothing is rewritten.
    ['a', 'x', 'a', 'both'],
  ];
  for (const [agreed, here, there, decision] of cases) {
    const refs = { agreed: agreed || undefined, here: here || undefined, there: there || undefined };
    expect([refs, await decided(refs, follows)]).toEqual([refs, decision]);
  }
});
