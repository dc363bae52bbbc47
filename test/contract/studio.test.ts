import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Deployment, ProblemDocument, ProductSummary } from '#core/api/contract.ts';
import type {
  CheckAnswer,
  ConfigurationFiles,
  ConfigurationVersion,
  DocumentAnswer,
  DryRunSlice,
  FileChange,
  FileContent,
  StoredRisk,
  StudioForm,
  TableSlice,
} from '#core/api/contracts/studio.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { loadConfiguration } from '#core/product/load.ts';
import {
  ACTOR,
  deployExample,
  deployProduct,
  draft,
  openTestWorkbench,
  ROOT,
  SMALL_RISK,
  smallProduct,
  TOKEN,
} from './support.ts';

const GUIDELINES = 'products/small/policy/underwriting.guidelines.liquid';
const RULE = (limit: number): string =>
  `{{ "accept" | set_underwriting_decision }}
{% for exposure in data.policy.exposures %}
{% if exposure.characteristics.last.field_values.value >= ${limit} %}
{{ "reject" | set_underwriting_decision }}
{{ "Too valuable." | add_underwriting_note }}
{% endif %}
{% endfor %}
`;
const SMALL = smallProduct({
  'policy/underwriting.guidelines.liquid': RULE(600),
  'policy/tables/small_rates.csv': 'key,value\nred,1\nblue,2\ndark blue,3\n',
  'policy/letter.template.liquid':
    '<h1>{{ data.policy.gross_premium }} for {{ data.policyholder.entity.values.name }}</h1>',
  'policy/policy.json':
    '{"fields":[{"name":"note","title":"Note","type":"string","optional":true}],"documents":[{"displayName":"Letter","fileName":"letter.html","templateName":"letter","type":"html"}]}',
  'policy/exposures/thing/exposure.json':
    '{"name":"thing","displayName":"Thing","fields":[{"name":"value","title":"Value","type":"number","minimum":0,"maximum":1000,"decimalPlaces":0}]}',
});
const POLICY = 'products/small/policy/policy.json';
const changedTitle = (title: string): string => `{"fields":[{"name":"note","title":"${title}","type":"string"}]}`;

async function withSmall() {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'small', SMALL);
  return opened;
}

describe('browsing a version', () => {
  it('ST1 shows files with their part, product and title', async () => {
    const opened = await openTestWorkbench();
    await deployExample(opened, 'personal-auto');
    const { body } = await opened.call<ConfigurationFiles>('GET', '/api/configurations/1/files');
    const of = (ending: string) => body.files.find((file) => file.path.endsWith(ending));
    expect(body.products).toEqual([{ name: 'personal-auto', displayName: 'Personal Auto' }]);
    expect(of('policy/policy.json')).toMatchObject({ part: 'policy', product: 'personal-auto' });
    expect(of('collision.json')).toMatchObject({ part: 'exposures', title: 'Collision', level: 1 });
    expect(of('exposure.json')).toMatchObject({ part: 'exposures', title: 'Vehicle', level: 0 });
    expect(of('collision.premium.liquid')).toMatchObject({ part: 'rating', title: 'Collision', level: 0 });
    expect(of('quote.template.liquid')).toMatchObject({ part: 'documents', title: 'Quote schedule' });
    expect(of('underwriting.guidelines.liquid')).toMatchObject({ part: 'guidelines' });
    expect(of('policyholder.form.json')).toMatchObject({ part: 'policyholder', product: null });
    expect(of('config.json')).toMatchObject({ part: 'tenant', product: null });
    expect(of('claim/claim.json')).toMatchObject({ part: 'claims' });
    expect(of('golden-new-business.case.json')).toMatchObject({ part: 'tests' });
  });

  it('ST2, ST3 reads files as text, and refuses every path that could mean another place', async () => {
    const opened = await withSmall();
    const file = (at: string) =>
      opened.call<FileContent>('GET', `/api/configurations/1/file?path=${encodeURIComponent(at)}`);
    expect((await file(GUIDELINES)).body.text).toBe(RULE(600));
    expect((await file('products/small/absent.json')).status).toBe(404);
    expect((await opened.call('GET', '/api/configurations/7/files')).status).toBe(404);
    for (const bad of [
      '',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a//b',
      './a',
      'a\\b',
      'a\0b',
      'C:/x',
      '.git/config',
      'a/',
    ]) {
      expect((await file(bad)).status, bad).toBe(400);
      const changes = { [bad]: 'x' };
      expect((await opened.call('POST', '/api/studio/check', { base: 1, changes })).status, bad).toBe(400);
    }
    const inside = await opened.call('POST', '/api/studio/check', { base: 1, changes: { [`${POLICY}/x.json`]: '{}' } });
    expect(inside).toMatchObject({ status: 400, body: { detail: expect.stringContaining('a file and a folder') } });
  });

  it('ST4 reads tables in slices, with the line of each row', async () => {
    const opened = await withSmall();
    const table = (query: string) =>
      opened.call<TableSlice>(
        'GET',
        `/api/configurations/1/table?path=products/small/policy/tables/small_rates.csv${query}`,
      );
    expect((await table('&q=BLUE')).body).toEqual({
      name: 'small_rates',
      columns: ['key', 'value'],
      total: 2,
      rows: [
        { line: 3, cells: ['blue', '2'] },
        { line: 4, cells: ['dark blue', '3'] },
      ],
    });
    expect((await table('&from=1&count=1')).body).toMatchObject({ total: 3, rows: [{ line: 3 }] });
  });
});

describe('a working copy', () => {
  it('ST5, ST6 is checked without being stored, and what can not be read is a finding with its place', async () => {
    const opened = await withSmall();
    const check = async (text: string) =>
      (await opened.call<CheckAnswer>('POST', '/api/studio/check', { base: 1, changes: { [POLICY]: text } })).body
        .diagnostics;
    const broken = await check('{\n  "fields": [,]\n}');
    expect(broken).toContainEqual(expect.objectContaining({ severity: 'error', file: POLICY, line: 2 }));
    expect((await check(changedTitle('Better'))).filter(({ severity }) => severity === 'error')).toEqual([]);
    const liquid = await opened.call<CheckAnswer>('POST', '/api/studio/check', {
      base: 1,
      changes: { [GUIDELINES]: '{% if %}' },
    });
    expect(liquid.body.diagnostics.some(({ file, severity }) => file === GUIDELINES && severity === 'error')).toBe(
      true,
    );
    expect((await opened.call<ConfigurationVersion[]>('GET', '/api/studio/products/small/versions')).body).toHaveLength(
      1,
    );
  });

  it('ST7 has the form that it would have; none while the product has errors', async () => {
    const opened = await withSmall();
    const form = (text: string) =>
      opened.call<StudioForm>('POST', '/api/studio/form', { base: 1, product: 'small', changes: { [POLICY]: text } });
    expect((await form(changedTitle('Better'))).body.form.fields[0]?.title).toBe('Better');
    const { body } = await opened.call<StudioForm>('POST', '/api/studio/form', { base: 1, product: 'small' });
    expect(body.documents).toEqual([
      {
        key: 'policy/0',
        displayName: 'Letter',
        type: 'html',
        of: 'policy',
        file: 'products/small/policy/letter.template.liquid',
      },
    ]);
    const refused = (await form('{"fields":')) as { status: number; body: unknown };
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'invalid-configuration', details: { diagnostics: [expect.objectContaining({ file: POLICY })] } },
    });
    expect((await opened.call('POST', '/api/studio/form', { base: 1, product: 'other' })).status).toBe(404);
  });
});

describe('documents of a working copy', () => {
  let opened: Awaited<ReturnType<typeof withSmall>>;
  beforeAll(async () => {
    opened = await withSmall();
  });
  const TEMPLATE = 'products/small/policy/letter.template.liquid';
  const tried = async (template: string, more: object = {}) => {
    const { body } = await opened.call<DocumentAnswer>('POST', '/api/studio/document', {
      base: 1,
      changes: { [TEMPLATE]: template },
      product: 'small',
      document: 'policy/0',
      sample: { kind: 'sampled', seed: 'a', index: 0 },
      ...more,
    });
    return body;
  };
  const html = (answer: DocumentAnswer): string =>
    answer.state === 'made' ? Buffer.from(answer.content, 'base64').toString('utf8') : JSON.stringify(answer);

  it('ST8 are made from a sampled risk that is priced, the same for the same seed', async () => {
    const template =
      '<p>{{ data.policy.gross_fees }}|{{ data.policy.characteristics.last.gross_premium }}|{{ data.policy.exposures[0].characteristics.last.field_values.value }}</p>';
    const first = html(await tried(template));
    expect(first).toMatch(/<p>0[^|]*\|\d+(\.\d+)?\|\d+<\/p>/);
    expect(html(await tried(template))).toBe(first);
    expect(html(await tried(template, { sample: { kind: 'sampled', seed: 'a', index: 1 } }))).not.toBe(first);
  });

  it('ST22 say which fields the template reads in vain, and for which sample first', async () => {
    const template = '{{ data.policy.characteristics.last.field_values.note }}';
    const { empty } = await tried(template);
    expect(empty).toMatchObject([{ field: 'note', title: 'Note' }]);
    const [{ first } = { first: -1 }] = empty;
    const without = await tried(`<p>[${template}]</p>`, { sample: { kind: 'sampled', seed: 'studio', index: first } });
    expect(html(without)).toContain('<p>[]</p>');
  });

  it('ST8 say file and line of what fails', async () => {
    const failed = await tried('<p>\n{% for %}</p>');
    expect(failed).toMatchObject({ state: 'failed', problem: { place: { file: TEMPLATE, line: 2 } } });
    const unpriced = await opened.call<DocumentAnswer>('POST', '/api/studio/document', {
      base: 1,
      changes: {
        'products/small/policy/exposures/thing/perils/loss.premium.liquid': '{{ "much" | set_year_premium }}',
      },
      product: 'small',
      document: 'policy/0',
      sample: { kind: 'sampled', seed: 'a', index: 0 },
    });
    expect(unpriced.body).toMatchObject({ state: 'made', warnings: [expect.stringContaining('could not be priced')] });
  });

  it('ST8 are made from a stored policy as it is', async () => {
    const policy = await draft(opened, {
      policyholder: { values: { first_name: 'Ada' } },
      policy: { productName: 'small', ...SMALL_RISK },
    });
    const template =
      '<p>{{ data.policyholder.entity.values.first_name }} {{ data.policy.exposures[0].characteristics.last.field_values.value }}</p>';
    const made = await tried(template, { sample: { kind: 'stored', locator: policy.locator } });
    expect(html(made)).toContain('<p>Ada 1</p>');
  });
});

describe('a dry run', () => {
  let opened: Awaited<ReturnType<typeof withSmall>>;
  beforeAll(async () => {
    opened = await withSmall();
  });
  const run = (changes: object, book: object) =>
    opened.call<DryRunSlice>('POST', '/api/studio/dry-run', { base: 1, changes, product: 'small', book });
  const SAMPLED = { kind: 'sampled', seed: 's', from: 0, count: 40 };

  it('ST10, ST13, ST14 counts every risk once and says why a decision flips', async () => {
    const { body } = await run({ [GUIDELINES]: RULE(250) }, SAMPLED);
    expect(body.risks).toBe(40);
    expect(body.matrix.reduce((sum, { risks }) => sum + risks, 0)).toBe(40);
    const flipped = body.matrix.find(({ before, after }) => before === 'accept' && after === 'reject')?.risks ?? 0;
    expect(flipped).toBeGreaterThan(0);
    expect(body.flips).toHaveLength(flipped);
    expect(body.flips[0]).toMatchObject({
      kind: 'sampled',
      before: { decision: 'accept', notes: [], premium: expect.stringMatching(/^\d/) },
      after: { decision: 'reject', notes: expect.arrayContaining(['Too valuable.']) },
      conditions: { onlyAfter: [expect.objectContaining({ file: GUIDELINES, line: 3 })] },
    });
    const values = body.flips.flatMap(({ sample }) =>
      (sample as { policy: { exposures: { fieldValues: { value: string } }[] } }).policy.exposures.map(
        ({ fieldValues }) => Number(fieldValues.value),
      ),
    );
    expect(Math.max(...values)).toBeGreaterThanOrEqual(250);
    const same = await run({}, SAMPLED);
    expect(same.body.flips).toEqual([]);
    expect(same.body.premium).toMatchObject({ risks: 40, changed: 0 });
  });

  it('ST15 slices add up to the whole', async () => {
    const changes = { [GUIDELINES]: RULE(250) };
    const whole = await run(changes, SAMPLED);
    const [first, second] = [
      await run(changes, { ...SAMPLED, count: 15 }),
      await run(changes, { ...SAMPLED, from: 15, count: 25 }),
    ];
    const ids = ({ body }: typeof whole) => body.flips.map(({ id }) => id);
    expect([...ids(first), ...ids(second)]).toEqual(ids(whole));
    expect((await run(changes, { ...SAMPLED, count: 51 })).status).toBe(400);
  });

  it('ST11 leaves out what a side does not know, and counts what it asks for in vain', async () => {
    const exposure = 'products/small/policy/exposures/thing/exposure.json';
    const more = JSON.stringify({
      name: 'thing',
      displayName: 'Thing',
      fields: [
        { name: 'value', title: 'Value', type: 'number', minimum: 0, maximum: 1000, decimalPlaces: 0 },
        { name: 'colour', title: 'Colour', type: 'select', values: ['Red'] },
      ],
    });
    const sampled = await run({ [exposure]: more }, { ...SAMPLED, count: 5 });
    expect(sampled.body).toMatchObject({ risks: 5, flips: [], missing: {} });
    expect(sampled.body.matrix.some(({ before, after }) => before === 'failed' || after === 'failed')).toBe(false);
    const policy = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    const stored = await run({ [exposure]: more }, { kind: 'stored', locators: [policy.locator] });
    expect(stored.body).toMatchObject({ risks: 1, missing: { 'thing.colour': 1 } });
  });

  it('ST12 decides stored risks, leaves discarded ones out, and stores nothing', async () => {
    const holder = { values: { first_name: 'Ada', last_name: 'Marsh' } };
    const kept = await draft(opened, {
      policyholder: holder,
      policy: {
        productName: 'small',
        exposures: [{ exposureName: 'thing', fieldValues: { value: 300 }, perils: [{ name: 'loss' }] }],
      },
    });
    const gone = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    await opened.call('PATCH', `/quotes/${gone.quoteLocator}/discard`);
    const { body: risks } = await opened.call<StoredRisk[]>('GET', '/api/studio/products/small/risks');
    expect(risks[0]).toEqual({ locator: kept.locator, label: 'Ada Marsh' });
    expect(risks.map(({ locator }) => locator)).not.toContain(gone.locator);
    const entries = opened.workbench.desk.store.history('policy', kept.locator).length;
    const { body } = await run({ [GUIDELINES]: RULE(250) }, { kind: 'stored', locators: [kept.locator] });
    expect(body.flips).toMatchObject([
      {
        kind: 'stored',
        id: kept.locator,
        label: 'Ada Marsh',
        before: { decision: 'accept' },
        after: { decision: 'reject' },
      },
    ]);
    expect(opened.workbench.desk.store.history('policy', kept.locator)).toHaveLength(entries);
    expect((await opened.call<PolicyResponse>('GET', `/policy/${kept.locator}`)).body).toMatchObject({
      locator: kept.locator,
    });
  });

  it('ST11, ST13 counts a risk as failed, with the reason', async () => {
    const { body } = await run({ [GUIDELINES]: '{{ "deny" | set_underwriting_decision }}' }, { ...SAMPLED, count: 2 });
    expect(body.flips).toHaveLength(2);
    expect(body.flips[0]?.after).toMatchObject({ decision: 'failed', problem: expect.stringContaining('deny') });
  });
});

describe('saving', () => {
  it('ST16, ST18, ST19 makes a new version with message and author; drafts stay with theirs', async () => {
    const opened = await withSmall();
    const before = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    const changes = { [GUIDELINES]: RULE(250), 'products/small/notes.md': 'hello' };
    const save = (message: string, more: object = {}) =>
      opened.call<Deployment>('POST', '/api/studio/save', { base: 1, changes, message, ...more });
    expect((await save(' ')).status).toBe(400);
    expect((await save('nothing', { changes: {} })).status).toBe(409);
    const broken = (await save('broken', { changes: { [POLICY]: '{' } })) as { status: number; body: unknown };
    expect(broken).toMatchObject({
      status: 422,
      body: { details: { diagnostics: [{ severity: 'error', file: POLICY }] } },
    });
    expect((await opened.call<ConfigurationVersion[]>('GET', '/api/studio/products/small/versions')).body).toHaveLength(
      1,
    );

    expect((await save('Lower limit')).body.configVersion).toBe(2);
    const { body: versions } = await opened.call<ConfigurationVersion[]>('GET', '/api/studio/products/small/versions');
    expect(versions).toMatchObject([{ configVersion: 2, message: 'Lower limit', author: 'Ada' }, { configVersion: 1 }]);
    expect(versions[1]).not.toHaveProperty('message');
    expect((await opened.call<FileChange[]>('GET', '/api/configurations/2/changes?since=1')).body).toEqual([
      { path: 'products/small/notes.md', kind: 'added' },
      { path: GUIDELINES, kind: 'changed' },
    ]);
    const after = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    expect(after.configVersion).toBe(2);
    expect((await opened.call<PolicyResponse>('GET', `/policy/${before.locator}`)).body.configVersion).toBe(1);
  });

  it('ST17 refuses a base that was overtaken, also at the last moment', async () => {
    const opened = await withSmall();
    const save = (limit: number, base = 1) =>
      opened.call<Deployment & ProblemDocument>('POST', '/api/studio/save', {
        base,
        changes: { [GUIDELINES]: RULE(limit) },
        message: `Limit ${limit}`,
      });
    const both = await Promise.all([save(300), save(400)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'version-conflict', details: { product: 'small', configVersion: 2 } });
    expect((await save(350)).body.code).toBe('version-conflict');
    expect((await save(350, 2)).body.configVersion).toBe(3);
    const { body } = await opened.call<ConfigurationVersion[]>('GET', '/api/studio/products/small/versions');
    expect(body.map(({ configVersion }) => configVersion)).toEqual([3, 2, 1]);
  });
});

describe('saving one of several products', () => {
  it('ST17 never takes back what came since to another product of the same version', async () => {
    const opened = await openTestWorkbench();
    const files = new Map(
      ['small', 'other'].flatMap((product) =>
        Object.entries(SMALL)
          .filter(([file]) => !file.includes('/tables/'))
          .map(([file, text]) => [`products/${product}/${file}`, new TextEncoder().encode(text)] as const),
      ),
    );
    await deployConfiguration(opened.workbench.desk, { actor: ACTOR }, await loadConfiguration({ files }));
    await deployProduct(opened, 'other', smallProduct());
    const saved = await opened.call('POST', '/api/studio/save', {
      base: 1,
      changes: { [GUIDELINES]: RULE(1) },
      message: 'Of the one',
    });
    expect(saved.body).toMatchObject({
      code: 'version-conflict',
      place: { product: 'other' },
      details: { product: 'other', configVersion: 2 },
    });
  });
});

describe('creating and importing', () => {
  it('ST20 makes a product from a sample or a product in use, under its own name', async () => {
    const opened = await openTestWorkbench();
    const create = (template: object, name: string) =>
      opened.call<ProductSummary[] & ProblemDocument>('POST', '/api/studio/create', { template, name });
    expect((await create({ example: 'personal-auto' }, 'fleet-2')).body).toMatchObject([
      { name: 'fleet-2', displayName: 'Fleet 2', configVersion: 1, errors: 0 },
    ]);
    const file = await opened.call<FileContent>(
      'GET',
      '/api/configurations/1/file?path=products/fleet-2/tests/golden-new-business.case.json',
    );
    const original = readFileSync(
      path.join(ROOT, 'examples/personal-auto/products/personal-auto/tests/golden-new-business.case.json'),
      'utf8',
    );
    expect(file.body.text).toBe(original.replace('"product": "personal-auto"', '"product": "fleet-2"'));
    expect((await create({ product: 'fleet-2' }, 'vans')).body).toMatchObject([{ name: 'vans', configVersion: 2 }]);
    expect((await create({ product: 'fleet-2' }, 'VANS')).status).toBe(409);
    expect((await create({ product: 'absent' }, 'x')).status).toBe(404);
    expect((await create({ example: '../..' }, 'x')).status).toBe(404);
    for (const name of ['', ' x', 'a/b', 'a\\b', '..', 'a@b', 'a:b', 'a*', 'a\n', '🚗', 'x'.repeat(81)])
      expect((await create({ product: 'fleet-2' }, name)).status, name).toBe(400);
    expect((await create({ product: 'fleet-2' }, "It's (2) & more!")).status).toBe(200);
  });

  it('ST21 imports a folder of files, and refuses what no folder holds', async () => {
    const opened = await openTestWorkbench();
    const send = async (files: readonly (readonly [string, string])[]) => {
      const form = new FormData();
      form.append('paths', JSON.stringify(files.map(([at]) => at)));
      for (const [, text] of files) form.append('files', new Blob([text]), 'file');
      const response = await opened.raw('/api/studio/import', {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body: form,
      });
      return { status: response.status, body: (await response.json()) as Deployment & ProblemDocument };
    };
    const folder = Object.entries(SMALL).map(([at, text]) => [`mine/products/small/${at}`, text] as const);
    const done = await send([...folder, ['mine/.DS_Store', 'x']]);
    expect(done.body.products).toMatchObject([{ name: 'small', configVersion: 1 }]);
    const files = await opened.call<ConfigurationFiles>('GET', '/api/configurations/1/files');
    expect(files.body.files.map((file) => file.path)).not.toContain('.DS_Store');
    for (const bad of ['../x', '/x', 'mine/../../x', 'mine\\x'])
      expect((await send([...folder, [bad, 'x']])).body.code, bad).toBe('malformed-request');
    expect((await send([...folder, ['mine/products', 'x']])).status).toBe(400);
    expect(
      (
        await send([
          ['mine/a', 'x'],
          ['mine/a', 'y'],
        ])
      ).status,
    ).toBe(400);
    expect((await send([])).status).toBe(400);
    expect((await send([['readme.md', 'nothing here']])).status).toBe(422);
    // A bare product folder is called as its folder is.
    const bare = Object.entries(SMALL).map(([at, text]) => [`boats/${at}`, text] as const);
    expect((await send(bare)).body.products).toMatchObject([{ name: 'boats' }]);
  });
});
