import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, TOKEN } from './support.ts';

const html = (name: string, event?: string) => ({
  displayName: name,
  fileName: `${name}.html`,
  templateName: `${name}.template.liquid`,
  type: 'html',
  ...(event ? { generatingEvent: event } : {}),
});
const product = (documents: object[], more: Record<string, string> = {}, plugins: object = {}) =>
  smallProduct({ 'policy/policy.json': JSON.stringify({ fields: [], documents, plugins }), ...more });
const names = (policy: PolicyResponse) => policy.documents.map(({ displayName }) => displayName).sort();

describe('documents of a transaction', async () => {
  const opened = await openTestWorkbench({ documents: 'produce' });
  const post = (policy: { locator: string }, action: string) =>
    opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/${action}`);

  it('are made at their event, the ones without an event when it is finalized', async () => {
    await deployProduct(
      opened,
      'events',
      product([html('always'), html('quoted', 'quote'), html('accepted', 'accept'), html('issued', 'issue')], {
        'policy/always.template.liquid': 'a',
        'policy/quoted.template.liquid': 'q',
        'policy/accepted.template.liquid': 'c',
        'policy/issued.template.liquid': 'number {{ data.policy.display_id }}',
      }),
    );
    const made = await draft(opened, { policy: { productName: 'events', ...SMALL_RISK } });
    const done = await post(made, 'finalize');
    expect(names(done.body)).toEqual(['accepted', 'always', 'quoted']);
    const issued = await post(made, 'issue');
    expect(names(issued.body)).toEqual(['accepted', 'always', 'issued', 'quoted']);
    const last = issued.body.documents.find(({ displayName }) => displayName === 'issued');
    const content = await opened.raw(`/api/documents/${last?.locator}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await content.text()).toContain(`number ${issued.body.displayId}`);
    expect(content.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('one that fails takes no other with it and undoes nothing; it can be tried again', async () => {
    await deployProduct(
      opened,
      'failing',
      product([html('good'), html('bad')], {
        'policy/good.template.liquid': 'g',
        'policy/bad.template.liquid': '{% for i in (1..1000000000) %}{{ i }}{% endfor %}',
      }),
    );
    const made = await draft(opened, { policy: { productName: 'failing', ...SMALL_RISK } });
    const done = await post(made, 'finalize');
    expect([done.status, names(done.body), done.body.invoices.length]).toEqual([200, ['good'], 1]);
    const failed = await opened.call<{ displayName: string; message: string }[]>(
      'GET',
      `/api/policies/${made.locator}/failedDocuments`,
    );
    expect(failed.body).toMatchObject([{ displayName: 'bad', message: expect.stringContaining('bad') }]);
    await opened.call('POST', `/api/policies/${made.locator}/retryDocuments`);
    const again = await opened.call<unknown[]>('GET', `/api/policies/${made.locator}/failedDocuments`);
    expect(again.body.length).toBe(1);
    expect((await post(made, 'issue')).status).toBe(200);
  });

  it('are made again on request: the new one takes the place of the old one, under the version that the policy keeps', async () => {
    const template = (word: string) => ({ 'policy/note.template.liquid': `${word} {{ data.policy.product_name }}` });
    await deployProduct(opened, 'again', product([html('note')], template('first')));
    const made = await draft(opened, { policy: { productName: 'again', ...SMALL_RISK } });
    const [old] = (await post(made, 'finalize')).body.documents;
    await deployProduct(opened, 'again', product([html('note')], template('second')));
    const again = await opened.call<{ locator: string }>('POST', `/api/documents/${old?.locator}/regenerate`);
    expect(again.status).toBe(200);
    const policy = (await opened.call<PolicyResponse>('GET', `/policy/${made.locator}`)).body;
    expect(policy.documents.map(({ locator }) => locator)).toEqual([again.body.locator]);
    expect(again.body.locator).not.toBe(old?.locator);
    const content = await opened.raw(`/api/documents/${again.body.locator}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await content.text()).toContain('first again');
    expect((await opened.call('POST', `/api/documents/${old?.locator}/regenerate`)).status).toBe(404);
  });

  it('are joined after issue as the plugin says', async () => {
    const pdf = (name: string, event: string) => ({ ...html(name, event), fileName: `${name}.pdf`, type: 'pdf' });
    await deployProduct(
      opened,
      'joined',
      product(
        [pdf('one', 'accept'), pdf('two', 'issue')],
        {
          'policy/one.template.liquid': '<p>one</p>',
          'policy/two.template.liquid': '<p>two</p>',
          'scripts/main/post.js': `exports.getPostIssuanceResult = ({documents}) => ({documentConsolidations: [
            {displayName: 'All', fileName: 'all.pdf', documentLocators: documents.map(d => d.locator), deleteSourceDocuments: true}]});`,
        },
        { getPostIssuanceResult: { path: 'main/post.js', enabled: true } },
      ),
    );
    const made = await draft(opened, { policy: { productName: 'joined', ...SMALL_RISK } });
    expect(names((await post(made, 'finalize')).body)).toEqual(['one']);
    const issued = await post(made, 'issue');
    expect(names(issued.body)).toEqual(['All']);
    const record = opened.workbench.desk.store.get('document', issued.body.documents[0]?.locator ?? '')?.record;
    expect(record).toMatchObject({ pages: 2, fileName: 'all.pdf' });

    const alone = await opened.call<{ detail: string }>(
      'POST',
      `/api/documents/${issued.body.documents[0]?.locator}/regenerate`,
    );
    expect([alone.status, alone.body.detail]).toEqual([409, expect.stringContaining('joined from others')]);
  });
});

describe('documents that a dying process left undone', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-'));
  const key = new Uint8Array(randomBytes(32));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are made at the next start', async () => {
    // Left as a pending job, which is what a kill between commit and printing leaves.
    const first = await openTestWorkbench({ folder, key, documents: 'later' });
    await deployProduct(first, 'late', product([html('note')], { 'policy/note.template.liquid': 'n' }));
    const made = await draft(first, { policy: { productName: 'late', ...SMALL_RISK } });
    const done = await first.call<PolicyResponse>('POST', `/policy/${made.locator}/finalize`);
    expect([done.body.quoteSummary?.notDiscarded[0]?.state, names(done.body)]).toEqual(['accepted', []]);
    await first.workbench.close();

    const second = await openTestWorkbench({ folder, key, documents: 'produce' });
    await expect
      .poll(async () => names((await second.call<PolicyResponse>('GET', `/policy/${made.locator}`)).body))
      .toEqual(['note']);
  });
});
