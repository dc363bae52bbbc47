import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Pricer } from './pricer.ts';
import type { Held, ResidentShare, ShareWork } from './resident-share.ts';
import type { Underwriter } from './underwriter.ts';

/** What rules said of a stretch of a share. */
export interface DecidedShare {
  /** The place after the last one that was decided on. */
  readonly next: number;
  /** A letter for each risk, in order: those of `LETTERS`, `-` where there is no decision. */
  readonly decisions: string;
  /** Of risks that have some, by their place. */
  readonly notes: readonly (readonly [number, readonly string[]])[];
  readonly failures: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  /** Places of those that only the slow way can answer for. */
  readonly elsewhere: readonly number[];
}
const LETTERS: Readonly<Record<UnderwritingDecision, string>> = { accept: 'a', reject: 'r', none: 'n' };
/** As the letters are read again. */
export const DECISION_OF: Readonly<Record<string, UnderwritingDecision>> = { a: 'accept', r: 'reject', n: 'none' };

/** Lets rules decide on the risks of a share from a place on, until time is up. Prices stand while they can (UB4). */
export function decideShare(
  share: ResidentShare,
  pricer: Pricer,
  underwriter: Underwriter,
  from: number,
  work: ShareWork,
): DecidedShare {
  let decisions = '';
  const notes: [number, readonly string[]][] = [];
  const failures: DecidedShare['failures'][number][] = [];
  const elsewhere: number[] = [];
  const next = share.each(pricer, from, work, (held, index) => {
    const fail = (problem: Problem): 'failed' => {
      failures.push({ index, code: problem.code, message: problem.message });
      return 'failed';
    };
    const said = held.skip
      ? undefined
      : work.attempt(() => {
          const prepared = share.prepared(held, pricer, work);
          if ('failed' in prepared) return fail(prepared.failed);
          return underwriter.decide(shownTo(underwriter, share, held, prepared, pricer));
        }, fail);
    if (said === undefined) elsewhere.push(index);
    const verdict = said === 'failed' ? undefined : said;
    decisions += verdict ? LETTERS[verdict.decision] : '-';
    if (verdict && verdict.notes.length > 0) notes.push([index, verdict.notes]);
  });
  return { next, decisions, notes, failures, elsewhere };
}

/** What the rules are shown of a risk: as it was, while its price stands. */
function shownTo(
  underwriter: Underwriter,
  share: ResidentShare,
  held: Held,
  prepared: Parameters<Pricer['whole']>[0],
  pricer: Pricer,
): NonNullable<Held['shown']>['to'] {
  if (held.shown?.by === underwriter.by && share.stands(held)) return held.shown.to;
  const whole = share.whole(held, prepared, pricer);
  const shown = { by: underwriter.by, to: underwriter.see(whole) };
  // A price that nobody can say of whether it stands is made anew each time.
  held.shown = held.price ? shown : undefined;
  return shown.to;
}
