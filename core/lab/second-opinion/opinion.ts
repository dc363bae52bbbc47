import type { Desk } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import { decide, priceQuote, type Rated } from '#core/policy/rate.ts';
import { type Subject, sampledSubjects, take } from '#core/policy/studio/risks.ts';
import type { Side } from '#core/policy/studio/working-copy.ts';
import type { RunContext, Sandbox } from '#core/sandbox/contract.ts';
import { firstSandbox, secondSandbox } from '#core/sandbox/second-engine.ts';
import { firstDifference } from '../receipt/difference.ts';
import type { Disagreement, Opinion } from './contract.ts';

/** Which sampled risks are judged; the same seed gives the same ones. */
export interface OpinionSample {
  readonly seed: string;
  readonly from: number;
  readonly count: number;
}
/** A disagreement is shown whole: more than these only say that there are more. */
const MOST_SHOWN = 5;
/** Risks that are judged at a time: one waits in a host while another is put together. */
const LANES = 4;
/** What the second engine says where it lacks a part of the language's library, and its pool where it could not be started with a program. */
const UNABLE = /the second engine (has no|could not)|was not run: its program could not be loaded/i;

/**
 * Rates and decides sampled risks by two independent evaluators (SO1 to SO5). Stores nothing, asks no service outside: a product
 * with an external rater is decided without a price. Throws `invalid-configuration` while the product has errors.
 * @param engine the second engine for plugins (`openSecondEngine`); in tests one with a defect
 */
export async function secondOpinion(
  desk: Desk,
  side: Side,
  { seed, from, count }: OpinionSample,
  engine: Sandbox,
  options: { readonly second?: Sandbox; readonly signal?: AbortSignal } = {},
): Promise<Opinion> {
  const first: Desk = { ...desk, sandbox: firstSandbox(desk.sandbox) };
  const second: Desk = { ...desk, sandbox: options.second ?? secondSandbox(desk.sandbox, engine) };
  const context: RunContext = { clock: desk.now(), seed, worksheet: false };
  const subjects = sampledSubjects(side, { seed, from, count, now: context.clock });
  const waiting = [...subjects.entries()];
  const verdicts: Verdict[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !options.signal?.aborted; next = waiting.shift()) {
      const [index, subject] = next;
      verdicts[index] = await verdictOn({ first, second }, taken(desk, side, subject), context);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const disagreements: Disagreement[] = [];
  for (const [index, subject] of subjects.entries()) {
    const { rated, difference } = verdicts[index] ?? {};
    if (!rated || !difference || disagreements.length >= MOST_SHOWN) continue;
    disagreements.push(await explained({ first, second }, rated, context, from + index, subject, difference));
  }
  const unable = verdicts.filter((verdict) => verdict.unable !== undefined);
  return {
    product: side.product.name,
    seed,
    evaluators: evaluatorsOf(side.product),
    risks: verdicts.length,
    agreed: verdicts.filter((verdict) => verdict.unable === undefined && !verdict.difference).length,
    unable: { risks: unable.length, ...(unable[0] ? { why: unable[0].unable ?? '' } : {}) },
    disagreements,
  };
}

/** What came of a risk: they agree where neither is there. */
interface Verdict {
  readonly rated?: Rated;
  readonly difference?: Difference;
  readonly unable?: string;
}

async function verdictOn({ first, second }: Both, rated: Rated | string, context: RunContext): Promise<Verdict> {
  if (typeof rated === 'string') return { unable: rated };
  const [one, other] = await Promise.all([judged(first, rated, context), judged(second, rated, context)]);
  if (isUnable(other)) return { unable: other.failure ?? '' };
  const difference = differing(one, other);
  return { rated, ...(difference ? { difference } : {}) };
}

/** The sampled risk as a draft; why not, where the sampler makes up what the product does not take. */
function taken(desk: Desk, side: Side, subject: Subject): Rated | string {
  try {
    return take(desk, side, subject).rated;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** It lacks something, or it is too slow or too large for it: that says nothing about the price. */
function isUnable({ values, failure = '' }: Judged): boolean {
  return UNABLE.test(failure) || ['plugin-timeout', 'plugin-memory'].includes(values.get('problem') ?? '');
}

function evaluatorsOf({ plugins }: Product): Opinion['evaluators'] {
  const enabled = plugins.getPerilRates?.enabled || plugins.getUnderwritingResult?.enabled;
  return enabled ? ['calculations', 'plugins'] : ['calculations'];
}

/** All that an evaluator says of a risk, by name, in a fixed order. */
interface Judged {
  readonly values: ReadonlyMap<string, string>;
  readonly failure?: string;
  readonly pricing?: Worksheet;
  readonly deciding?: Worksheet;
}

async function judged(desk: Desk, rated: Rated, context: RunContext): Promise<Judged> {
  const values = new Map<string, string>();
  let { quote } = rated.view;
  let pricing: Worksheet | undefined;
  if (rated.product.externalRater === undefined) {
    const priced = await priceQuote(desk, rated, context);
    pricing = priced.worksheet;
    const sheet = pricing ? { pricing } : {};
    if (!priced.ok)
      return { values: values.set('problem', priced.problem.code), failure: priced.problem.message, ...sheet };
    quote = priced.quote;
    amountsOf(quote, values);
  }
  const decided = await decide(desk, rated, quote, context);
  const sheets = { ...(pricing ? { pricing } : {}), ...(decided.worksheet ? { deciding: decided.worksheet } : {}) };
  if (!decided.ok)
    return { values: values.set('problem', decided.problem.code), failure: decided.problem.message, ...sheets };
  values.set('decision', decided.result?.decision ?? 'none asked');
  values.set('notes', (decided.result?.notes ?? []).join('\n'));
  return { values, ...sheets };
}

function amountsOf(quote: QuoteRecord, values: Map<string, string>): void {
  for (const [at, exposure] of quote.exposures.entries())
    for (const peril of exposure.perils) {
      const priced = quote.price?.perils[peril.row];
      if (!priced) continue;
      const name = `${exposure.name} ${at + 1} / ${peril.name}`;
      values.set(`premium of ${name}`, priced.premium);
      if (priced.technicalPremium !== undefined) values.set(`technical premium of ${name}`, priced.technicalPremium);
      for (const { recipient, amount } of priced.commissions)
        values.set(`commission of ${name} for ${recipient}`, amount);
      for (const { name: tax, amount } of priced.taxes) values.set(`tax ${tax} of ${name}`, amount);
    }
  for (const [at, { name, amount }] of (quote.price?.fees ?? []).entries()) values.set(`fee ${at + 1} ${name}`, amount);
  values.set('total', priceResponse(quote).total);
}

type Difference = Pick<Disagreement, 'what' | 'first' | 'second'>;

function differing(one: Judged, other: Judged): Difference | undefined {
  for (const what of new Set([...one.values.keys(), ...other.values.keys()])) {
    const [a, b] = [one.values.get(what), other.values.get(what)];
    if (a === b || sameAmount(a, b)) continue;
    // Whoever failed says why.
    return { what, first: a ?? one.failure ?? 'nothing', second: b ?? other.failure ?? 'nothing' };
  }
  return undefined;
}

function sameAmount(a: string | undefined, b: string | undefined): boolean {
  const [one, other] = [parseDecimal(a), parseDecimal(b)];
  return one !== undefined && other !== undefined && new Decimal(one).equals(other);
}

interface Both {
  readonly first: Desk;
  readonly second: Desk;
}

/** Both once more with their worksheets: only a disagreement pays for them. */
async function explained(
  { first, second }: Both,
  rated: Rated,
  context: RunContext,
  sample: number,
  subject: Subject,
  difference: Difference,
): Promise<Disagreement> {
  const told = { ...context, worksheet: true };
  const [one, other] = await Promise.all([judged(first, rated, told), judged(second, rated, told)]);
  const worksheets = { first: wholeOf(one), second: wholeOf(other) };
  const step = firstDifference(worksheets.first?.steps ?? [], worksheets.second?.steps ?? []);
  return {
    sample,
    request: (subject.kind === 'sampled' ? subject.request : null) as unknown as JsonValue,
    ...difference,
    firstStep: step ? { path: step.path, first: step.before, second: step.after } : null,
    worksheets,
  };
}

function wholeOf({ pricing, deciding }: Judged): Worksheet | null {
  const sheet = pricing ?? deciding;
  return sheet ? { ...sheet, steps: [...(pricing?.steps ?? []), ...(deciding?.steps ?? [])] } : null;
}
