import { describe, expect, it } from 'vitest';
import { mayCallWorkbench, mayNavigate, mayOpenOutside, openingOf, refusalOf } from './decisions.ts';

describe('where the window may go', () => {
  it.each([
    ['app://fieldwriter/', true],
    ['app://fieldwriter/api/products', true],
    ['app://fieldwriter.evil/', false],
    ['app://evil/fieldwriter', false],
    ['app://user:secret@fieldwriter/', false],
    ['https://fieldwriter/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['not a url', false],
  ])('navigation to %s: %s', (target, allowed) => {
    expect(mayNavigate(target)).toBe(allowed);
  });

  it.each([
    ['https://example.com/help', true],
    ['https://user:secret@example.com/', false],
    ['http://example.com/', false],
    ['file:///etc/passwd', false],
    ['mailto:a@example.com', false],
    ['app://fieldwriter/', false],
  ])('opening %s outside: %s', (target, allowed) => {
    expect(mayOpenOutside(target)).toBe(allowed);
  });
});

describe('what a link that wants a window gets', () => {
  it.each([
    ['app://fieldwriter/', 'workbench'],
    ['app://fieldwriter/#/policies/p-1', 'workbench'],
    ['app://fieldwriter/api/documents/0192-d', 'document'],
    ['app://fieldwriter/api/media/0192-m', 'document'],
    ['app://fieldwriter/api/documents/0192-d?token=x', 'nowhere'],
    ['app://fieldwriter/api/documents/../session', 'nowhere'],
    ['app://fieldwriter/api/session', 'nowhere'],
    ['https://example.com/', 'outside'],
    ['https://fieldwriter/api/documents/0192-d', 'outside'],
    ['data:text/html,hello', 'nowhere'],
    ['blob:app://fieldwriter/0192', 'nowhere'],
    ['about:blank', 'nowhere'],
  ])('%s: %s', (target, opening) => {
    expect(openingOf(target)).toBe(opening);
  });
});

describe('which requests reach the workbench', () => {
  const request = (url: string, headers: Record<string, string> = {}, method = 'GET') => ({
    url,
    method,
    headers: new Headers(headers),
  });

  it('lets the window itself through, with and without an origin', () => {
    expect(mayCallWorkbench(request('app://fieldwriter/api/session'))).toBe(true);
    expect(mayCallWorkbench(request('app://fieldwriter/policy', { origin: 'app://fieldwriter' }, 'POST'))).toBe(true);
  });
  it('refuses another origin, another host and odd methods', () => {
    expect(mayCallWorkbench(request('app://fieldwriter/policy', { origin: 'https://evil.example' }, 'POST'))).toBe(
      false,
    );
    expect(mayCallWorkbench(request('app://other/policy'))).toBe(false);
    expect(mayCallWorkbench(request('app://fieldwriter/policy', {}, 'TRACE'))).toBe(false);
  });
});

describe('an installed program', () => {
  it.each(['no-sandbox', 'disable-web-security', 'remote-debugging-port', 'remote-debugging-pipe'])(
    'refuses to start with --%s, a developed one does not',
    (name) => {
      expect(refusalOf((asked) => asked === name, true)).toContain(`--${name}`);
      expect(refusalOf((asked) => asked === name, false)).toBeUndefined();
    },
  );
  it('starts with any other switch', () => {
    expect(refusalOf((asked) => asked === 'no-zygote', true)).toBeUndefined();
  });
});
