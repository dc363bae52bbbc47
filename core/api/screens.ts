import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Access } from './access.ts';
import type { DoorEnv } from './door.ts';
import { cookieName } from './guard.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
};

/** The built screens: `/` and what it loads. A printed address brings its token to `/` and leaves with a session. */
export function mountScreens(app: Hono<DoorEnv>, folder: string, access: Access): void {
  app.get('/', async (context) => {
    const token = context.req.query('token');
    if (token !== undefined) {
      const session = access.redeem(token);
      if (session !== undefined)
        setCookie(context, cookieName(context), session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      else if (!context.get('signedIn')) return context.html(page(USED), 401);
      return context.redirect('/', 303);
    }
    if (!context.get('signedIn')) return context.html(page(CLOSED), 401);
    const index = await fileIn(folder, 'index.html');
    if (!index) return context.html(page(UNBUILT), 503);
    return context.body(index, 200, { 'content-type': TYPES['.html'] ?? '', 'cache-control': 'no-cache' });
  });
  app.get('*', async (context, next) => {
    const type = TYPES[path.extname(context.req.path)];
    const file = type === undefined ? undefined : await fileIn(folder, context.req.path);
    if (!file || type === undefined) return next();
    const kept = context.req.path.startsWith('/assets/');
    return context.body(file, 200, {
      'content-type': type,
      // Names of assets hold the hash of their content: they never change.
      'cache-control': kept ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });
}

/** A file below the folder; undefined for anything that is not there or would lead out of it. */
async function fileIn(folder: string, requested: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let relative: string;
  try {
    relative = decodeURIComponent(requested).replace(/^\/+/, '');
  } catch {
    return undefined;
  }
  const root = path.resolve(folder);
  const file = path.resolve(root, relative);
  if (!file.startsWith(root + path.sep) || relative.includes('\0')) return undefined;
  return readFile(file).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
}

const CLOSED = 'Open the address that Fieldwriter printed when it started: it holds the key to this workbench.';
const USED = 'This address was used already. Start Fieldwriter again, it prints a new one.';
const UNBUILT = 'The screens are not built yet. Run <code>npm start</code>, or <code>node build/renderer.ts</code>.';

function page(message: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Fieldwriter</title><p>${message}</p></html>`;
}
