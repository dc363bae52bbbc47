import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import type {
  Deployment,
  Example,
  HistoryEntry,
  PolicySummary,
  PricePreview,
  ProductForm,
  ProductSummary,
} from '#core/api/contract.ts';
import type { VersionHistory } from '#core/api/contracts/lab-versions.ts';
import { type ConfigurationRepository, configurationRepository } from '#core/desk/configuration-repository.ts';
import { openConfigurations } from '#core/desk/configurations.ts';
import type { MediaResponse, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Replay } from '#core/policy/replay.ts';
import {
  ACTOR,
  deployExample,
  deployProduct,
  draft,
  exampleRequest,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
  TOKEN,
} from './support.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };

describe('configurations', async () => {
  const opened = await openTestWorkbench();
  const zip = (files: Readonly<Record<string, string>>): Promise<Buffer> =>
    new Promise((resolve) => {
      const archive = new ZipFile();
      for (const [file, text] of Object.entries(files)) archive.addBuffer(Buffer.from(text), file);
      archive.end();
      const parts: Buffer[] = [];
      archive.outputStream.on('data', (part: Buffer) => parts.push(part));
      archive.outputStream.on('end', () => resolve(Buffer.concat(parts)));
    });
  const root = (premium: number) =>
    Object.fromEntries([
      ['config.json', '{"timezone":"UTC","currency":"USD"}'],
      ...Object.entries(
        smallProduct({ 'policy/exposures/thing/perils/loss.premium.liquid': `{{ ${premium} | set_year_premium }}` }),
      ).map(([file, text]) => [`products/zipped/${file}`, text]),
    ]) as Record<string, string>;
  const deploy = async (files: Readonly<Record<string, string>>) => {
    const response = await opened.raw('/api/configurations', {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/zip' },
      body: new Uint8Array(await zip(files)),
    });
    return { status: response.status, body: (await response.json()) as Deployment };
  };

  it('come as ZIP, are numbered, and the same content stays the same version', async () => {
    const first = await deploy(root(120));
    expect([first.status, first.body.configVersion]).toEqual([200, 1]);
    expect(first.body.commit).toMatch(/^[0-9a-f]{40}$/);
    expect((await deploy(root(120))).body.configVersion).toBe(1);
    expect((await deploy(root(240))).body.configVersion).toBe(2);
    const products = await opened.call<ProductSummary[]>('GET', '/api/products');
    expect(products.body.map(({ name, configVersion }) => [name, configVersion])).toEqual([['zipped', 2]]);
  });

  it('a policy stays with the version that it was made with', async () => {
    const request = { productName: 'zipped', ...SMALL_RISK };
    const old = await draft(opened, { policy: { ...request, configVersion: 1 } });
    const price = await opened.call<{ grossPremium: string }>('GET', `/policy/${old.locator}/price`);
    expect(price.body.grossPremium).toBe('120.00');
    const newer = await draft(opened, { policy: request });
    expect(
      (await opened.call<{ grossPremium: string }>('GET', `/policy/${newer.locator}/price`)).body.grossPremium,
    ).toBe('240.00');
  });

  it('with errors are refused with all diagnostics, and nothing changes', async () => {
    const refused = await deploy({ ...root(1), 'config.json': '{"timezone":"Mars/Olympus","currency":"USD"}' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'invalid-configuration',
      details: {
        diagnostics: expect.arrayContaining([expect.objectContaining({ severity: 'error', file: 'config.json' })]),
      },
    });
    expect((await opened.call<unknown[]>('GET', '/api/configurations')).body.length).toBe(2);
  });

  it("are taken at the original's path as a form", async () => {
    const form = new FormData();
    form.set('zipFile', new File([new Uint8Array(await zip(root(360)))], 'c.zip'));
    const response = await opened.raw('/configuration/deployTest', { method: 'POST', headers: bearer, body: form });
    expect(await response.json()).toMatchObject({ success: true, configVersion: 3 });
  });

  it('EN7: are repaired in place: policies go on with it, what was priced stays and can be made again', async () => {
    const repair = async (
      files: Readonly<Record<string, string>>,
      version?: string,
      at = '/configuration/studio/repair',
    ) => {
      const form = new FormData();
      form.set('zipFile', new File([new Uint8Array(await zip(files))], 'c.zip'));
      if (version !== undefined) form.set('version', version);
      const response = await opened.raw(at, { method: 'POST', headers: bearer, body: form });
      return { status: response.status, body: await response.json() };
    };
    const request = { productName: 'zipped', configVersion: 1, ...SMALL_RISK };
    const [priced, open] = [await draft(opened, { policy: request }), await draft(opened, { policy: request })];
    const finalize = async (locator: string) => {
      const { body } = await opened.call<PolicyResponse>('POST', `/policy/${locator}/finalize`);
      return body.characteristics[0]?.grossPremium;
    };
    expect(await finalize(priced.locator)).toBe('120.00');
    const newest = (await opened.call<Deployment[]>('GET', '/api/configurations')).body[0];
    expect(await repair(root(130), '1')).toMatchObject({ status: 200, body: { success: true, configVersion: 1 } });
    expect(await finalize(open.locator)).toBe('130.00');
    for (const { locator } of [priced, open]) {
      const replay = await opened.call<Replay>('POST', `/api/policies/${locator}/replay`);
      expect([replay.body.same, replay.body.differences]).toEqual([true, []]);
      const { body: receipt } = await opened.call('POST', '/api/lab/receipts', { of: locator });
      const confirmed = await opened.call('POST', '/api/lab/receipts/confirm', { receipt });
      expect(confirmed.body).toMatchObject({ verdict: 'confirmed', configuration: { from: 'store' } });
    }
    // What is newest stays where it was, and the history shows both contents of the version.
    expect((await opened.call<Deployment[]>('GET', '/api/configurations')).body[0]).toEqual(newest);
    const history = (await opened.call<VersionHistory>('GET', '/api/lab/versions/zipped')).body;
    expect(history.commits.filter(({ configVersion }) => configVersion === 1)).toHaveLength(2);
    expect(history.branches.find(({ name }) => name === 'main')?.commit).toBe(newest?.commit);
    const given = await opened.call('DELETE', '/api/lab/versions/zipped/branches/repair-of-version-1');
    expect([given.status, given.body.code]).toEqual([403, 'forbidden']);
    const { 'products/zipped/policy/exposures/thing/perils/loss.json': _, ...lost } = root(130);
    expect(await repair(lost, '1')).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await repair(root(1), 'one')).toMatchObject({ status: 400, body: { place: { field: 'version' } } });
    expect(await repair(root(1), '9')).toMatchObject({ status: 404 });
    expect(await repair(root(360), undefined, '/configuration/repair')).toMatchObject({ body: { configVersion: 3 } });
  });

  it('are read back from the repository by a workbench that starts anew', async () => {
    const before = await draft(opened, { policy: { productName: 'zipped', ...SMALL_RISK } });
    await opened.workbench.close();
    const again = await openTestWorkbench({ folder: opened.folder, key: opened.key });
    const price = await again.call<{ grossPremium: string }>('GET', `/policy/${before.locator}/price`);
    expect(price.body.grossPremium).toBe('360.00');
    await again.workbench.close();
  });

  it('whose files were changed behind our back are refused, not priced with', async () => {
    const { desk, close } = (await openTestWorkbench({ folder: opened.folder, key: opened.key })).workbench;
    // A pack of Git may hold anything under the name of an object: nothing in Git sees it.
    const honest = configurationRepository(path.join(opened.folder, 'configurations.git'));
    const read = async (commit: string) => {
      const files = [...(await honest.read(commit))];
      const cheaper = new TextEncoder().encode('{{ 1 | set_year_premium }}');
      return new Map(files.map(([file, bytes]) => [file, file.endsWith('.premium.liquid') ? cheaper : bytes]));
    };
    const commit = (repository: ConfigurationRepository) =>
      openConfigurations(desk.store, repository)
        .newestOf('zipped')
        .then(({ record }) => record.commit);
    await expect(commit(honest)).resolves.toMatch(/^[0-9a-f]{40}$/);
    await expect(commit({ ...honest, read })).rejects.toMatchObject({ code: 'store-damaged' });
    await close();
  });

  it('are kept where only their owner may look', () => {
    const { mode } = statSync(path.join(opened.folder, 'configurations.git'));
    if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
  });
});

describe('what the screens need', async () => {
  const opened = await openTestWorkbench();

  it('examples come along and can be deployed', async () => {
    const examples = await opened.call<Example[]>('GET', '/api/examples');
    expect(examples.body.map(({ name }) => name)).toEqual(expect.arrayContaining(['personal-auto', 'homeowners']));
    for (const { title, description } of examples.body) expect([title, description]).not.toContain('');
    const deployed = await opened.call<Deployment>('POST', '/api/examples/personal-auto', {});
    expect(deployed.body.products[0]).toMatchObject({ name: 'personal-auto', errors: 0 });
    const form = await opened.call<ProductForm>('GET', '/api/products/personal-auto');
    expect(form.body.exposures[0]?.perils.length).toBe(7);
    expect(form.body.policyholderFields.map(({ name }) => name)).toContain('first_name');
  });

  it('a live price of a risk that nobody saved, with what is wrong beside it', async () => {
    const request = exampleRequest('personal-auto', 'golden-new-business');
    const records = opened.workbench.desk.store.list('policy').length;
    const good = await opened.call<PricePreview>('POST', '/api/products/personal-auto/price', request);
    expect(good.body).toMatchObject({
      fieldErrors: [],
      price: { total: '915.33' },
      underwriting: { decision: 'accept' },
    });
    expect(good.body.worksheet?.steps.length).toBeGreaterThan(0);
    const unnamed = await opened.call<PricePreview>('POST', '/api/products/personal-auto/price', {
      ...request,
      policyholder: undefined,
    });
    expect(unnamed.body.price?.total).toBe('915.33');
    expect(unnamed.body.fieldErrors[0]).toMatchObject({ path: 'policyholder', code: 'MISSING' });
    const wrong = await opened.call<PricePreview>('POST', '/api/products/personal-auto/price', {
      policy: { productName: 'x' },
    });
    expect(wrong.body.price).toBeUndefined();
    expect(wrong.body.fieldErrors.length).toBeGreaterThan(0);
    expect(opened.workbench.desk.store.list('policy').length).toBe(records);
  });

  it('policies newest first, found by name, field and number; their history', async () => {
    const request = exampleRequest('personal-auto', 'golden-new-business');
    const made = await draft(opened, request);
    const other = await draft(opened, {
      ...request,
      policyholder: { values: { ...request.policyholder.values, last_name: 'Thistle' } },
    });
    await opened.call('POST', `/policy/${made.locator}/finalize`);
    const found = async (words: string) =>
      (await opened.call<PolicySummary[]>('GET', `/api/policies?q=${encodeURIComponent(words)}`)).body.map(
        ({ locator }) => locator,
      );
    expect(await found('')).toEqual([other.locator, made.locator]);
    expect(await found('thist')).toEqual([other.locator]);
    expect(await found('ada marsh')).toEqual([made.locator]);
    expect(await found(made.locator)).toContain(made.locator);
    expect(await found('" OR 1=1 --')).toEqual([]);
    const [first] = (await opened.call<PolicySummary[]>('GET', '/api/policies?q=marsh')).body;
    expect(first).toMatchObject({
      policyholderName: 'Ada Marsh',
      state: 'accepted',
      grossPremium: '806.51',
      decision: 'accept',
    });
    const history = await opened.call<HistoryEntry[]>('GET', `/api/policies/${made.locator}/history`);
    expect(history.body.map(({ author, command }) => [author, command])).toEqual([
      ['Ada', 'policy.finalize'],
      ['Ada', 'policy.create'],
      ['Ada', 'policyholder.create'],
    ]);
  });

  it('the OpenAPI document names every path with its request', async () => {
    const { body } = await opened.call<{
      paths: Record<string, Record<string, { requestBody?: object }>>;
      components: { schemas: object };
    }>('GET', '/api/openapi.json');
    expect(body.paths['/policy/{locator}/finalize']?.post).toBeDefined();
    expect(JSON.stringify(body.paths['/policy']?.post?.requestBody)).toContain(
      '#/components/schemas/PolicyCreateRequest',
    );
    const ids = Object.values(body.paths).flatMap((methods) =>
      Object.values(methods).map((one) => (one as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-zA-Z]+$/.test(id))).toBe(true);
    for (const reference of JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(Object.keys(body.components.schemas)).toContain(reference[1]);
  });
});

describe('policyholders, auxiliary data and media', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  const values = { first_name: 'Ada', last_name: 'Marsh', state: 'CA' };

  it('a policyholder is changed from the version that was read', async () => {
    const made = await opened.call<PolicyholderResponse>('POST', '/policyholder/create', { completed: true, values });
    expect(made.body).toMatchObject({ version: 1, entity: { values: { first_name: ['Ada'] } } });
    const { locator } = made.body;
    const changed = await opened.call<PolicyholderResponse>('POST', '/policyholder/update', {
      locator,
      version: 1,
      values: { last_name: 'Moor' },
    });
    expect(changed.body).toMatchObject({
      version: 2,
      entity: { values: { first_name: ['Ada'], last_name: ['Moor'] } },
    });
    const stale = await opened.call('POST', '/policyholder/update', { locator, version: 1, values });
    expect([stale.status, stale.body.code]).toEqual([409, 'version-conflict']);
    const missing = await opened.call('POST', '/policyholder/create', { completed: true, values: {} });
    expect([missing.status, missing.body.fieldErrors?.[0]]).toMatchObject([
      400,
      { path: 'policyholder', code: 'MISSING' },
    ]);
    expect((await opened.call('POST', '/policyholder/create', { completed: false, values: {} })).status).toBe(200);
  });

  it('come in pages, each once', async () => {
    for (let i = 0; i < 5; i += 1) await opened.call('POST', '/policyholder/create', { values });
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await opened.call<{ policyholders: PolicyholderResponse[]; pagingToken?: string }>(
        'GET',
        `/policyholders?pageSize=2${token ? `&pagingToken=${token}` : ''}`,
      );
      seen.push(...page.body.policyholders.map(({ locator }) => locator));
      token = page.body.pagingToken;
    } while (token);
    expect(seen.length).toBe(opened.workbench.desk.store.list('policyholder').length);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('auxiliary data is set, read and removed by key', async () => {
    const set = await opened.call('PUT', '/auxData/anything', {
      auxData: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2', uiType: 'hidden' },
      ],
    });
    expect(set.body).toEqual({
      auxData: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2', uiType: 'hidden' },
      ],
    });
    expect((await opened.call('GET', '/auxData/anything/b')).body).toEqual({
      locator: 'anything',
      key: 'b',
      value: '2',
      uiType: 'hidden',
    });
    await opened.call('DELETE', '/auxData/anything/a');
    expect((await opened.call('GET', '/auxData/anything')).body).toMatchObject({ auxData: [{ key: 'b' }] });
    expect((await opened.call('GET', '/auxData/anything/a')).status).toBe(404);
  });

  it('media are kept byte for byte and never run in the browser', async () => {
    const bytes = new TextEncoder().encode('<script>alert(1)</script>');
    const form = new FormData();
    form.set('file', new File([bytes], '../evil\r\n"name".html', { type: 'text/html' }));
    const response = await opened.raw('/media/?fileName=evil.html', { method: 'POST', headers: bearer, body: form });
    const media = (await response.json()) as MediaResponse;
    expect(media).toMatchObject({ fileName: 'evil.html', mimeType: 'text/html' });
    const content = await opened.raw(media.url, { headers: bearer });
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes);
    expect(content.headers.get('content-type')).toBe('application/octet-stream');
    expect(content.headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it.each(['text/javascript', 'text/css', 'image/svg+xml', 'text/html; charset=utf-16', 'x/y'])(
    'media sent as %s are bytes to the browser: no page of ours can run or apply them',
    async (type) => {
      const form = new FormData();
      form.set('file', new File(['alert(1)'], 'a.txt', { type }));
      const response = await opened.raw('/media', { method: 'POST', headers: bearer, body: form });
      const media = (await response.json()) as MediaResponse;
      const content = await opened.raw(media.url, { headers: bearer });
      expect(content.headers.get('content-type')).toBe('application/octet-stream');
    },
  );
});

describe('what was recorded', async () => {
  const opened = await openTestWorkbench();
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-backup-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'full'));
  writeFileSync(path.join(folder, 'full/x'), 'x');

  it('is replayed with the clock and the seed of then, also where plugins ask for them', async () => {
    await deployProduct(
      opened,
      'moody',
      smallProduct({
        'policy/policy.json': '{"fields":[],"plugins":{"getPerilRates":{"path":"main/rater.js","enabled":true}}}',
        'scripts/main/rater.js': `exports.getPerilRates = (data) => ({pricedPerilCharacteristics: Object.fromEntries(
          data.policyExposurePerils.map(({perilCharacteristicsLocator: l}) => [l, {yearlyPremium: 100 + Math.floor(Math.random() * 900) + Date.now() % 7}]))});`,
      }),
    );
    const made = await draft(opened, { policy: { productName: 'moody', ...SMALL_RISK } });
    const done = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/finalize`);
    expect(Number(done.body.characteristics[0]?.grossPremium)).toBeGreaterThanOrEqual(100);
    await opened.call('POST', '/policyholder/update', { locator: made.policyholderLocator, values: { name: 'Other' } });
    const replay = await opened.call<Replay>('POST', `/api/policies/${made.locator}/replay`);
    expect(replay.body).toMatchObject({ same: true, differences: [] });
  });

  it('stays readable and provable after a person was erased, without the person', async () => {
    const made = await draft(opened, {
      policyholder: { values: { name: 'Zenobia' } },
      policy: { productName: 'moody', ...SMALL_RISK, fieldValues: {} },
    });
    await opened.call('POST', `/policy/${made.locator}/finalize`);
    opened.workbench.desk.store.erasePerson(made.policyholderLocator, ACTOR, Date.now());
    const policy = await opened.call<PolicyResponse>('GET', `/policy/${made.locator}`);
    expect(policy.body.exposures[0]).toMatchObject({ name: 'thing', characteristics: [{ fieldValues: {} }] });
    expect(policy.body.invoices.length).toBe(1);
    expect((await opened.call('GET', `/api/policies/${made.locator}/worksheets`)).body).toEqual({});
    expect((await opened.call('POST', `/api/policies/${made.locator}/replay`)).body.detail).toContain('erased');
    expect((await opened.call('GET', '/api/policies?q=zenobia')).body).toEqual([]);
    expect((await opened.call('GET', '/api/verify')).body).toMatchObject({ ok: true });
  });

  it('is proven and copied while it is in use', async () => {
    expect((await opened.call('GET', '/api/verify')).body).toMatchObject({ ok: true });
    const copied = await opened.call('POST', '/api/backup', { folder: path.join(folder, 'copy') });
    expect(copied.status).toBe(200);
    expect((await opened.call('POST', '/api/backup', { folder: path.join(folder, 'full') })).status).toBe(409);
  });
});
