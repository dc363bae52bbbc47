import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PageGeometry } from './layout.ts';

type Assets = ReadonlyMap<string, Uint8Array>;

/**
 * A page of the browser without any power: no scripts, no network, no storage, no frames, no forms, no navigation. It loads the
 * HTML it is given and the assets that come with it; every other request is refused.
 */
export interface Sheet {
  load(html: string, assets: Assets): Promise<void>;
  /** Evaluates our own source in the page and waits until what it put there has loaded. */
  arrange(source: string): Promise<unknown>;
  print(geometry: PageGeometry): Promise<Uint8Array>;
  close(): Promise<void>;
}

const ORIGIN = 'http://document.invalid';
const LOADABLE = `'self' data: http: https:`;
/** Which requests may be asked for at all; each is then answered from the assets or refused. `sandbox` stops refreshes and forms. */
const POLICY = `default-src 'none'; img-src ${LOADABLE}; font-src ${LOADABLE}; style-src ${LOADABLE} 'unsafe-inline'; sandbox`;

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  svg: 'image/svg+xml',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
  otf: 'font/otf',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

export async function openSheet(browser: Browser): Promise<Sheet> {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    offline: true,
    serviceWorkers: 'block',
    acceptDownloads: false,
    permissions: [],
    locale: 'en-US',
    colorScheme: 'light',
  });
  const page = await context.newPage();
  let html = '';
  let assets: Assets = new Map();
  await answerRequests(context, (url): Answer | undefined => {
    if (url.href === `${ORIGIN}/`)
      return { body: html, type: 'text/html; charset=utf-8', headers: { 'content-security-policy': POLICY } };
    const asset = assets.get(url.href) ?? (url.origin === ORIGIN ? assets.get(assetPath(url)) : undefined);
    const type = TYPES[url.pathname.split('.').pop()?.toLowerCase() ?? ''];
    return asset && type ? { body: Buffer.from(asset), type, headers: {} } : undefined;
  });
  return {
    load: async (text, files) => {
      html = text;
      assets = files;
      await page.goto(`${ORIGIN}/`, { waitUntil: 'load' });
    },
    arrange: async (source) => {
      await page.evaluate(source);
      await waitForLoads(page);
      return page.evaluate(MEASURE);
    },
    print: async ({ width, height, margin }) =>
      page.pdf({
        width: `${width}px`,
        height: `${height}px`,
        margin: { top: margin.top, right: margin.right, bottom: margin.bottom, left: margin.left },
        printBackground: true,
        preferCSSPageSize: false,
      }),
    close: () => context.close(),
  };
}

interface Answer {
  readonly body: string | Buffer;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function answerRequests(context: BrowserContext, answer: (url: URL) => Answer | undefined): Promise<void> {
  await context.route('**/*', async (route) => {
    const found = answer(new URL(route.request().url()));
    if (!found) return route.abort('aborted');
    // Kept by nobody: the next document may bring another file of the same name.
    const headers = { ...found.headers, 'content-type': found.type, 'cache-control': 'no-store' };
    return route.fulfill({
      status: 200,
      headers: { ...headers, 'access-control-allow-origin': '*' },
      body: found.body,
    });
  });
}

function assetPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname.slice(1));
  } catch {
    return url.pathname.slice(1);
  }
}

/** Load events never come while scripts are off, so we ask; what has not come after two seconds is printed without. */
async function waitForLoads(page: Page): Promise<void> {
  const until = performance.now() + 2_000;
  while (performance.now() < until) {
    if ((await page.evaluate(LOADED)) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const LOADED = `[...document.images].every((image) => image.complete) && document.fonts.status === 'loaded'`;
/** Heights of the header and footer on the first page, pixels. */
const MEASURE = `['header', 'footer'].map((part) => {
  const box = document.querySelector('.fieldwriter-' + part);
  return box ? Math.ceil(box.getBoundingClientRect().height) : 0;
})`;
