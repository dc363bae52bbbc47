import { rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DiaryEntry, Note } from '#core/api/contracts/notes.ts';
import type { Departure } from '#core/model/departure.ts';
import {
  ACTOR,
  deployProduct,
  draft,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
  type TestWorkbench,
} from './support.ts';

/** Notes on a policy and the diary of what is due, through the door. */
describe('notes and diary', () => {
  let opened: TestWorkbench;
  let policy: string;
  let policyholder: string;

  beforeAll(async () => {
    opened = await openTestWorkbench();
    await deployProduct(opened, 'small', {
      ...smallProduct(),
      'policyholder/policyholder.json': '{}',
    });
    const made = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    ({ locator: policy, policyholderLocator: policyholder } = made);
  });

  const add = (text: string, due?: string) =>
    opened.call<Note>('POST', `/api/policies/${policy}/notes`, { text, ...(due ? { due } : {}) });
  const notes = async () => (await opened.call<Note[]>('GET', `/api/policies/${policy}/notes`)).body;
  const diary = async (until?: string) =>
    (await opened.call<DiaryEntry[]>('GET', `/api/diary${until ? `?until=${until}` : ''}`)).body;

  it('keeps what was written with its author, newest first', async () => {
    expect((await add('  Called the broker.  ')).status).toBe(201);
    await add('Survey ordered.');
    expect((await notes()).map(({ text, author, done }) => [text, author, done])).toEqual([
      ['Survey ordered.', 'Ada', false],
      ['Called the broker.', 'Ada', false],
    ]);
  });

  it('shows in the diary what is due until a day, the longest due first, and no more once it is done', async () => {
    const late = (await add('Late', '2026-01-31')).body;
    await add('Early', '2026-01-01');
    expect((await diary()).map(({ text, due }) => [due, text])).toEqual([
      ['2026-01-01', 'Early'],
      ['2026-01-31', 'Late'],
    ]);
    expect((await diary('2026-01-30')).map(({ text }) => text)).toEqual(['Early']);
    expect(await diary('2026-01-31')).toMatchObject([
      { text: 'Early' },
      { policyLocator: policy, productName: 'small' },
    ]);
    const done = await opened.call<Note>('PATCH', `/api/notes/${late.locator}`, { version: late.version, done: true });
    expect(done.body).toMatchObject({ done: true, due: '2026-01-31', version: 2 });
    expect((await diary()).map(({ text }) => text)).toEqual(['Early']);
  });

  it('SY74 before a trip, names the documents of what is due whose files are not here, and no others', async () => {
    const { store } = opened.workbench.desk;
    const put = (content: string) => store.blobs.put(new TextEncoder().encode(content));
    const [here, away] = [await put('a document'), await put('another')];
    const document = (displayName: string, blob: string) => ({
      ...{ locator: displayName, policyLocator: policy, quoteLocator: 'q', policyModificationLocator: 'm' },
      ...{ displayName, fileName: `${displayName}.pdf`, type: 'pdf', createdAt: 1, blob, warnings: [] },
    });
    const changes = [document('Schedule', here), document('Declaration', away)].map((record) => ({
      ...{ type: 'document' as const, locator: record.locator, base: 0, record },
    }));
    store.commit({ name: 'test.documents', version: 1, arguments: {}, actor: ACTOR, at: 1 }, changes);
    rmSync(path.join(opened.folder, 'blobs', away.slice(0, 2), away));
    const asked = await opened.call<Departure>('GET', '/api/sync/departure?days=2');
    expect(asked.body.checks.find(({ name }) => name === 'documents')).toEqual({
      name: 'documents',
      state: 'todo',
      count: 2,
      missing: [{ policyLocator: policy, policyTitle: expect.any(String), displayName: 'Declaration' }],
    });
    expect([asked.body.days, asked.body.ready]).toEqual([2, false]);
    expect((await opened.call('GET', '/api/sync/departure?days=0')).status).toBe(400);
    await put('another');
  });

  it('takes a note away and brings it back; without its due date it leaves the diary', async () => {
    const [note] = (await diary()) as [DiaryEntry];
    const patch = (change: object) => opened.call<Note>('PATCH', `/api/notes/${note.locator}`, change);
    await patch({ version: 1, removed: true });
    expect(await diary()).toEqual([]);
    expect((await notes()).map(({ text }) => text)).not.toContain('Early');
    await patch({ version: 2, removed: false });
    expect((await diary()).map(({ text }) => text)).toEqual(['Early']);
    expect((await patch({ version: 3, due: null, text: 'Whenever' })).body).not.toHaveProperty('due');
    expect(await diary()).toEqual([]);
  });

  it('refuses a change made from an older version, and saves nothing of it', async () => {
    const note = (await add('First')).body;
    await opened.call('PATCH', `/api/notes/${note.locator}`, { version: 1, text: 'Second' });
    const second = await opened.call('PATCH', `/api/notes/${note.locator}`, { version: 1, text: 'Third' });
    expect([second.status, second.body.code]).toEqual([409, 'version-conflict']);
    expect((await notes())[0]?.text).toBe('Second');
  });

  it.each([
    [{ text: ' ' }, 'text'],
    [{ text: 'x', due: '2026-02-30' }, 'due'],
    [{ text: 'x', due: 'tomorrow' }, 'due'],
    [{ text: 'x', due: '2026-1-1' }, 'due'],
  ])('refuses %j and names the field', async (body, field) => {
    const before = (await notes()).length;
    const answer = await opened.call('POST', `/api/policies/${policy}/notes`, body);
    expect([answer.status, answer.body.fieldErrors?.[0]?.fieldName]).toEqual([400, field]);
    expect(await notes()).toHaveLength(before);
  });

  it('answers a retry with the same key with the same note', async () => {
    const once = () =>
      opened.call<Note>('POST', `/api/policies/${policy}/notes`, { text: 'Once' }, { 'idempotency-key': 'k1' });
    expect((await once()).body.locator).toBe((await once()).body.locator);
    expect((await notes()).filter(({ text }) => text === 'Once')).toHaveLength(1);
  });

  it('forgets the words with the person, and says so', async () => {
    await add('MARKER words about a person');
    const { store } = opened.workbench.desk;
    store.erasePerson(policyholder, { user: 'tester', name: 'Tester' }, 1);
    expect((await notes()).every(({ text, erased }) => text === '' && erased === true)).toBe(true);
    expect(JSON.stringify([...store.exportCanonical()])).not.toContain('MARKER');
    expect(await store.verify()).toMatchObject({ ok: true });
  });
});
