import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Configuration } from '#core/model/product.ts';
import { numbersAsText } from '#core/model/scope.ts';
import { newPolicy } from '#core/policy/policies.ts';
import { previewRequest } from '#core/policy/preview.ts';
import { policyResponse } from '#core/policy/responses.ts';
import { newRisk, RiskErrors } from '#core/policy/risk.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { priceTransaction } from '#core/pricing/price.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import type { DecidedBook } from '../contract.ts';
import { batchesOf } from './book-lines.ts';
import type { RatingProgram, ResidentBook } from './contract.ts';
import { decidedOneByOne } from './decide-risk.ts';
import { fastRules } from './fast-rules.ts';
import { CountedLocators, newBusiness, newPolicyholder } from './new-business.ts';
import { pricedBusiness, underwritingRequest } from './priced-business.ts';
import { readRequest } from './request.ts';
import { openResidentBook } from './resident.ts';
import { ratingCase } from './slow.ts';
import { spoiler } from './spoiler.fixture.ts';

const CLOCK = Date.UTC(2026, 5, 1);
let configurations: readonly Configuration[];
let workbench: ThrowawayDesk;
/** The last example's, decided on by its own plugin and by others. */
let book: ResidentBook;
const texts: string[] = [];
/** Calls of the sandbox: what was decided one by one. */
let slowly = 0;

beforeAll(async () => {
  // Guidelines over Liquid, guidelines over tables, and a plugin.
  const names = ['personal-auto', 'homeowners', 'commercial-property'];
  configurations = await Promise.all(names.map((name) => loadConfiguration({ folder: `examples/${name}` })));
  workbench = await openThrowawayDesk(configurations[0] as Configuration, { documents: 'later' });
  workbench.clock.set(CLOCK);
  texts.push(...samples(configurations[2] as Configuration, 7).map((request) => JSON.stringify(request)));
  book = await residentOf(texts);
});
afterAll(async () => {
  await book.close();
  await workbench.close();
});

function programOf(configuration: Configuration): RatingProgram {
  const product = configuration.products[0]?.name ?? '';
  return { configuration, product, configVersion: 1, clock: CLOCK, seed: '1' };
}
function samples(configuration: Configuration, count: number): object[] {
  const [product] = configuration.products;
  return product ? [...sampleRequests(product, configuration, { count, seed: 'decide', now: CLOCK })] : [];
}
function residentOf(lines: readonly string[]): Promise<ResidentBook> {
  const { sandbox } = workbench.desk;
  const runPlugin: Sandbox['runPlugin'] = (run) => {
    slowly += 1;
    return sandbox.runPlugin(run);
  };
  const runLiquid: Sandbox['runLiquid'] = (run) => {
    slowly += 1;
    return sandbox.runLiquid(run);
  };
  const desk = { ...workbench.desk, sandbox: { ...sandbox, runPlugin, runLiquid } };
  return openResidentBook(desk, () => batchesOf(lines), {}, 1);
}

/** A book as a list of what was said of each risk. */
function said({ keys, decisions, notes, failures }: DecidedBook): object[] {
  const failed = new Map(failures.map(({ index, code, message }) => [index, { code, message }]));
  return keys.map((_, i) => failed.get(i) ?? { decision: decisions[i], notes: notes[i] });
}
/** A resident book decided on, which is asserted to be what its risks are told one by one. */
async function both(resident: ResidentBook, program: RatingProgram, lines: readonly string[]): Promise<object[]> {
  const many = said(await resident.decide(program));
  const single = await decidedOneByOne(
    workbench.desk,
    ratingCase(program),
    4,
  )({ first: 1, count: lines.length, text: lines.join('\n') });
  const expected = single.map((one) =>
    one.ok ? { decision: one.decision, notes: one.notes } : { code: one.error.code, message: one.error.message },
  );
  expect(many).toEqual(expected);
  return many;
}

test('many at a time, one by one and a quote at the desk are decided alike, notes and faults too (UB1, UB2, UB3)', async () => {
  const [configuration] = configurations as [Configuration];
  const requests = samples(configuration, 6);
  const spoiled = fc.sample(spoiler(requests), { numRuns: 6, seed: 3 });
  const lines = [...requests, ...spoiled].map((request) => JSON.stringify(request));
  const resident = await residentOf(lines);
  const decided = await both(resident, programOf(configuration), lines);
  await resident.close();
  for (const [i, request] of requests.slice(0, 3).entries()) {
    const { underwriting } = await previewRequest(workbench.desk, request as Parameters<typeof previewRequest>[1]);
    expect(decided[i]).toEqual({ decision: underwriting?.decision, notes: underwriting?.notes });
  }
  await both(book, programOf(configurations[2] as Configuration), texts);
});

test('rules see what the desk shows them of a priced quote, byte by byte (UB6)', async () => {
  for (const configuration of configurations) {
    const program = programOf(configuration);
    const { deployed, product, context } = ratingCase(program);
    for (const sample of samples(configuration, 2)) {
      const { policy: request } = readRequest(JSON.stringify(sample), product.name, configuration.timeZone);
      const locators = new CountedLocators();
      const identity = locators.identity();
      const at = { configuration, product, now: CLOCK, newLocator: locators.next };
      const risk = newRisk(request, at, new RiskErrors());
      const { policy: fresh, toPrice } = newBusiness(risk, product.name, 1, CLOCK, identity);
      const policyholder = newPolicyholder(identity.policyholder, CLOCK, {});
      const input = {
        configuration,
        product,
        operation: 'new_business' as const,
        policy: fresh,
        policyholder,
        toPrice,
      };
      const priced = await priceTransaction({ ...input, fees: true, context }, { sandbox: workbench.desk.sandbox });
      if (!priced.ok) throw priced.problem;
      const seen = pricedBusiness(fresh, priced, risk.currency);

      const named = {
        policyLocator: identity.policy,
        quoteLocator: identity.quote,
        policyholderLocator: identity.policyholder,
      };
      const { policy, quote } = newPolicy(workbench.desk, named, risk, deployed, product);
      const fees = priced.fees.map((fee, i) => ({ ...fee, locator: seen.fees[i]?.locator ?? '' }));
      const { perils, grossPremium, grossTaxes, grossFees, taxGroups } = priced;
      const price = { at: CLOCK, perils, fees, grossPremium, grossTaxes, grossFees, taxGroups, revision: '' };
      const { row, modification } = identity;
      const { quoteSummary: _, ...shown } = policyResponse({
        policy,
        quote: { ...quote, row, modification, price },
        quotes: [],
        transactions: [],
        invoices: [],
        payments: [],
        documents: [],
        media: () => undefined,
      });
      expect(JSON.stringify(seen)).toBe(JSON.stringify(shown));
      const asked = numbersAsText({ operation: 'new_business', policy: seen, policyholder });
      expect(JSON.stringify(underwritingRequest(seen, policyholder))).toBe(JSON.stringify(asked));
    }
  }
});

/** The third example with an underwriting plugin of one's own. */
function withRules(source: string): RatingProgram {
  const configuration = configurations[2] as Configuration;
  const [product] = configuration.products;
  if (!product) throw new Error('no product');
  const plugins = { ...product.plugins, getUnderwritingResult: { path: 'own.js', enabled: true } };
  const scripts = { ...configuration.scripts, 'own.js': source };
  const hash = `${configuration.hash} ${source}`;
  return programOf({ ...configuration, hash, scripts, products: [{ ...product, plugins }] });
}

test('other rules run over the same book; what one does wrong is the fault of its own risk (UB2, UB3, UB4)', async () => {
  // In turn: what each risk is told depends on its premium, so that every way out is taken.
  const ways = await both(
    book,
    withRules(`let calls = 0;
      exports.getUnderwritingResult = ({ policy }) => {
        calls += 1;
        const way = policy.characteristics[0].grossPremium.replace('.', '') % 7;
        if (way === 1) policy.exposures.length = 0;
        if (way === 2) throw new Error('no way');
        if (way === 3) return { decision: 'none', notes: [7, 'b', null] };
        if (way === 4) return { decision: 'maybe' };
        if (way === 5) socotraApi.getAuxData('x', 'y');
        return { decision: calls > 1 ? 'reject' : 'accept', notes: ['exposures ' + policy.exposures.length] };
      };`),
    texts,
  );
  expect(new Set(ways.map((one) => JSON.stringify(one).slice(0, 30))).size).toBeGreaterThan(3);
  const over = (limit: number) =>
    withRules(`exports.getUnderwritingResult = ({ policy: { characteristics: [{ grossPremium }] } }) =>
      ({ decision: Number(grossPremium) > ${limit} ? 'none' : 'accept', notes: [grossPremium] });`);
  const premiums = (await both(book, over(0), texts)).map((one) => Number((one as { notes: string[] }).notes[0]));
  const middle = premiums.toSorted((a, b) => a - b)[3] ?? 0;
  const referred = (await both(book, over(middle), texts)).filter(
    (one) => 'decision' in one && one.decision === 'none',
  );
  expect(referred).toHaveLength(premiums.filter((premium) => premium > middle).length);
  expect(referred.length).toBeGreaterThan(0);
  // All in the realm: on a machine that is busy a call may run out of time once.
  for (const { configuration, ...program } of configurations.map(programOf)) {
    const [product] = configuration.products;
    expect(product && fastRules(configuration, product).ok, program.product).toBe(true);
  }
  for (let attempt = 0; attempt < 3; attempt += 1) {
    slowly = 0;
    await book.decide(over(middle));
    if (slowly === 0) break;
  }
  expect(slowly).toBe(0);
  const unruled = configurations[2] as Configuration;
  const products = unruled.products.map((product) => ({ ...product, plugins: {} }));
  await expect(book.decide(programOf({ ...unruled, products }))).rejects.toMatchObject({ code: 'wrong-state' });
});
