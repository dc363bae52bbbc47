import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SyncStatus } from '#core/api/contracts/sync.ts';
import { packWorksheet, unpackWorksheet } from '#core/desk/worksheets.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startTestCloud, type TestCloud } from '../../cloud/testing.ts';
import { deployRated, startRater } from './rater-support.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, type TestWorkbench } from './support.ts';

/** Two copies, PostgreSQL, a workbench and plugin hosts share the machine with other tests. */
const SOON = { interval: 100, timeout: 60_000 };

/** A workbench and two copies of a cloud that run background jobs over one PostgreSQL. */
let cloud: TestCloud;
let a: TestWorkbench;
let tenant: string;
/** Whose decision was forged. */
let forgotten: string;
/** How far the cloud's clock is ahead, milliseconds. */
let ahead = 0;
/** Mails that arrived, and what the mail server does with the next ones instead. */
const arrived: { readonly to: readonly string[]; readonly text: string }[] = [];
const instead: ('refuse' | 'vanish')[] = [];
const post = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const fate = instead.shift();
      if (fate === 'refuse') return done(Object.assign(new Error('Later'), { responseCode: 451 }));
      if (fate === 'vanish') for (const { _socket } of post.connections) _socket.destroy();
      if (fate === 'vanish') return;
      const to = session.envelope.rcptTo.map(({ address }) => address);
      arrived.push({ to, text: Buffer.concat(parts).toString() });
      done();
    });
  },
});
beforeAll(async () => {
  await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', resolve));
  const { port } = post.server.address() as AddressInfo;
  [cloud, a] = await Promise.all([
    startTestCloud({
      copies: 2,
      jobs: true,
      retries: { limit: 1, delay: 0 },
      mailServer: `smtp://127.0.0.1:${port}`,
      now: () => Date.now() + ahead,
    }),
    openTestWorkbench({ replication: { every: 3_600_000 } }),
  ]);
  tenant = await cloud.newTenant('Office');
});
afterAll(async () => {
  await cloud.stop();
  await new Promise<void>((resolve) => post.close(resolve));
});

async function round(): Promise<void> {
  await a.call('POST', '/api/sync/now');
  while (true) {
    const { body } = await a.call<SyncStatus>('GET', '/api/sync?wait=200');
    if (!['off', 'waiting', 'blocked'].includes(body.activity.phase)) continue;
    expect({ blocked: body.blocked, lastFailure: body.lastFailure }).toEqual({ blocked: null, lastFailure: null });
    return;
  }
}
/** Asks as the administrator. */
async function admin<T>(method: string, place: string, body?: object, copy = 0): Promise<T> {
  const response = await fetch(`${cloud.copies[copy]?.address}/v1/admin/tenants/${tenant}/${place}`, {
    method,
    headers: { authorization: `Bearer ${cloud.adminToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as T;
}
interface Verifications {
  readonly counts: Record<string, number>;
  readonly verifications: readonly JsonObject[];
}
/** Has the log followed until there are so many verifications. */
async function verified(counts: Record<string, number>, copy = 0): Promise<readonly JsonObject[]> {
  await admin('POST', 'follow', {}, copy);
  const ask = () => admin<Verifications>('GET', 'verifications', undefined, copy);
  await expect.poll(async () => (await ask()).counts, SOON).toMatchObject(counts);
  return (await ask()).verifications;
}
async function priced(holder: Record<string, string> = {}, productName = 'small'): Promise<PolicyResponse> {
  const { locator } = await draft(a, {
    policyholder: { values: holder },
    policy: { productName, ...SMALL_RISK },
  });
  return (await a.call<PolicyResponse>('POST', `/policy/${locator}/finalize`, {})).body;
}

/** @returns the locator of its invoice */
async function issue({ locator }: PolicyResponse): Promise<string> {
  expect((await a.call('POST', `/policy/${locator}/issue`, {})).status).toBe(200);
  return a.workbench.desk.store.find('invoice', 'policyLocator', locator)[0]?.locator ?? '';
}

/** Prices a quote as a device might that was tampered with: the amount, and the worksheet that explains it. */
function forge(policy: PolicyResponse): void {
  const { store } = a.workbench.desk;
  const quote = store.get('quote', String(store.get('policy', policy.locator)?.record.quoteLocator));
  const worksheet = store.get('worksheet', String(quote?.record.worksheet));
  if (!quote || !worksheet) throw new Error('The policy is not priced.');
  const text = JSON.stringify(unpackWorksheet(String(worksheet.record.pricing)));
  const pricing = packWorksheet(JSON.parse(text.replaceAll('120', '12')));
  const person = String(quote.record.policyholderLocator);
  const locator = `${worksheet.locator}-forged`;
  const command = { name: 'quote.finalize', version: 1, arguments: {}, actor: { user: 'u', name: 'U' }, at: 1 };
  store.commit(command, [
    {
      type: 'worksheet',
      locator,
      base: 0,
      record: { ...worksheet.record, locator, pricing },
      personal: { person, paths: ['policyholder', 'pricing'] },
    },
    { type: 'quote', locator: quote.locator, base: quote.version, record: { ...quote.record, worksheet: locator } },
  ]);
}

it('VJ1 VJ2 VJ11 VJ13 VJ14 received decisions are rated again: confirmed, could not be, or the first step that differs', async () => {
  expect(await admin('GET', 'settings')).toMatchObject({ verification: { oneIn: 20, above: '10000' }, mail: null });
  await admin('PUT', 'settings', { verification: { oneIn: 1 } });
  await deployProduct(a, 'small', smallProduct({ 'policy/invoice.template.liquid': 'Due' }));
  await priced();
  // Files wait on a metered network: the entries come, and what they were priced with does not.
  await a.call('POST', '/api/sync/enrol', { address: cloud.copies[0]?.address, code: await cloud.newCode(tenant) });
  await a.call('PUT', '/api/sync', { on: true, metered: true });
  await round();
  const [unverifiable] = await verified({ unverifiable: 1, confirmed: 0, differs: 0 });
  expect(unverifiable).toMatchObject({ type: 'quote', why: 'sample', problem: 'not-found' });

  await a.call('PUT', '/api/sync', { on: true, metered: false });
  const second = await priced();
  forge(second);
  forgotten = second.policyholderLocator;
  await round();
  const [differs] = await verified({ unverifiable: 1, confirmed: 1, differs: 1 }, 1);
  expect(differs).toMatchObject({
    what: 'pricing worksheet',
    first: { path: ['thing 1', 'loss'], before: 'set_year_premium 12', after: 'set_year_premium 120' },
  });
  // The log says where, and nothing of what anybody entered.
  const told = cloud.logged.find(({ event }) => event === 'verification differs');
  expect(told).toMatchObject({ tenant, level: 50, path: ['thing 1', 'loss'] });
  expect(JSON.stringify(told)).not.toContain('set_year_premium');
  // What came late is tried again, and where the copy's counters stand.
  ahead = 2 * 3_600_000;
  await verified({ unverifiable: 0, confirmed: 2, differs: 1 });
  const metrics = await (await fetch(`${cloud.copies[1]?.address}/metrics`)).text();
  expect(metrics).toContain('fieldwriter_verifications_total{verdict="differs"} 1');
  expect(metrics).toContain('# TYPE fieldwriter_jobs gauge');
  expect(metrics).toContain('fieldwriter_jobs_total{queue="follow",outcome="done"}');
});

it('VJ12 VJ14 an endorsement is rated with the history that it met and the answers its rater gave; erasing a person empties what differs', async () => {
  const rater = await startRater();
  await deployRated(a, 'r');
  await a.call('POST', '/integrations', { name: 'r', url: rater.address });
  const { locator } = await priced({}, 'rated');
  await a.call('POST', `/policy/${locator}/issue`, {});
  for (const value of [2, 3]) {
    const { body: policy } = await a.call<PolicyResponse>('GET', `/policy/${locator}`);
    const { body: made } = await a.call<{ locator: string }>('POST', `/policies/${locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: String(Number(policy.effectiveContractEndTimestamp) - value * 30 * 24 * 3_600_000),
      updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { value } }],
    });
    for (const state of ['quote', 'accept', 'issue'])
      expect((await a.call('PATCH', `/endorsements/${made.locator}/${state}`)).status).toBe(200);
  }
  const { store } = a.workbench.desk;
  store.erasePerson(forgotten, { user: 'u', name: 'U' }, 1);
  await rater.close();
  await round();
  const found = await verified({ confirmed: 5, differs: 1, unverifiable: 0 });
  expect(found.map(({ type }) => type).slice(0, 3)).toEqual(['transaction', 'transaction', 'quote']);
  expect(found.find(({ verdict }) => verdict === 'differs')).toMatchObject({
    first: { path: ['thing 1', 'loss'], before: null, after: null },
  });
});

it('VJ30 VJ31 VJ32 VJ4 VJ6 an invoice is mailed once, with its document, when both are here; what fails for good waits to be tried again', async () => {
  /** What became of the mails, newest first, once the log was followed. */
  const mails = async (copy = 0) => {
    await admin('POST', 'follow', {}, copy);
    const { mails: listed } = await admin<{ mails: readonly JsonObject[] }>('GET', 'mails');
    return listed.map(({ state, reason }) => [state, reason]);
  };
  const failed = async () => (await admin<{ failed: readonly JsonObject[] }>('GET', 'jobs')).failed;
  // Issued before anybody wanted mails: it stays so.
  await issue(await priced({ email: 'old@example.com' }));
  await round();
  await verified({ confirmed: 6 });
  const mail = { from: 'Office <billing@office.example>', invoices: true };
  const shown = { ...mail, server: 'smtp://somebody:secret@127.0.0.1:1' };
  expect(await admin('PUT', 'settings', { verification: { oneIn: 0 }, mail: shown })).toMatchObject({
    mail: { server: 'smtp://127.0.0.1:1' },
  });
  await admin('PUT', 'settings', { verification: { oneIn: 0 }, mail });
  const policy = await priced({ email: 'anna@example.com' });
  const invoice = await issue(policy);
  await issue(await priced({}));
  await round();
  const nowhere = ['not-sent', 'the policyholder has no address in email'];
  await Promise.all([mails(0), mails(1)]);
  await expect.poll(() => mails(), SOON).toEqual([nowhere, ['waiting', 'the document has not been made']]);
  await expect
    .poll(failed, SOON)
    .toMatchObject([
      { queue: 'invoice-mail', data: { tenant, invoice }, reason: 'The mail waits: the document has not been made.' },
    ]);

  // The document is made and comes, and the administrator has it tried again; the mail server falls silent, then is busy.
  const { store } = a.workbench.desk;
  const blob = await store.blobs.put(Buffer.from('%PDF of the invoice'));
  const document = {
    locator: 'd-1',
    policyLocator: policy.locator,
    quoteLocator: String(store.get('policy', policy.locator)?.record.quoteLocator),
    invoiceLocator: invoice,
    policyModificationLocator: 'm',
    displayName: 'Invoice',
    fileName: 'invoice.pdf',
    type: 'pdf',
    createdAt: 1,
    blob,
    warnings: [],
  };
  const command = { name: 'documents.produce', version: 1, arguments: {}, actor: { user: 'u', name: 'U' }, at: 1 };
  store.commit(command, [{ type: 'document', locator: 'd-1', base: 0, record: document }]);
  await round();
  await mails();
  instead.push('vanish', 'refuse');
  expect(await admin('POST', 'jobs/retry', {})).toEqual({ retried: 1 });
  await expect
    .poll(() => mails(), SOON)
    .toEqual([nowhere, ['sending', expect.stringContaining('could not be spoken to')]]);
  expect(arrived).toEqual([]);
  await expect.poll(failed, SOON).toHaveLength(1);
  // The queue is lost, as it is when a backup was restored: hours later the mail has a job again, is refused, and goes in the end.
  await cloud.copies[0]?.cloud.database.inTenant(tenant, (scope) =>
    scope.rows(
      'lose',
      `DELETE FROM pgboss.job WHERE data->>'tenant' = $1::text AND EXISTS (SELECT 1 FROM tenant WHERE id = $1::uuid)`,
    ),
  );
  expect(await failed()).toEqual([]);
  ahead += 7 * 3_600_000;
  await expect.poll(() => mails(1), SOON).toEqual([nowhere, ['sent', null]]);
  await Promise.all([mails(), mails(1)]);
  expect(await failed()).toEqual([]);
  expect(instead).toEqual([]);
  const [letter, ...more] = arrived;
  expect(more).toEqual([]);
  expect(letter?.to).toEqual(['anna@example.com']);
  expect(letter?.text).toContain(`<invoice.${invoice}.${tenant}@office.example>`);
  expect(letter?.text).toContain(Buffer.from('%PDF of the invoice').toString('base64'));
  expect(letter?.text).toContain('Amount due: 120.00 USD');
  expect(JSON.stringify(cloud.logged)).not.toMatch(/anna@example|secret/);
});

it('VJ40 VJ41 VJ42 a report is made and mailed once for each time that it is due', async () => {
  const report = {
    kind: 'open-invoices',
    schedule: '0 7 * * *',
    timeZone: 'America/New_York',
    to: ['chief@office.example'],
  };
  const settings = (...reports: readonly object[]) => ({
    verification: { oneIn: 0 },
    mail: { from: 'billing@office.example' },
    reports,
  });
  const put = (body: object) =>
    fetch(`${cloud.copies[0]?.address}/v1/admin/tenants/${tenant}/settings`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${cloud.adminToken}` },
      body: JSON.stringify(body),
    });
  expect((await put(settings({ ...report, name: 'never', schedule: '0 25 * * *' }))).status).toBe(400);
  expect((await put({ reports: [{ ...report, name: 'x' }] })).status).toBe(400);
  await admin(
    'PUT',
    'settings',
    settings(
      { ...report, name: 'unpaid' },
      { ...report, name: 'book', kind: 'book' },
      { ...report, name: 'sheet', kind: 'book', format: 'xlsx' },
    ),
  );
  arrived.length = 0;
  const runs = async () => {
    await Promise.all([admin('POST', 'follow', {}), admin('POST', 'follow', {}, 1)]);
    return (await admin<{ runs: readonly JsonObject[] }>('GET', 'reports')).runs.map(({ report: of, state }) => [
      of,
      state,
    ]);
  };
  expect(await runs()).toEqual([]);
  ahead += 2 * 24 * 3_600_000;
  const sent = [
    ['book', 'sent'],
    ['sheet', 'sent'],
    ['unpaid', 'sent'],
  ];
  await expect.poll(runs, SOON).toEqual(sent);
  expect(await runs()).toEqual(sent);
  expect(arrived.flatMap(({ to }) => to)).toEqual(Array(3).fill('chief@office.example'));
  const csv = (name: string): readonly string[] => {
    const { text = '' } = arrived.find((one) => one.text.includes(`filename=${name}-`)) ?? {};
    const [, encoded = ''] = /Content-Disposition: attachment.*?\r\n\r\n(.*?)\r\n--/s.exec(text) ?? [];
    return Buffer.from(encoded, 'base64').toString().trim().split('\r\n');
  };
  const [head, first] = csv('unpaid');
  expect(head).toBe('invoice,policy,type,issued,due,overdue,total,outstanding,currency');
  expect(first).toMatch(/^\d{9},\d{9},newBusiness,\d{4}-.*,yes,120.00,120.00,USD$/);
  expect(csv('unpaid')).toHaveLength(7);
  const { total } = a.workbench.desk.store.risks({
    states: ['issued'],
    order: 'number',
    descending: false,
    offset: 0,
    limit: 1,
  });
  expect(csv('book')).toHaveLength(total + 1);
});
