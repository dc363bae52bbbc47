import type { Desk } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import { startOfDay } from '#core/model/time.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import { priceQuote } from '#core/policy/rate.ts';
import { sampledSubjects, take } from '#core/policy/studio/risks.ts';
import type { Side } from '#core/policy/studio/working-copy.ts';
import type { SampleRequest } from '#core/product/sample.ts';
import { type Target, targetOf } from '../rating/csv-columns.ts';
import type { CounterExample, PropertyResult, PropertyTest } from './contract.ts';
import { lawInWords, type PropertyFile } from './property-file.ts';
import { asRequest, simpler, withValue } from './sampled-risk.ts';
import { valuesOf } from './sweep.ts';

/** Where properties are tried: nothing is stored, no service outside is asked. */
export interface PropertyBench {
  readonly desk: Desk;
  readonly side: Side;
}
/** Which sampled risks a run looks at; a property's own number of samples is the whole. */
export interface Slice {
  readonly from: number;
  readonly count: number;
}

const MOST_SHRINKING = 400;

/** The amount of a risk, or why it has none. */
type Priced = { readonly amount: Decimal } | { readonly why: string };
type Point = CounterExample['at'][number];
interface Break {
  readonly why: string;
  readonly at: readonly Point[];
  /** The risk at the value where the law breaks. */
  readonly request: SampleRequest;
}
/** What one risk came to: the law holds, is broken, or nothing could be priced. */
type Verdict = { readonly broken?: Break; readonly unpriced?: string };

/** Tries a property on a slice of its sampled risks, until one breaks it (PT9 to PT15). */
export async function runProperty(
  bench: PropertyBench,
  test: PropertyTest,
  slice?: Slice,
  signal?: AbortSignal,
): Promise<PropertyResult> {
  const started = performance.now();
  const { given, ...place } = test;
  let ratings = 0;
  let risks = 0;
  let unpriced = 0;
  let why: string | undefined;
  const result = (more: Partial<PropertyResult>): PropertyResult => ({
    ...place,
    passed: false,
    law: given instanceof Problem ? '' : lawInWords(given),
    seed: given instanceof Problem ? '' : given.seed,
    risks,
    ratings,
    unpriced: { risks: unpriced, ...(why === undefined ? {} : { why }) },
    ...more,
    milliseconds: Math.round(performance.now() - started),
  });
  if (given instanceof Problem) return result({ problem: given.message });
  try {
    const law = prepared(bench, given, () => {
      ratings += 1;
    });
    for (const [sample, request] of law.risks(within(given.samples, slice))) {
      if (signal?.aborted) break;
      risks += 1;
      const verdict = await law.judge(request);
      if (verdict.unpriced !== undefined) {
        unpriced += 1;
        why ??= verdict.unpriced;
      }
      if (!verdict.broken) continue;
      const { broken, tried } = await shrunk(law, request, verdict.broken, signal);
      return result({
        counterExample: { sample, why: broken.why, request: asRequest(broken.request), at: broken.at, shrunk: tried },
      });
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return result({ problem: error.message });
  }
  if (risks > 0 && unpriced === risks)
    return result({ problem: `None of ${risks} sampled risks could be priced: ${why ?? ''}` });
  return result({ passed: true });
}

/** A slice of the property's own samples. */
function within(samples: number, { from, count }: Slice = { from: 0, count: samples }): Slice {
  return { from, count: Math.max(0, Math.min(count, samples - from)) };
}

interface Law {
  readonly property: PropertyFile;
  readonly side: Side;
  /** Dotted names whose values shrinking leaves alone. */
  readonly fixed: ReadonlySet<string>;
  risks(slice: Slice): Iterable<readonly [number: number, request: SampleRequest]>;
  judge(request: SampleRequest): Promise<Verdict>;
}

function prepared({ desk, side }: PropertyBench, property: PropertyFile, count: () => void): Law {
  const { deployed, product } = side;
  const { configuration } = deployed;
  if (product.externalRater !== undefined)
    throw new Problem(
      'wrong-state',
      `${product.displayName} is priced by a service outside, and a property asks none: rate a sample there instead.`,
    );
  const named = (name: string): Target => {
    const target = targetOf(name, product, configuration.policyholder.fields);
    if (typeof target === 'string') throw new Problem('malformed-request', `"${name}" means nothing: ${target}.`);
    if ('field' in target && target.field && !target.field.group) return target;
    throw new Problem(
      'malformed-request',
      `"${name}" is no field that a property can set: groups and covers stay as they are sampled.`,
    );
  };
  const givens = Object.entries(property.given).map(([name, value]) => [named(name), value] as const);
  const day = startOfDay(property.day, configuration.timeZone);
  const at: Desk = { ...desk, now: () => day };
  const price = (request: SampleRequest): Promise<Priced> => {
    count();
    return amountOf(at, side, request, property.of);
  };
  const sweep = property.law === 'bounds' ? undefined : named(property.field);
  const values = property.law === 'bounds' || !sweep ? [] : valuesOf(property, sweep, product);
  return {
    property,
    side,
    fixed: new Set([...Object.keys(property.given), ...(property.law === 'bounds' ? [] : [property.field])]),
    *risks({ from, count: most }) {
      const subjects = sampledSubjects(side, { seed: property.seed, from, count: most, now: day });
      for (const [index, subject] of subjects.entries()) {
        if (subject.kind !== 'sampled') continue;
        const request = givens.reduce<SampleRequest>(
          (risk, [means, value]) => withValue(risk, means, value) ?? risk,
          subject.request,
        );
        yield [from + index, request];
      }
    },
    judge: (request) =>
      property.law === 'bounds'
        ? judgeBounds(property, request, price)
        : judgeSweep(property, request, sweep, values, price),
  };
}

async function amountOf(desk: Desk, side: Side, request: SampleRequest, of: string): Promise<Priced> {
  try {
    const { rated } = take(desk, side, { kind: 'sampled', label: '', request });
    const context = { clock: desk.now(), seed: '0', worksheet: false };
    const priced = await priceQuote(desk, rated, context);
    if (!priced.ok) return { why: priced.problem.message };
    const { grossPremium, total, perils } = priceResponse(priced.quote);
    if (of === 'premium') return { amount: new Decimal(grossPremium) };
    if (of === 'total') return { amount: new Decimal(total) };
    const name = of.slice('perils.'.length);
    const rows = perils.filter(({ perilName }) => perilName === name);
    if (rows.length === 0) return { why: `the risk has no peril "${name}"` };
    return { amount: rows.reduce((sum, { premium }) => sum.plus(premium), new Decimal(0)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { why: error.message };
  }
}

type Price = (request: SampleRequest) => Promise<Priced>;

async function judgeBounds(
  { minimum, maximum }: Extract<PropertyFile, { law: 'bounds' }>,
  request: SampleRequest,
  price: Price,
): Promise<Verdict> {
  const priced = await price(request);
  if ('why' in priced) return { unpriced: priced.why };
  const { amount } = priced;
  const below = minimum !== undefined && amount.lessThan(minimum);
  const above = maximum !== undefined && amount.greaterThan(maximum);
  if (!below && !above) return {};
  const why = below
    ? `${amount} is below the smallest allowed, ${minimum}`
    : `${amount} is above the largest allowed, ${maximum}`;
  return { broken: { why, at: [{ amount: amount.toFixed() }], request } };
}

/** Walks along the values of the field, two prices at a time. */
async function judgeSweep(
  property: Exclude<PropertyFile, { law: 'bounds' }>,
  request: SampleRequest,
  field: Target | undefined,
  values: readonly string[],
  price: Price,
): Promise<Verdict> {
  if (!field) return {};
  let before: { readonly value: string; readonly amount: Decimal } | undefined;
  let unpriced: string | undefined;
  for (let at = 0; at < values.length; at += 2) {
    const pair = values.slice(at, at + 2).map(async (value) => {
      const risk = withValue(request, field, value);
      return { value, risk, priced: risk ? await price(risk) : { why: `the risk has no ${property.field}` } };
    });
    for (const { value, risk, priced } of await Promise.all(pair)) {
      if ('why' in priced) {
        unpriced ??= priced.why;
        continue;
      }
      const why = before && breaks(property, before, { value, amount: priced.amount });
      if (why !== undefined && before && risk) {
        const points = [before, { value, amount: priced.amount }];
        return { broken: { why, at: points.map((one) => ({ ...one, amount: one.amount.toFixed() })), request: risk } };
      }
      before = { value, amount: priced.amount };
    }
  }
  return before ? {} : { unpriced: unpriced ?? 'no value of the field could be priced' };
}

function breaks(
  property: Exclude<PropertyFile, { law: 'bounds' }>,
  before: { readonly value: string; readonly amount: Decimal },
  after: { readonly value: string; readonly amount: Decimal },
): string | undefined {
  const [a, b] = [before.amount, after.amount];
  const move = `from ${a} at ${before.value} to ${b} at ${after.value}`;
  if (property.law === 'monotone') {
    const wrong = property.direction === 'increasing' ? b.lessThan(a) : b.greaterThan(a);
    return wrong ? `${property.direction === 'increasing' ? 'falls' : 'rises'} ${move}` : undefined;
  }
  const [small, large] = a.lessThan(b) ? [a, b] : [b, a];
  if (large.minus(small).times(100).lessThanOrEqualTo(small.abs().times(property.percent))) return undefined;
  const percent = small.isZero()
    ? 'from nothing'
    : `${large.minus(small).times(100).div(small.abs()).toDecimalPlaces(2)} %`;
  return `jumps ${percent} ${move}, more than ${property.percent} %`;
}

/** Leaves out what the counter-example does not need, as long as the law stays broken (PT14). */
async function shrunk(
  law: Law,
  risk: SampleRequest,
  first: Break,
  signal: AbortSignal | undefined,
): Promise<{ readonly broken: Break; readonly tried: number }> {
  let [smallest, broken] = [risk, first];
  let tried = 0;
  for (let better = true; better; ) {
    better = false;
    for (const candidate of simpler(smallest, law.side.product, law.fixed)) {
      if (tried >= MOST_SHRINKING || signal?.aborted) return { broken, tried };
      tried += 1;
      const verdict = await law.judge(candidate);
      if (!verdict.broken) continue;
      [smallest, broken, better] = [candidate, verdict.broken, true];
      break;
    }
  }
  return { broken, tried };
}
