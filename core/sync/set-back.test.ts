import { expect, test } from 'vitest';
import { agreedUpTo, forgets } from './set-back.ts';

/** `b100`: set back to position 100, as b. */
const cuts = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((one) => ({ id: one.slice(0, 1), position: Number(one.slice(1)), at: 0 }));

test.each<[string, string, string, number | undefined]>([
  ['never, for both', '', '', undefined],
  ['as the device knows', 'a10 b20', 'a10 b20', undefined],
  ['for the first time', '', 'a10', 10],
  ['once more', 'a10', 'a10 b20', 20],
  ['twice since', '', 'a10 b20', 10],
  ['twice to one backup', 'a10', 'b10', 10],
  ['the second time to an older backup than the first', 'a10', 'b5', 5],
  ['the second time to a newer backup, of the life before the first', 'a10', 'b20', 10],
  ['both went on from one and were set back since', 'a10 b30', 'a10 c20', 20],
])('SY96 the cloud was set back %s', (_, mine, theirs, expected) => {
  expect(agreedUpTo(cuts(mine), cuts(theirs))).toBe(expected);
  expect(forgets(cuts(mine), cuts(theirs))).toBe(false);
  // It is told by the one that went through it, whichever that is.
  if (mine !== theirs) expect(forgets(cuts(`${mine} z90`), cuts(mine))).toBe(true);
});
