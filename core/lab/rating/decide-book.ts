import type { DecidedBook } from '../contract.ts';
import type { RatingControl, RatingProgram } from './contract.ts';
import { decidedOneByOne, deciderOf } from './decide-risk.ts';
import { DecidedColumns } from './decided-columns.ts';
import { fastProgram } from './fast.ts';
import { fastRules } from './fast-rules.ts';
import { DECISION_OF, type DecidedShare } from './guest/share-rules.ts';
import { counted, type HeldBook, slowly } from './held-book.ts';
import { type Said, ShareRun, type ShareRunning } from './share-run.ts';
import { ratingCase } from './slow.ts';

const SLOW_WIDTH = 4;

/** Prices a resident book and lets the rules of a version decide on it (UB1 to UB5). Throws `wrong-state` for one without rules. */
export async function decideBook(
  { desk, source, shares, keys }: HeldBook,
  program: RatingProgram,
  { signal, onProgress }: RatingControl,
): Promise<DecidedBook> {
  signal?.throwIfAborted();
  const rating = ratingCase(program);
  const { product } = rating;
  deciderOf(product);
  const { clock, seed } = program;
  const decisions = new DecidedColumns(keys);
  const fast = fastProgram(program, product);
  const rules = fastRules(program.configuration, product);
  const progress = counted(keys.length, onProgress);
  const slow = decidedOneByOne(desk, rating, SLOW_WIDTH);
  if (!fast.ok || !rules.ok) {
    await slowly(source, slow, signal, (index, decided) => decisions.set(index, decided), progress);
    return decisions.book();
  }
  const take = async ({ text, from, place, request }: Said): Promise<number> => {
    const said = JSON.parse(text) as DecidedShare;
    for (let i = from; i < said.next; i += 1) {
      const decision = DECISION_OF[said.decisions[i - from] ?? ''];
      if (decision) decisions.decide(place(i), decision);
    }
    for (const [index, notes] of said.notes) decisions.note(place(index), notes);
    for (const { index, code, message } of said.failures) decisions.fail(place(index), code, message);
    for (const index of said.elsewhere) {
      const [decided] = await slow({ first: 1, count: 1, text: await request(index) }, signal);
      if (decided) decisions.set(place(index), decided);
    }
    progress(said.next - from);
    return said.next;
  };
  const loaded = { fast: fast.program, rules: rules.rules, call: 'decideShare' } as const;
  const run: ShareRunning = { source, shares, ...loaded, clock, seed, signal, take };
  await Promise.all(shares.map((share) => new ShareRun(run, share).go()));
  return decisions.book();
}
