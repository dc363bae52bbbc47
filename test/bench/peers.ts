import type { RatingProgram, ResidentBook } from '#core/lab/rating/contract.ts';
import type { Line } from './bench.ts';
import { figure, inTurn } from './measure.ts';
import { type Decide, rulesEngine, rulesEngineOfValues } from './rules-engine.ts';
import type { Tables, Workload, WorkloadPolicy } from './workload.ts';
import { type ZenRater, zenRaters } from './zen.ts';

const ROUNDS = 3;
/** Policies that a peer does each round: none takes more than a second or two. */
const OF_ZEN = { all: 2, small: 100, none: 300 };
const OF_RULES = 1_000;
/** Times that we decide on the book each round, so that a round of ours is about as long as one of theirs. */
const PASSES = 6;

/**
 * Other engines beside a resident book of one worker, in one run, with the same cents, decisions and notes: `@gorules/zen-engine` rates,
 * `json-rules-engine` decides by the twelve rules. Ours is edited so that every policy is priced anew; it decides on prices that stand,
 * as its peer gets the premium handed in.
 */
export async function besidePeers(
  book: ResidentBook,
  policies: readonly WorkloadPolicy[],
  workload: Workload,
  program: RatingProgram,
): Promise<Line[]> {
  return [
    ...(await besideZen(book, policies, workload, program)),
    ...(await besideRulesEngine(book, policies, workload, program)),
  ];
}

async function besideZen(
  book: ResidentBook,
  policies: readonly WorkloadPolicy[],
  { native, tables }: Workload,
  program: RatingProgram,
): Promise<Line[]> {
  const rate = native.makeRater(native.indexMap(tables));
  const { all, small, none, close } = zenRaters({ tables, native });
  const peers: readonly (readonly [ZenRater, number])[] = [
    [all, OF_ZEN.all],
    [small, OF_ZEN.small],
    [none, OF_ZEN.none],
  ];
  try {
    const byZen = peers.map(([zen, count]) => {
      const some = policies.slice(0, count);
      const cents = some.map((policy) => rate(policy).total);
      const work = async (): Promise<void> => {
        for (const [i, policy] of some.entries()) {
          const total = await zen.rate(policy);
          if (total !== cents[i])
            throw new Error(`ZEN, ${zen.what}: policy ${i} costs ${total} cents, not ${cents[i]}`);
        }
      };
      return { units: some.length, work };
    });
    await assertCents(book, policies, { native, tables }, program);
    let edits = 0;
    const byUs = async (): Promise<void> => {
      edits += 1;
      await book.rate(otherFactors(program, tables, edits).program);
    };
    const [ours = 0, ...theirs] = await inTurn([{ units: policies.length, work: byUs }, ...byZen], ROUNDS);
    const times = theirs.map((rate) => ours / rate);
    const least = times[1] ?? 0;
    return [
      {
        what: `resident, in times of ZEN (${small.what})`,
        value: figure(least),
        aim: 'at least 50',
        ok: least >= 50,
      },
      { what: `the same (${all.what})`, value: figure(times[0] ?? 0), aim: 'at least 50', ok: (times[0] ?? 0) >= 50 },
      { what: `the same (${none.what})`, value: figure(times[2] ?? 0) },
      { what: 'policies a second, resident, all priced anew', value: figure(ours) },
      {
        what: 'policies a second, ZEN, in that order',
        value: [theirs[1], theirs[0], theirs[2]].map((of) => figure(of ?? 0)).join(' '),
      },
    ];
  } finally {
    close();
  }
}

/** Both sides of an edit that no price can pass by: the factor of every credit tier. */
function otherFactors(program: RatingProgram, tables: Tables, edit: number) {
  const credit = (tables.credit ?? []).map(([tier = '', factor]) => [tier, Number(factor) + edit] as const);
  const source = program.configuration.tables.credit;
  if (!source) throw new Error('no table credit');
  const configuration = {
    ...program.configuration,
    hash: `all ${edit}`,
    tables: { ...program.configuration.tables, credit: { ...source, rows: credit.map((row) => row.map(String)) } },
  };
  return { tables: { ...tables, credit }, program: { ...program, configuration } };
}

async function assertCents(
  book: ResidentBook,
  policies: readonly WorkloadPolicy[],
  { native, tables }: Pick<Workload, 'native' | 'tables'>,
  program: RatingProgram,
): Promise<void> {
  const edited = otherFactors(program, tables, 1_000);
  const rate = native.makeRater(native.indexMap(edited.tables));
  const { premium } = await book.rate(edited.program);
  policies.forEach((policy, i) => {
    const { total } = rate(policy);
    if (premium[i] !== total) throw new Error(`Policy ${i}: ${premium[i]} cents, native ${total}`);
  });
}

async function besideRulesEngine(
  book: ResidentBook,
  policies: readonly WorkloadPolicy[],
  { native, tables }: Workload,
  program: RatingProgram,
): Promise<Line[]> {
  const rate = native.makeRater(native.indexMap(tables));
  const cents = policies.map((policy) => rate(policy).total);
  const verdicts = policies.map((policy, i) => native.underwrite(policy, cents[i] ?? 0));
  const decided = await book.decide(program);
  verdicts.forEach(({ decision, notes }, i) => {
    const ours = {
      decision: decided.decisions[i] === 'none' ? 'refer' : decided.decisions[i],
      notes: decided.notes[i],
    };
    same(`Policy ${i}`, ours, { decision, notes });
  });
  const some = policies.slice(0, OF_RULES);
  const by = (how: Decide) => async (): Promise<void> => {
    for (const [i, policy] of some.entries())
      same(`json-rules-engine, policy ${i}`, await how(policy, cents[i] ?? 0), verdicts[i]);
  };
  const byUs = async (): Promise<void> => {
    for (let pass = 0; pass < PASSES; pass += 1) await book.decide(program);
  };
  const byNative = (): void => {
    let notes = 0;
    policies.forEach((policy, i) => {
      notes += native.underwrite(policy, cents[i] ?? 0).notes.length;
    });
    if (notes === 0) throw new Error('no rule fired');
  };
  const [ours = 0, theirs = 1, ofValues = 1, plain = 1] = await inTurn(
    [
      { units: PASSES * policies.length, work: byUs },
      { units: some.length, work: by(rulesEngine(native.RULES)) },
      { units: some.length, work: by(rulesEngineOfValues(native.RULES)) },
      { units: policies.length, work: byNative },
    ],
    ROUNDS,
  );
  const times = ours / theirs;
  return [
    {
      what: '12 rules, resident, in times of json-rules-engine',
      value: figure(times),
      aim: 'at least 20',
      ok: times >= 20,
    },
    { what: 'the same, of one with half of its work done by hand', value: figure(ours / ofValues) },
    { what: 'the same, in times of native', value: (ours / plain).toFixed(2) },
    { what: 'policies a second, rules, resident, one worker', value: figure(ours) },
    { what: 'policies a second, json-rules-engine', value: figure(theirs) },
  ];
}

function same(what: string, said: object, expected: object | undefined): void {
  const [one, other] = [JSON.stringify(said), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: ${one}, native ${other}`);
}
