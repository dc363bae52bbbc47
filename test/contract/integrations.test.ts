import { describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import { openTestWorkbench } from './support.ts';

interface Registry {
  readonly externalServiceIntegrations: readonly { readonly name: string }[];
}

describe('the registry of services outside', () => {
  test('I10: shows that a secret is set and never what it is; the mask sent back keeps it', async () => {
    const opened = await openTestWorkbench();
    const rater = {
      name: 'auto rater',
      url: 'https://rater.example/price',
      type: 'external_rater',
      headers: { Authorization: 'Basic abcdefgh' },
      securitySpec: { hmacEnabled: true, secret: 'the-signing-secret', secureSSL: false, tag: 'a' },
    };
    const masked = {
      ...rater,
      headers: { Authorization: '********' },
      securitySpec: { ...rater.securitySpec, secret: '********' },
    };
    const listed = { externalServiceIntegrations: [{ ...masked, tenantLocator: 'fieldwriter' }] };
    const added = await opened.call<Registry>('POST', '/integrations', rater);
    expect([added.status, added.body]).toEqual([200, listed]);

    const sealed = (): unknown => opened.workbench.desk.store.get('integration', 'auto rater')?.record;
    const before = sealed();
    const { name: _, ...update } = masked;
    const kept = await opened.call('PUT', '/integrations/auto%20rater', { ...update, tenantLocator: 'fieldwriter' });
    expect(kept.body).toEqual(listed);
    expect(sealed()).toMatchObject({ ...(before as object), updatedAt: expect.any(Number) });

    const bare = await opened.call<Registry>('PUT', '/integrations/auto%20rater', { url: rater.url });
    expect(bare.body.externalServiceIntegrations).toEqual([
      { name: 'auto rater', url: rater.url, type: 'external_rater', headers: {}, tenantLocator: 'fieldwriter' },
    ]);
    const removed = await opened.call<Registry>('DELETE', '/integrations/auto%20rater');
    expect(removed.body).toEqual({ externalServiceIntegrations: [] });
    expect((await opened.call('DELETE', '/integrations/auto%20rater')).status).toBe(404);
    // A name that was taken out can be given again.
    expect((await opened.call('POST', '/integrations', rater)).body).toEqual(listed);
  });

  test.each([
    ['a name twice', { name: 'taken', url: 'https://a.example' }, 409, 'taken'],
    ['no URL', { name: 'x' }, 400, 'url'],
    ['another scheme', { name: 'x', url: 'file:///etc/passwd' }, 400, 'https://'],
    ['credentials in the URL', { name: 'x', url: 'https://u:p@a.example' }, 400, 'in a header'],
    ['a name that is a path', { name: 'a/b', url: 'https://a.example' }, 400, 'name'],
    ['an unknown type', { name: 'x', url: 'https://a.example', type: 'rater' }, 400, 'type'],
    ['a header of the connection', { name: 'x', url: 'https://a.example', headers: { Host: 'b' } }, 400, '"Host"'],
    ['a header that splits', { name: 'x', url: 'https://a.example', headers: { A: 'b\r\nC: d' } }, 400, 'one line'],
    ['security in the clear', { name: 'x', url: 'http://a.example', securitySpec: { secret: 's' } }, 400, 'https://'],
    [
      'a signature without a secret',
      { name: 'x', url: 'https://a.example', securitySpec: { hmacEnabled: true } },
      400,
      'secret',
    ],
    ['a tag without a secret', { name: 'x', url: 'https://a.example', securitySpec: { tag: 't' } }, 400, 'tag'],
    ['a mask for nothing', { name: 'x', url: 'https://a.example', headers: { A: '********' } }, 400, 'there is none'],
    ['an unknown member', { name: 'x', url: 'https://a.example', uri: 'x' }, 400, 'uri'],
  ])('I1-I4: %s is refused with its place', async (_what, request, status, says) => {
    const opened = await openTestWorkbench();
    await opened.call('POST', '/integrations', { name: 'taken', url: 'https://a.example' });
    const refused = await opened.call<ProblemDocument>('POST', '/integrations', request);
    expect([refused.status, refused.body.message]).toEqual([status, expect.stringContaining(says)]);
    const registry = await opened.call<Registry>('GET', '/integrations');
    expect(registry.body.externalServiceIntegrations.map(({ name }) => name)).toEqual(['taken']);
  });
});
