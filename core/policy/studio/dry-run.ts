import type { Desk } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { UnderwritingDecision } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { decide, newRun, priceQuote, type Rated } from '../rate.ts';
import { type ConditionsThatDiffer, differing } from './conditions.ts';
import { type Subject, sampledSubjects, storedSubject, take } from './risks.ts';
import { baseSide, changedSide, type Side, type WorkingCopy } from './working-copy.ts';

/** Which risks a slice of a dry run decides (ST15). */
export type Book =
  | { readonly kind: 'sampled'; readonly seed: string; readonly from: number; readonly count: number }
  | { readonly kind: 'stored'; readonly locators: readonly string[] };

/** What one side makes of a risk. `failed`: it could not be decided, see the problem. */
export interface Outcome {
  readonly decision: UnderwritingDecision | 'failed';
  readonly notes: readonly string[];
  /** Gross premium of the term; absent when it was not or could not be priced. */
  readonly premium?: string;
  readonly problem?: string;
}
export interface Flip {
  readonly kind: Subject['kind'];
  /** Of a stored policy its locator, of a sample its number. */
  readonly id: string;
  readonly label: string;
  readonly currency: string;
  readonly before: Outcome;
  readonly after: Outcome;
  readonly conditions: ConditionsThatDiffer;
  /** What a sample is, to be looked at. */
  readonly sample?: JsonValue;
}
export interface DryRunSlice {
  readonly risks: number;
  /** How many risks went from which decision to which. */
  readonly matrix: readonly {
    readonly before: Outcome['decision'];
    readonly after: Outcome['decision'];
    readonly risks: number;
  }[];
  readonly flips: readonly Flip[];
  /** Sums over the risks that have a premium on both sides. */
  readonly premium: {
    readonly risks: number;
    readonly before: string;
    readonly after: string;
    readonly changed: number;
  };
  /** Fields that the working copy asks for, by how many risks lack them. */
  readonly missing: Readonly<Record<string, number>>;
  /** False when a rater outside would price: a dry run calls none. */
  readonly priced: boolean;
}

/** Decides each risk of a slice before and after the changes (ST10 to ST14); nothing is stored, nothing outside is asked. */
export async function dryRun(desk: Desk, copy: WorkingCopy, product: string, book: Book): Promise<DryRunSlice> {
  const before = baseSide(copy, product);
  const after = changedSide(copy, product);
  const context = newRun(desk);
  const subjects =
    book.kind === 'sampled'
      ? sampledSubjects(after, { ...book, now: context.clock })
      : book.locators.map((locator) => storedSubject(desk, locator));
  const compared = await inTwos(subjects, (subject) => compare(desk, before, after, subject, context));
  return {
    ...summed(compared),
    flips: compared.flatMap(({ flip }) => flip ?? []),
    priced: isPricedHere(before) && isPricedHere(after),
  };
}

interface Compared {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly missing: readonly string[];
  readonly flip?: Flip;
}
interface Judged {
  readonly outcome: Outcome;
  readonly missing: readonly string[];
  readonly rated?: Rated;
  readonly currency: string;
}

async function compare(
  desk: Desk,
  before: Side,
  after: Side,
  subject: Subject,
  context: RunContext,
): Promise<Compared> {
  const [was, is] = await Promise.all([judge(desk, before, subject, context), judge(desk, after, subject, context)]);
  const compared = { before: was.outcome, after: is.outcome, missing: is.missing };
  if (was.outcome.decision === is.outcome.decision) return compared;
  const conditions = differing(await explained(desk, was, context), await explained(desk, is, context));
  const flip: Flip = {
    kind: subject.kind,
    id: subject.kind === 'stored' ? subject.locator : subject.label,
    label: subject.label,
    currency: is.currency,
    before: was.outcome,
    after: is.outcome,
    conditions,
    ...(subject.kind === 'sampled' ? { sample: subject.request as unknown as JsonValue } : {}),
  };
  return { ...compared, flip };
}

async function judge(desk: Desk, side: Side, subject: Subject, context: RunContext): Promise<Judged> {
  const quiet = { ...context, worksheet: false };
  const currency = side.deployed.configuration.currency;
  let missing: readonly string[] = [];
  try {
    const taken = take(desk, side, subject);
    missing = taken.missing;
    let { rated } = taken;
    if (isPricedHere(side)) {
      const priced = await priceQuote(desk, rated, quiet);
      if (!priced.ok) return { outcome: failed(priced.problem), missing, currency };
      rated = { ...rated, view: { ...rated.view, quote: priced.quote } };
    }
    const { quote } = rated.view;
    const premium = quote.price ? { premium: quote.price.grossPremium } : {};
    const decided = await decide(desk, rated, quote, quiet);
    if (!decided.ok) return { outcome: { ...failed(decided.problem), ...premium }, missing, currency, rated };
    const { decision = 'accept', notes = [] } = decided.result ?? {};
    return { outcome: { decision, notes, ...premium }, missing, rated, currency: quote.currency };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { outcome: failed(cause), missing, currency };
  }
}

/** The decision's worksheet: only flips pay for one. */
async function explained(desk: Desk, { rated }: Judged, context: RunContext): Promise<Worksheet | undefined> {
  if (!rated) return undefined;
  return (await decide(desk, rated, rated.view.quote, { ...context, worksheet: true })).worksheet;
}

function isPricedHere({ product }: Side): boolean {
  return product.externalRater === undefined;
}

function failed(problem: Problem): Outcome {
  return { decision: 'failed', notes: [], problem: problem.message };
}

function summed(compared: readonly Compared[]): Omit<DryRunSlice, 'flips' | 'priced'> {
  const cells = new Map<string, DryRunSlice['matrix'][number]>();
  const missing: Record<string, number> = {};
  let [risks, changed] = [0, 0];
  let [premiumBefore, premiumAfter] = [new Decimal(0), new Decimal(0)];
  for (const { before, after, missing: lacks } of compared) {
    const key = `${before.decision} ${after.decision}`;
    const cell = cells.get(key);
    cells.set(key, { before: before.decision, after: after.decision, risks: (cell?.risks ?? 0) + 1 });
    for (const field of new Set(lacks)) missing[field] = (missing[field] ?? 0) + 1;
    if (before.premium === undefined || after.premium === undefined) continue;
    risks += 1;
    premiumBefore = premiumBefore.plus(before.premium);
    premiumAfter = premiumAfter.plus(after.premium);
    if (!new Decimal(before.premium).eq(after.premium)) changed += 1;
  }
  const premium = { risks, before: premiumBefore.toFixed(), after: premiumAfter.toFixed(), changed };
  return { risks: compared.length, matrix: [...cells.values()], premium, missing };
}

/** Two at a time: both hosts work, and whoever else needs one waits for one risk at most. */
async function inTwos<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += 2) results.push(...(await Promise.all(items.slice(at, at + 2).map(work))));
  return results;
}
