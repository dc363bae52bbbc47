import { type Desk, look } from '#core/desk/desk.ts';
import { ENGINE } from '#core/model/engine.ts';
import { Problem, type ProblemCode } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { type Replay, replayPolicy } from '#core/policy/replay.ts';
import { replayTransaction } from '#core/policy/transactions/replay-transaction.ts';
import type { FirstDifference } from './confirmation.ts';
import { firstDifference } from './difference.ts';
import { type RecordedPrice, recordedPrice } from './recorded.ts';

/** What rating a recorded decision again found (PR11). */
export interface RecordedVerdict {
  /** `unverifiable`: it could not be rated here, which says nothing against it. */
  readonly verdict: 'confirmed' | 'differs' | 'unverifiable';
  /** What differs first: the input, price, decision or a worksheet. */
  readonly what?: string;
  /** The first step that differs, where worksheets do. It holds what people said of themselves. */
  readonly first?: FirstDifference;
  /** Why it could not be rated, or what rating it came to. */
  readonly problem?: { readonly code: ProblemCode; readonly message: string };
  /** The program that recorded it, where that is known, and this one. */
  readonly engine: { readonly recorded: string | null; readonly here: string };
}

/** What is missing here, or was too slow here: no word about the decision. */
const NOT_HERE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'not-found',
  'wrong-state',
  'rater-unavailable',
  'rater-refused',
  'plugin-timeout',
  'plugin-memory',
  'unavailable',
]);

/**
 * Rates and underwrites a recorded decision again and compares price, decision and worksheets byte for byte, and the hash of its
 * input; saves nothing and makes no receipt. @param locator of a quote, or of a transaction after the issue
 * Throws only what is no Problem: something is wrong with this program.
 */
export async function verifyRecorded(desk: Desk, locator: string): Promise<RecordedVerdict> {
  let recorded: RecordedPrice | undefined;
  const engine = () => ({ recorded: recorded?.engine ?? null, here: ENGINE });
  try {
    recorded = await recordedPrice(desk, locator);
    const { recordedInput, inputHash, policy } = recorded;
    if (recordedInput !== undefined && recordedInput !== inputHash)
      return {
        verdict: 'differs',
        what: 'input',
        first: { path: [], before: `input ${recordedInput}`, after: `input ${inputHash}` },
        engine: engine(),
      };
    const replay = look(desk, 'quote', locator)
      ? await replayPolicy(desk, policy, locator)
      : await replayTransaction(desk, locator);
    return { ...judged(replay), engine: engine() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message } = error;
    const problem = { code, message };
    if (NOT_HERE.has(code)) return { verdict: 'unverifiable', problem, engine: engine() };
    // It had a price once: whatever it does to the engines now is a finding about it.
    return { verdict: 'differs', what: 'rating', problem, engine: engine() };
  }
}

function judged({ same, differences }: Replay): Pick<RecordedVerdict, 'verdict' | 'what' | 'first'> {
  if (same) return { verdict: 'confirmed' };
  // The worksheet names the step that an amount or a decision comes from.
  const sheets = differences.filter(({ what }) => what.endsWith('worksheet'));
  for (const { what, recorded, replayed } of sheets) {
    const first = firstDifference(stepsIn(recorded), stepsIn(replayed));
    if (first) return { verdict: 'differs', what, first };
  }
  const [other] = differences;
  return {
    verdict: 'differs',
    what: other?.what ?? '',
    first: { path: [], before: other?.recorded ?? null, after: other?.replayed ?? null },
  };
}

function stepsIn(text: string): Worksheet['steps'] {
  return (JSON.parse(text) as Worksheet | null)?.steps ?? [];
}
