import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { Problem } from '#core/model/problem.ts';
import { assertUsable, loadConfiguration } from './load.ts';
import { programOf } from './program.ts';

type Files = Record<string, unknown>;
const bytes = (content: unknown): Uint8Array =>
  content instanceof Uint8Array
    ? content
    : new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
const load = (files: Files, name?: string) =>
  loadConfiguration({
    files: new Map(Object.entries(files).map(([path, content]) => [path, bytes(content)])),
    ...(name ? { name } : {}),
  });
async function zip(files: Files): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const [path, content] of Object.entries(files)) archive.addBuffer(Buffer.from(bytes(content)), path);
  archive.end();
  const parts: Buffer[] = [];
  for await (const part of archive.outputStream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const error = await promise.then(() => undefined).catch((caught: unknown) => caught);
  if (!(error instanceof Problem)) throw new Error(`expected a Problem, got ${String(error)}`);
  return error;
};

const auto: Files = {
  'config.json': { timezone: 'America/New_York', currency: 'USD', features: { 'property.x': true } },
  'products/my-auto/policy/policy.json': {
    fields: [{ name: 'channel', title: 'Channel', type: 'select', values: ['Agent', 'Direct'] }],
    documents: [{ displayName: 'Schedule', fileName: 'schedule.html', templateName: 'schedule.template.liquid' }],
    plugins: { getPerilRates: { path: 'main/rater.js', enabled: true } },
    paymentSchedules: [{ type: 'total', name: 'upfront', displayName: 'Up front' }],
  },
  'products/my-auto/policy/schedule.template.liquid': '<p>Schedule</p>',
  'products/my-auto/policy/exposures/vehicle/exposure.json': { name: 'vehicle', displayName: 'Vehicle' },
  'products/my-auto/policy/exposures/vehicle/perils/body-injury.json': { name: 'body_injury', deductible: 500 },
  'products/my-auto/policy/exposures/vehicle/perils/body_injury.premium.liquid': '{{ 1 | set_year_premium }}',
  'products/my-auto/policy/taxes/taxes.json': { taxes: [{ name: 'state', displayName: 'State tax' }] },
  'products/my-auto/policy/taxes/state.premium.liquid': '{{ 1 | set_peril_tax }}',
  'products/my-auto/policy/tables/rates.csv': '\ufeffkey,value\r\nA , 1.5\r\n\r\n"B,1",2\r\n',
  'products/my-auto/policy/static_documents/terms.pdf': 'PDF',
  'scripts/main/rater.js': 'exports.getPerilRates = () => ({});',
};

describe('what is loaded (R1)', () => {
  it('R1 loads a root with products/', async () => {
    const configuration = await load(auto);
    expect(configuration.diagnostics).toEqual([]);
    expect(configuration).toMatchObject({
      timeZone: 'America/New_York',
      currency: 'USD',
      features: { 'property.x': true },
    });
    const [product] = configuration.products;
    expect(product).toMatchObject({
      name: 'my-auto',
      displayName: 'My Auto',
      fields: [{ name: 'channel', optional: false, values: ['Agent', 'Direct'] }],
      documents: [{ type: 'html', templateName: 'schedule.template.liquid' }],
      plugins: { getPerilRates: { path: 'main/rater.js', enabled: true } },
      templates: { schedule: 'products/my-auto/policy/schedule.template.liquid' },
      staticDocuments: { 'terms.pdf': 'products/my-auto/policy/static_documents/terms.pdf' },
      cancellations: [{ name: 'lapse' }],
      rating: { moneyUnit: 'cents', rounding: 'half_up', proration: 'months' },
    });
    expect(product?.taxes).toEqual([
      { name: 'state', displayName: 'State tax', file: 'products/my-auto/policy/taxes/state.premium.liquid' },
    ]);
  });
  it('R2 takes the inner name of a peril and finds its premium file across dashes and underscores', async () => {
    const { products } = await load(auto);
    expect(products[0]?.exposures[0]?.perils).toMatchObject([
      {
        name: 'body_injury',
        amounts: { deductible: '500' },
        premiumFile: 'products/my-auto/policy/exposures/vehicle/perils/body_injury.premium.liquid',
      },
    ]);
  });
  it('R3 reads a table with byte order mark, CRLF, blanks and quotes; lines are those of the file', async () => {
    const { tables } = await load(auto);
    expect(tables.rates).toMatchObject({
      columns: ['key', 'value'],
      rows: [
        ['A', '1.5'],
        ['B,1', '2'],
      ],
      lines: [2, 4],
    });
  });
  it('R4 gives the plugin hosts one program', async () => {
    const program = programOf(await load(auto));
    expect(Object.keys(program.calculations)).toHaveLength(2);
    expect(Object.keys(program.templates)).toEqual(['products/my-auto/policy/schedule.template.liquid']);
    expect(program.scripts).toEqual({ 'main/rater.js': 'exports.getPerilRates = () => ({});' });
  });
  it('R9 finds a plugin by its path, with or without .js, also in the branch of scripts', async () => {
    const named = (path: string) =>
      load({
        ...auto,
        'products/my-auto/policy/policy.json': { scriptsBranch: 'main', plugins: { getPerilRates: { path } } },
      });
    for (const path of ['main/rater.js', './main/rater.js', '/scripts/main/rater.js', 'main/rater', 'rater'])
      expect((await named(path)).products[0]?.plugins).toEqual({
        getPerilRates: { path: 'main/rater.js', enabled: true },
      });
    expect((await named('Main/Rater.js')).products[0]?.plugins.getPerilRates?.path).toBe('Main/Rater.js');
  });
  it('R5 names the content by its hash, wherever it lies', async () => {
    const wrapped = Object.fromEntries(Object.entries(auto).map(([path, content]) => [`repo-main/${path}`, content]));
    const [a, b] = [await load(auto), await load(wrapped)];
    expect(b.hash).toBe(a.hash);
    expect((await load({ ...auto, 'scripts/main/rater.js': '' })).hash).not.toBe(a.hash);
  });
  it('R5 reads its own files back as the same configuration', async () => {
    const users = [{ username: 'alice', password: 'open sesame' }];
    const wrapped = { 'src/config/config.json': auto['config.json'], 'src/config/security/test_users.json': users };
    const moved = Object.entries(auto).map(([path, content]) => [
      path.replace(/^(?=products)/, 'src/config/').replace(/^(?=scripts)/, 'src/'),
      content,
    ]);
    const first = await load({ ...Object.fromEntries(moved), ...wrapped });
    expect(first.scripts).toHaveProperty('main/rater.js');
    const again = await loadConfiguration({ files: first.files });
    expect(again).toEqual(first);
  });
  it('R6 loads bare product folders, one or several, and says which defaults count', async () => {
    const policy = { 'policy/policy.json': {}, 'policy/exposures/item/exposure.json': {} };
    const several = Object.entries(policy).flatMap(([path, content]) => [
      [`lib/Audit Cover/${path}`, content],
      [`lib/Home/${path}`, content],
    ]);
    const library = await load(Object.fromEntries(several));
    expect(library.products.map(({ name, directory }) => [name, directory])).toEqual([
      ['Audit Cover', 'Audit Cover'],
      ['Home', 'Home'],
    ]);
    expect(library.diagnostics).toMatchObject([{ severity: 'warning', code: 'missing-config' }]);
    expect(library).toMatchObject({ timeZone: 'UTC', currency: 'USD' });
    expect(library.policyholder.fields).toContainEqual(expect.objectContaining({ name: 'last_name', optional: true }));
    const bare = await load(policy, 'Home');
    expect(bare.products.map(({ name, directory }) => [name, directory])).toEqual([['Home', '']]);
  });
  it('R7 reads the older dialect: dictionary and form', async () => {
    const { policyholder, diagnostics } = await load({
      ...auto,
      'policyholder/policyholder.dictionary.json': [
        { name: 'first_name', type: 'string', searchable: true },
        { name: 'born', type: 'date', maximumOffset: { field: 'year', amount: '-18' } },
        { name: 'internal', type: 'string' },
      ],
      'policyholder/policyholder.form.json': {
        pages: [
          {
            sections: [
              {
                title: 'Who',
                fields: [
                  { name: 'first_name', prompt: 'First name', required: true, updateable: true, width: 4 },
                  { name: 'born', prompt: 'Born', required: false },
                ],
              },
            ],
          },
        ],
      },
      'policyholder/policyholder.card.json': { leftText: '{{first_name}}', rightText: '' },
    });
    expect(diagnostics).toEqual([]);
    expect(policyholder.card).toEqual({ leftText: '{{first_name}}', rightText: '' });
    expect(policyholder.fields).toMatchObject([
      { name: 'first_name', title: 'First name', optional: false, heading: 'Who', width: 4, search: true },
      { name: 'born', optional: true, maximumOffset: { field: 'year', amount: -18, roundToDay: false } },
      { name: 'internal', optional: true },
    ]);
  });
  it('R8 never lets passwords of test users in', async () => {
    const users = [{ username: 'alice', password: 'open sesame' }];
    const { files } = await load({ ...auto, 'security/test_users.json': users });
    const text = new TextDecoder().decode(files.get('security/test_users.json'));
    expect(text).toContain('alice');
    expect(text).not.toContain('sesame');
  });
});

describe('messy input (R10)', () => {
  const policyJson = 'products/my-auto/policy/policy.json';
  it('R10 reports unknown keys with their place and what was meant', async () => {
    const text =
      '{\n  "fields": [\n    { "name": "d", "title": "D", "type": "date",\n      "maximumOff": { "field": "day", "amount": 0 } }\n  ]\n}';
    const { diagnostics } = await load({ ...auto, [policyJson]: text });
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'unknown-key', product: 'my-auto', file: policyJson, line: 4, column: 7 },
    ]);
    expect(diagnostics[0]?.message).toContain('maximumOffset');
  });
  it.each([
    ['{\n "fields": [],\n', 2, 'torn'],
    ['{ "fields": [} }', 1, 'bracket'],
    ["{ 'fields': [] }", 1, 'quotes'],
    ['{ "fields": [] } x', 1, 'rest'],
  ])('R11 a JSON error is an error with its place: %s', async (text, line) => {
    const configuration = await load({ ...auto, [policyJson]: text });
    const [found] = configuration.diagnostics;
    expect(found).toMatchObject({ severity: 'error', code: 'json-syntax', file: policyJson });
    expect(found?.line).toBeGreaterThanOrEqual(line);
    expect(() => assertUsable(configuration)).toThrow(Problem);
    expect(() => assertUsable(configuration, 'another')).not.toThrow();
  });
  it("R11 a torn config.json stops the products, one of another tool's does not", async () => {
    const torn = await load({ ...auto, 'config.json': '{\n  "timezone": "America/New_York",\n  "curr' });
    expect(torn.diagnostics).toMatchObject([{ severity: 'error', code: 'json-syntax', file: 'config.json', line: 3 }]);
    const foreign = await load({ ...auto, 'config.json': '{\n  "browser": "firefox",\n  "rows": \n}' });
    expect(foreign.diagnostics).toMatchObject([{ severity: 'warning', code: 'missing-config', file: 'config.json' }]);
    expect(() => assertUsable(foreign)).not.toThrow();
  });
  it('R12 reads comments with a warning; a trailing comma is an error', async () => {
    const text = '{ // what we ask\n  "fields": [],\n}';
    const { diagnostics } = await load({ ...auto, [policyJson]: text });
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'json-not-strict', line: 1, column: 3 },
      { severity: 'error', code: 'json-syntax', line: 2 },
    ]);
  });
  it('R13 names the line that is no UTF-8, and refuses a table that is no text', async () => {
    const latin = Uint8Array.of(...bytes('key,value\nA,1\nCaf'), 0xe9, ...bytes(',2\n'));
    const table = 'products/my-auto/policy/tables/latin.csv';
    const { diagnostics, tables } = await load({ ...auto, [table]: latin });
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'table-encoding', file: table, line: 3 }]);
    expect(tables.latin?.rows).toEqual([
      ['A', '1'],
      ['Café', '2'],
    ]);
    const binary = await load({ ...auto, [table]: Uint8Array.of(107, 0, 101, 0) });
    expect(binary.diagnostics).toMatchObject([{ severity: 'error', code: 'table-encoding' }]);
  });
  it('R14 names ragged rows', async () => {
    const table = 'products/my-auto/policy/tables/t.csv';
    const { diagnostics, tables } = await load({ ...auto, [table]: 'key,value,\nA,1,000\nB\nC,3,\n' });
    expect(diagnostics).toMatchObject([
      { code: 'ragged-row', line: 2 },
      { code: 'ragged-row', line: 3 },
    ]);
    expect(tables.t?.rows).toEqual([
      ['A', '1'],
      ['B', ''],
      ['C', '3'],
    ]);
  });
  it('R15 reads a schema sidecar and refuses columns that are not there', async () => {
    const folder = 'products/my-auto/policy/tables';
    const csv = { [`${folder}/age.csv`]: 'from,to,rate\n16,20,2\n' };
    const keys = [{ column: 'from', match: 'range', to: 'to' }];
    const sound = await load({ ...auto, ...csv, [`${folder}/age.schema.json`]: { keys } });
    expect(sound.tables.age?.schema).toEqual({ keys, values: ['rate'] });
    const wrong = await load({
      ...auto,
      ...csv,
      [`${folder}/age.schema.json`]: { keys: [{ column: 'age', match: 'near' }] },
    });
    expect(wrong.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'error table-schema',
      'error table-schema',
    ]);
  });
  it('R16 warns about what looks like a plugin function and is none', async () => {
    const plugins = { getUnderWritingResult: { path: 'main/rater.js', enabled: true } };
    const { diagnostics, products } = await load({ ...auto, [policyJson]: { plugins } });
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'unknown-plugin', file: policyJson }]);
    expect(diagnostics[0]?.message).toContain('getUnderwritingResult');
    expect(products[0]?.plugins).toEqual({});
  });
  it('R17 says that there is no product', async () => {
    expect((await load({ 'readme.md': 'hello' })).diagnostics).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'no-product' }),
    );
  });
});

describe('archives (R20)', () => {
  it('R20 loads a ZIP with a wrapping folder and litter', async () => {
    const wrapped = Object.fromEntries(Object.entries(auto).map(([path, content]) => [`auto-main/${path}`, content]));
    const packed = await zip({ ...wrapped, '__MACOSX/auto-main/._config.json': 'x', 'auto-main/.DS_Store': 'x' });
    const configuration = await loadConfiguration({ zip: packed });
    expect(configuration.diagnostics).toEqual([]);
    expect(configuration.hash).toBe((await load(auto)).hash);
  });
  it('R21 refuses paths that lead out, naming them', async () => {
    const packed = await zip({ 'aa/evil.json': '{}' });
    const evil = Buffer.from(packed.toString('latin1').replaceAll('aa/evil', '../evil'), 'latin1');
    expect((await problemOf(loadConfiguration({ zip: evil }))).code).toBe('invalid-archive');
    expect((await problemOf(loadConfiguration({ zip: evil }))).message).toContain('../evil');
    expect((await problemOf(load({ '../config.json': '{}' }))).code).toBe('invalid-configuration');
  });
  it('R22 refuses a torn archive and a damaged entry', async () => {
    const packed = await zip(auto);
    expect((await problemOf(loadConfiguration({ zip: packed.subarray(0, packed.length - 40) }))).code).toBe(
      'invalid-archive',
    );
    expect((await problemOf(loadConfiguration({ zip: Buffer.from('no archive') }))).code).toBe('invalid-archive');
    const damaged = Buffer.from(packed);
    damaged.writeUInt8(damaged.readUInt8(60) ^ 0xff, 60);
    expect(await problemOf(loadConfiguration({ zip: damaged }))).toMatchObject({ place: { file: 'config.json' } });
  });
  it('R22 refuses an entry that was changed without its checksum', async () => {
    const archive = new yazl.ZipFile();
    archive.addBuffer(Buffer.from('{"currency":"USD"}'), 'config.json', { compress: false });
    archive.end();
    const parts: Buffer[] = [];
    for await (const part of archive.outputStream) parts.push(part as Buffer);
    const changed = Buffer.from(Buffer.concat(parts).toString('latin1').replace('USD', 'EUR'), 'latin1');
    expect((await problemOf(loadConfiguration({ zip: changed }))).message).toContain('checksum');
  });
  it('R23 refuses links in an archive', async () => {
    const archive = new yazl.ZipFile();
    archive.addBuffer(Buffer.from('/etc/passwd'), 'config.json', { mode: 0o120777 });
    archive.end();
    const parts: Buffer[] = [];
    for await (const part of archive.outputStream) parts.push(part as Buffer);
    const problem = await problemOf(loadConfiguration({ zip: Buffer.concat(parts) }));
    expect(problem).toMatchObject({ code: 'invalid-archive', place: { file: 'config.json' } });
  });
  it('R20 reads paths as archivers write them, so that they can be kept', async () => {
    const packed = await zip({ 'aa/config.json': '{}', 'bb/products/my-auto//policy/policy.json': '{"fields":[]}' });
    const odd = Buffer.from(packed.toString('latin1').replaceAll('aa/', './/').replaceAll('bb/', './/'), 'latin1');
    const { files, products } = await loadConfiguration({ zip: odd });
    expect([...files.keys()].sort()).toEqual(['config.json', 'products/my-auto/policy/policy.json']);
    expect(products.map(({ name }) => name)).toEqual(['my-auto']);
  });
  it('R20 refuses a file that is a folder too', async () => {
    const packed = await zip({ ...auto, 'products/my-auto': 'a file' });
    expect(await problemOf(loadConfiguration({ zip: packed }))).toMatchObject({
      code: 'invalid-archive',
      place: { file: 'products/my-auto' },
    });
  });
});

describe('folders (R24)', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'configuration-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('R24 loads a folder, the same as its ZIP', async () => {
    for (const [path, content] of Object.entries(auto)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes(content));
    }
    expect((await loadConfiguration({ folder })).hash).toBe((await load(auto)).hash);
  });
  it('R25 refuses a link that leads out, and names a folder that is not there', async () => {
    await symlink('/etc/hostname', join(folder, 'config.json'));
    expect(await problemOf(loadConfiguration({ folder }))).toMatchObject({
      code: 'invalid-configuration',
      place: { file: 'config.json' },
    });
    expect((await problemOf(loadConfiguration({ folder: join(folder, 'none') }))).code).toBe('not-found');
  });
  it('R25 names what can not be read, and refuses a file that is too large before it is in memory', async () => {
    const file = join(folder, 'config.json');
    await writeFile(file, '{}');
    expect(await problemOf(loadConfiguration({ folder: file }))).toMatchObject({
      code: 'invalid-configuration',
      place: { file },
    });
    await truncate(file, 8 * 2 ** 30);
    expect((await problemOf(loadConfiguration({ folder }))).code).toBe('invalid-archive');
  });
});
