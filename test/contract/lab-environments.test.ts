/** Environments, promotions and upgrades (core/lab/environments/SPEC.md). */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { EnvironmentCloned, Environments, Promoted, PromotionPlan } from '#core/api/contracts/lab-environments.ts';
import { cloneInto } from '#core/lab/environments/clone.ts';
import { listEnvironments, readEnvironment, writeEnvironment } from '#core/lab/environments/environment-file.ts';
import {
  approvePromotion,
  demandSecondPerson,
  planPromotion,
  promote,
  promotionsOf,
} from '#core/lab/environments/promote.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { type DeskOptions, type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import {
  deployExample,
  deployProduct,
  draft,
  exampleRequest,
  labJob,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
} from './support.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-environments-'));
const opened: OpenDesk[] = [];
afterAll(async () => {
  for (const desk of opened) await desk.close();
  rmSync(home, { recursive: true, force: true });
});
/** Versions that were judged before they were deployed: the version before, and their products. */
const judged: unknown[] = [];
function newDesk(name: string): { desk: OpenDesk; folder: string } {
  const folder = path.join(home, name);
  const judge: DeskOptions['judge'] = async (_desk, { record, configuration }, next) =>
    void judged.push([record.configVersion, configuration.files.size > 0, next.products.map((one) => one.name)]);
  const desk = openDesk({ folder, key: new Uint8Array(randomBytes(32)), documents: 'later', judge });
  opened.push(desk);
  return { desk, folder };
}
const ada = { actor: { user: 'ada', name: 'Ada' } };
const grace = { actor: { user: 'grace', name: 'Grace' } };
const noTests = { tests: async () => [] };

describe('a clone', () => {
  it('EN1, EN2, EN3: has every version and a masked sample with its premiums; a person stays one', async () => {
    const production = await openTestWorkbench();
    await deployExample(production, 'personal-auto');
    const holder = { values: { first_name: 'Marguerite', last_name: 'Yourcenar', email: 'm@y.org', state: 'CA' } };
    const premiums: (string | undefined)[] = [];
    for (const _ of [1, 2, 3]) {
      const { policy } = exampleRequest('personal-auto', 'golden-new-business');
      const made = await draft(production, { policyholder: holder, policy });
      await production.call('POST', `/policy/${made.locator}/finalize`);
      const { body } = await production.call<PolicyResponse>('POST', `/policy/${made.locator}/issue`);
      premiums.push(body.characteristics[0]?.grossPremium);
    }
    const target = newDesk('development');
    const from = { desk: production.workbench.desk, folder: production.folder };
    const done = await cloneInto(from, target, ada, { policies: 2, seed: 'one' });
    expect(done).toEqual({ versions: 1, policies: 2, of: 3 });
    const clone = target.desk;
    const text = JSON.stringify(['policyholder', 'quote', 'policy'].map((type) => clone.store.list(type as 'quote')));
    expect(text).not.toMatch(/Marguerite|Yourcenar|m@y\.org/);
    expect(text).toMatch(/@example\.com/);
    const names = clone.store.list('policyholder').map(({ record }) => JSON.stringify(record.entity));
    expect([names.length, new Set(names).size]).toEqual([2, 1]);
    expect(names[0]).toContain('"state":["CA"]');
    const quotes = clone.store.list('quote').map(({ record }) => record as { price?: { grossPremium: string } });
    expect(quotes.map(({ price }) => price?.grossPremium)).toEqual(premiums.slice(0, 2));
    // It goes on working: its configurations price, its numbers go on where the source's were.
    expect((await clone.configurations.newestOf('personal-auto')).record.configVersion).toBe(1);
    await expect(cloneInto(from, target, ada, { policies: 1, seed: 'one' })).rejects.toThrow('holds data already');
    await writeEnvironment(target.folder, { kind: 'development', name: 'dev', clonedFrom: 'production' });
    expect(await readEnvironment(production.folder)).toMatchObject({ kind: 'production' });
    expect(await listEnvironments(target.folder)).toMatchObject([
      { kind: 'development', name: 'dev', folder: target.folder },
    ]);
    const report = await clone.store.verify();
    expect(report.faults).toEqual([]);
  });
});

describe('a promotion', () => {
  it('EN4, EN5: shows what would change, refuses failed tests, and waits for somebody else than its author', async () => {
    const source = await openTestWorkbench();
    const table = (blue: string): Record<string, string> =>
      smallProduct({ 'policy/tables/small_rates.csv': `key,value\nred,1.00\nblue,${blue}\n` });
    await deployProduct(source, 'small', table('2.00'));
    const staging = newDesk('staging');
    const from = source.workbench.desk;
    const first = await planPromotion(from, staging.desk, 'small', 'main', noTests);
    expect(first.plan).not.toHaveProperty('onto');
    expect(await promote(staging.desk, ada, first, 'First')).toMatchObject({
      deployed: { configVersion: 1, message: 'First' },
    });
    await deployProduct(source, 'small', table('2.10'));
    const failing = async () => [
      {
        kind: 'property' as const,
        id: 'tests/law',
        file: 'tests/law',
        product: 'small',
        description: '',
        passed: false,
        law: 'a law',
        seed: '1',
        risks: 1,
        ratings: 1,
        unpriced: { risks: 0 },
        problem: 'it broke',
        milliseconds: 1,
      },
    ];
    const bad = await planPromotion(from, staging.desk, 'small', 'main', { tests: failing });
    await expect(promote(staging.desk, ada, bad, 'Bad')).rejects.toThrow('tests/law fails');
    const second = await planPromotion(from, staging.desk, 'small', 'main', noTests);
    expect(second.plan).toMatchObject({ onto: { configVersion: 1 }, documents: [], errors: [] });
    expect(second.plan).not.toHaveProperty('impact');
    expect(second.plan.files).toMatchObject([
      { kind: 'changed', table: { words: ['blue: value 2.00 → 2.10 (+5 %)'] } },
    ]);
    demandSecondPerson(staging.desk, grace, true);
    const asked = await promote(staging.desk, ada, second, 'Blue up');
    if (!('waiting' in asked)) throw new Error('it was deployed at once');
    expect(staging.desk.configurations.list()).toHaveLength(1);
    await expect(approvePromotion(staging.desk, ada, asked.waiting.locator)).rejects.toThrow('somebody else');
    const approved = await approvePromotion(staging.desk, grace, asked.waiting.locator);
    expect(approved.message).toBe('Blue up (asked for by Ada, approved by Grace)');
    expect(promotionsOf(staging.desk)).toEqual({ secondPerson: true, pending: [] });
    // A first version too has its second opinion.
    expect(judged).toEqual([
      [0, false, ['small']],
      [1, true, ['small']],
    ]);
    const again = await planPromotion(from, staging.desk, 'small', 'main', noTests);
    await expect(promote(staging.desk, ada, again, 'Again')).rejects.toThrow('nothing to promote');
  });
});

describe('EN8: the environments beside this one, through the door', () => {
  it('are made and promoted to by jobs, each opened with its own key; the plan rates the book that is there', async () => {
    const keys = new Map<string, Uint8Array>();
    const keyOf = async (folder: string) => {
      const key = keys.get(folder) ?? new Uint8Array(randomBytes(32));
      keys.set(folder, key);
      return key;
    };
    const source = await openTestWorkbench({ folder: path.join(home, 'production'), keyOf });
    const named = (factor: string, words = 'Cover'): Record<string, string> =>
      smallProduct({
        'policy/policy.json': `{"fields":[],"documents":[{"displayName":"Schedule","fileName":"s.pdf","templateName":"s"},{"displayName":"Terms","fileName":"t.pdf","templateName":"t"}]}`,
        'policy/s.template.liquid': words,
        'policy/t.template.liquid': 'Terms',
        'policy/tables/small_factor.csv': `key,value\nall,${factor}\n`,
        'policy/exposures/thing/perils/loss.premium.liquid':
          '{% assign f = "small_factor" | lookup: "all" %}{{ 120 | times: f | set_year_premium }}',
      });
    await deployProduct(source, 'small', named('1.00'));
    const policy = await draft(source, { policy: { productName: 'small', ...SMALL_RISK } });
    await source.call('POST', `/policy/${policy.locator}/finalize`);
    await source.call('POST', `/policy/${policy.locator}/issue`);
    const environments = '/api/lab/environments';
    const wanted = { kind: 'staging', name: 'staging 2', policies: 5 };
    const cloned = await labJob<EnvironmentCloned>(source, `${environments}/clone`, wanted);
    const folder = path.join(home, 'staging 2');
    expect(cloned.body).toEqual({ folder, versions: 1, policies: 1, of: 1 });
    expect((await labJob(source, `${environments}/clone`, wanted)).body).toMatchObject({ code: 'wrong-state' });
    expect((await labJob(source, `${environments}/clone`, { ...wanted, name: '../x' })).body.place).toEqual({
      field: 'name',
    });
    expect((await source.call<Environments>('GET', environments)).body).toMatchObject({
      opens: true,
      environments: expect.arrayContaining([expect.objectContaining({ kind: 'staging', folder })]),
    });
    await deployProduct(source, 'small', named('1.10', 'Cover and more'));
    const going = { product: 'small', folder };
    const plan = (await labJob<PromotionPlan>(source, `${environments}/plan`, going)).body;
    expect(plan).toMatchObject({
      onto: { configVersion: 1 },
      documents: [{ name: 'Schedule', kind: 'changed', files: [expect.stringMatching(/s\.template\.liquid$/)] }],
      impact: { state: 'rated', book: { size: 1 }, whole: { before: '120.00', after: '132.00', percent: '10' } },
    });
    const message = 'Ten more';
    const seen = { hash: plan.from.hash, onto: plan.onto?.hash ?? null };
    const stale = { ...going, message, seen: { ...seen, onto: 'another' } };
    expect((await labJob(source, `${environments}/promote`, stale)).body.code).toBe('version-conflict');
    const promoted = await labJob<Promoted>(source, `${environments}/promote`, { ...going, message, seen });
    expect(promoted.body).toEqual({ configVersion: 2 });
    expect((await labJob(source, `${environments}/plan`, { ...going, folder: home })).body.code).toBe('not-found');
    // Each has its own key, and is closed again: it can be opened as it is.
    expect(Buffer.from(keys.get(folder) ?? []).equals(source.key)).toBe(false);
    const there = openDesk({ folder, key: keys.get(folder) ?? new Uint8Array(), documents: 'later' });
    opened.push(there);
    expect(there.configurations.list()).toMatchObject([{ configVersion: 2, message }, { configVersion: 1 }]);
    // While somebody has it open nobody else gets in.
    expect((await labJob(source, `${environments}/plan`, going)).body.code).toBe('store-locked');
  });
});

describe('EN6: PATCH /policy/{locator}/upgrade', () => {
  const costing = (premium: number, fields = '') =>
    smallProduct({
      'policy/exposures/thing/perils/loss.premium.liquid': `{{ ${premium} | set_year_premium }}`,
      'policy/exposures/thing/exposure.json': `{"name":"thing","displayName":"Thing","fields":[{"name":"value","title":"Value","type":"number"}${fields}]}`,
    });
  const upgrade = <T = PolicyResponse>(
    workbench: Awaited<ReturnType<typeof openTestWorkbench>>,
    locator: string,
    body = {},
  ) => workbench.call<T>('PATCH', `/policy/${locator}/upgrade`, body);

  let workbench: Awaited<ReturnType<typeof openTestWorkbench>>;
  beforeAll(async () => {
    workbench = await openTestWorkbench();
  });
  it('moves a draft whose fields the new version takes, and names those that it does not; nothing is half done', async () => {
    await deployProduct(workbench, 'small', costing(120));
    const policy = await draft(workbench, { policy: { productName: 'small', ...SMALL_RISK } });
    expect((await upgrade<ProblemDocument>(workbench, policy.locator)).body.code).toBe('wrong-state');
    await deployProduct(workbench, 'small', costing(240));
    await deployProduct(
      workbench,
      'small',
      costing(360, ',{"name":"colour","title":"Colour","type":"select","values":["red"]}'),
    );
    const refused = await upgrade<ProblemDocument>(workbench, policy.locator);
    expect([refused.status, refused.body.fieldErrors]).toEqual([
      400,
      [expect.objectContaining({ path: 'exposures[0]', fieldName: 'colour', code: 'MISSING' })],
    ]);
    const still = await workbench.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(still.body.configVersion).toBe(1);
    const moved = await upgrade(workbench, policy.locator, { configVersion: 2 });
    expect([moved.status, moved.body.configVersion]).toEqual([200, 2]);
    const done = await workbench.call<PolicyResponse>('POST', `/policy/${policy.locator}/finalize`);
    expect(done.body.characteristics[0]?.grossPremium).toBe('240.00');
    // Locked at its price.
    expect((await upgrade<ProblemDocument>(workbench, policy.locator, { configVersion: 3 })).body.code).toBe(
      'wrong-state',
    );
  });

  it('moves an issued policy: what it was priced with stays, its receipt and replay hold, the next change uses the new one', async () => {
    await deployProduct(workbench, 'issued', costing(120));
    const policy = await draft(workbench, { policy: { productName: 'issued', ...SMALL_RISK } });
    await workbench.call('POST', `/policy/${policy.locator}/finalize`);
    await workbench.call('POST', `/policy/${policy.locator}/issue`);
    await deployProduct(workbench, 'issued', costing(240));
    const moved = await upgrade(workbench, policy.locator);
    expect([moved.body.configVersion, moved.body.characteristics[0]?.grossPremium]).toEqual([5, '120.00']);
    const replay = await workbench.call<{ same: boolean }>('POST', `/api/policies/${policy.locator}/replay`);
    expect(replay.body.same).toBe(true);
    const receipt = await workbench.call('POST', '/api/lab/receipts', { of: policy.locator });
    const confirmed = await workbench.call<{ verdict: string }>('POST', '/api/lab/receipts/confirm', {
      receipt: receipt.body,
    });
    expect(confirmed.body.verdict).toBe('confirmed');
    const renewal = await workbench.call<{ locator: string }>('POST', `/policies/${policy.locator}/renewals`, {
      state: 'issued',
    });
    expect(renewal.status, JSON.stringify(renewal.body)).toBe(200);
    const renewed = await workbench.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(renewed.body.characteristics.at(-1)?.grossPremium).toBe('240.00');
  });
});
