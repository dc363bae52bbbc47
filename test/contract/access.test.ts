import { describe, expect, it } from 'vitest';
import { openTestWorkbench, TOKEN } from './support.ts';

describe('who comes in', async () => {
  const opened = await openTestWorkbench({ mount: 'socket' });
  const { hostname, port } = new URL(opened.address);
  const bearer = { authorization: `Bearer ${TOKEN}` };

  it.each([
    ['no credentials', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['a wrong cookie', { cookie: `fieldwriter-${port}=wrong` }, 401],
    ['the token', bearer, 200],
    ['the token as the original sends it', { authorization: TOKEN }, 200],
  ])('%s', async (_, headers, status) => {
    expect((await opened.raw('/api/policies', { headers })).status).toBe(status);
  });

  it.each([
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['a page of no origin', { origin: 'null' }, 403],
    ['the same host on another port', { origin: `http://${hostname}:1` }, 403],
    ['our own page', { origin: `http://${hostname}:${port}` }, 200],
    ['a script on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, 403],
    ['a page on a neighbouring port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    ['a form on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['somebody who typed the address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
  ])('%s writes, even with the token: %s', async (_, headers, status) => {
    // Straight into the function: the platform's own fetch sets these headers itself.
    const response = await opened.workbench.fetch(
      new Request(`http://${hostname}:${port}/policyholder/create`, {
        method: 'POST',
        headers: { ...bearer, ...headers },
        body: '{"values":{}}',
      }),
    );
    expect(response.status).toBe(status);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '0.0.0.0'])(
    'a request to the name %s is refused (DNS rebinding)',
    async (host) => {
      const response = await opened.workbench.fetch(new Request(`http://${host}:${port}/v1/ping`, { headers: bearer }));
      expect(response.status).toBe(403);
    },
  );

  it('lists what is open to anybody, and nothing else is', async () => {
    const { paths } = (await (await opened.raw('/api/openapi.json', { headers: bearer })).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const open: string[] = [];
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods)) {
        const response = await opened.raw(path.replaceAll(/\{\w+\}/g, 'x'), {
          method: method.toUpperCase(),
          ...(method === 'get' ? {} : { body: '{}' }),
        });
        if (response.status !== 401) open.push(`${method} ${path}`);
      }
    // authenticate answers 400 to an empty body: it is the way in.
    expect(open.sort()).toEqual(['get /api/health', 'get /v1/ping', 'post /account/authenticate']);
  });

  it('trades a printed address for a session once', async () => {
    const token = opened.workbench.access.issueOneTimeToken();
    const first = await opened.raw(`/?token=${token}`, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')]).toEqual([303, '/']);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const second = await opened.raw(`/?token=${token}`, { redirect: 'manual' });
    expect(second.status).toBe(401);
    const inside = await opened.raw('/api/session', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(await inside.json()).toMatchObject({ user: { name: 'Ada' } });
  });

  it('lets scripts of the original sign in: the access token is the password', async () => {
    const refused = await opened.call('POST', '/account/authenticate', { username: 'grace', password: 'wrong' });
    expect(refused.status).toBe(401);
    const { body } = await opened.call<{ authorizationToken: string }>('POST', '/account/authenticate', {
      username: 'grace',
      password: TOKEN,
      hostName: 'x',
    });
    const made = await opened.raw('/policyholder/create', {
      method: 'POST',
      headers: { authorization: body.authorizationToken },
      body: '{"values":{"name":"Edith"}}',
    });
    const { locator } = (await made.json()) as { locator: string };
    const [entry] = opened.workbench.desk.store.history('policyholder', locator);
    const [grace] = opened.workbench.desk.store.find('user', 'name', 'grace');
    expect(entry?.user).toBe(grace?.locator);
    // A script that signs in must not make the person at the window write in its name.
    const window = await opened.call('GET', '/api/session');
    expect(window.body).toMatchObject({ user: { name: 'Ada' } });
  });

  it('sends the headers that keep a browser in its place', async () => {
    const { headers } = await opened.raw('/v1/ping');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['/..%2f..%2fpackage.json', '/assets/..%2f..%2f..%2fpackage.json', '/%2e%2e/package.json', '/assets/%00.js'])(
    'static files stay in their folder: %s',
    async (path) => {
      const response = await opened.raw(path, { headers: bearer });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain('dependencies');
    },
  );
});

describe('the first start', async () => {
  const opened = await openTestWorkbench({ user: null });

  it('takes no write before somebody said who they are', async () => {
    const session = await opened.call<{ user: unknown }>('GET', '/api/session');
    expect(session.body.user).toBeNull();
    const refused = await opened.call('POST', '/policyholder/create', { values: {} });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('/api/session/user')]);
    expect((await opened.call('POST', '/api/session/user', { name: '  ' })).status).toBe(400);
    await opened.call('POST', '/api/session/user', { name: 'Ada' });
    expect((await opened.call('POST', '/policyholder/create', { values: {} })).status).toBe(200);
  });
});
