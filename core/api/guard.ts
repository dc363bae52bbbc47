import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { Problem } from '#core/model/problem.ts';
import type { Access } from './access.ts';
import type { DoorContext, DoorEnv } from './door.ts';

/** Names under which this workbench is reached. */
export interface Names {
  /** Values of `Host`, without the port: a page elsewhere that resolves to us has another one (DNS rebinding). */
  readonly hosts: readonly string[];
  /** Origins other than `http://<host>` whose pages are ours. */
  readonly origins: readonly string[];
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whose page asks: refuses foreign names and foreign pages, before anything else is looked at. */
export function guardOrigin(names: Names): MiddlewareHandler<DoorEnv> {
  return async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host;
    if (!names.hosts.includes(host.replace(/:\d+$/, '')))
      throw new Problem('forbidden', `This workbench is not called "${host}": use the address that it printed.`);
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}` && !names.origins.includes(origin))
      throw new Problem('forbidden', `Requests from pages of ${origin} are refused.`);
    const site = context.req.header('sec-fetch-site');
    const navigation = context.req.header('sec-fetch-mode') === 'navigate' && SAFE.has(context.req.method);
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigation)
      throw new Problem('forbidden', 'Requests from pages of other sites are refused.');
    await next();
  };
}

/** Cookies know no ports: two workbenches on one machine must not overwrite each other's. */
export function cookieName(context: DoorContext): string {
  const port = /:(\d+)$/.exec(context.req.header('host') ?? '')?.[1] ?? 'default';
  return `fieldwriter-${port}`;
}

/** Only who holds a secret of this workbench comes in. @param open what anybody may ask */
export function guardAccess(
  access: Access,
  open: (method: string, path: string) => boolean,
): MiddlewareHandler<DoorEnv> {
  return async (context, next) => {
    const authorization = context.req.header('authorization');
    const cookie = getCookie(context, cookieName(context));
    const session = access.identify({
      ...(authorization === undefined ? {} : { authorization }),
      ...(cookie === undefined ? {} : { cookie }),
    });
    context.set('user', session?.user);
    context.set('signedIn', session !== undefined);
    if (!session && !open(context.req.method, context.req.path))
      throw new Problem(
        'not-authenticated',
        'Open the address that Fieldwriter printed at its start, or send "Authorization: Bearer <token>".',
      );
    await next();
  };
}

/** What every answer tells the browser: no scripts but ours, no frames, no guessing of types, nothing kept. */
export function securityHeaders(): MiddlewareHandler<DoorEnv> {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', SCREENS);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('x-frame-options', 'DENY');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  };
}

const SCREENS = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library writes style attributes and a style element for the theme.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For content that customers or templates wrote: it is shown, it runs nothing and reaches nothing. */
export const FOREIGN_CONTENT =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; sandbox; frame-ancestors 'none'";
/** The browser's own PDF viewer starts neither in a sandbox nor without its own scripts and styles: types are never guessed, that must do. */
export const FOREIGN_PDF = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
