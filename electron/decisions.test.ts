import { describe, expect, it } from 'vitest';
import { mayCallWorkbench, mayNavigate, mayOpenOutside, PRINT_POWERS, WINDOW_POWERS } from './decisions.ts';

describe('where the window may go', () => {
  it.each([
    ['app://fieldwriter/', true],
    ['app://fieldwriter/api/products', true],
    ['app://fieldwriter.evil/', false],
    ['app://evil/fieldwriter', false],
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

describe('the powers of a window', () => {
  it('has no Node, is isolated and sandboxed, keeps web security', () => {
    expect(WINDOW_POWERS).toMatchObject({
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    });
  });
  it('prints pages without script', () => {
    expect(PRINT_POWERS.javascript).toBe(false);
    expect(PRINT_POWERS.sandbox).toBe(true);
  });
});
