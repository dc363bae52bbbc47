import { assetKey, ORIGIN } from './assets.ts';
import type { PageGeometry } from './layout.ts';
import type { DevToolsPage } from './press.ts';

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
}

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

/** Takes every power from a page and lays sheets on it, one after the other. The page's owner closes it. */
export async function openSheet(page: DevToolsPage): Promise<Sheet> {
  let html = '';
  let assets: Assets = new Map();
  const answer = (url: URL): Answer | undefined => {
    if (url.href === `${ORIGIN}/`)
      return { body: html, type: 'text/html; charset=utf-8', headers: { 'content-security-policy': POLICY } };
    const asset = assets.get(assetKey(url));
    const type = TYPES[url.pathname.split('.').pop()?.toLowerCase() ?? ''];
    return asset && type ? { body: asset, type, headers: {} } : undefined;
  };
  page.on('Fetch.requestPaused', (params) => {
    const { requestId, request } = params as { requestId: string; request: { url: string } };
    // A page that is gone has no use for the answer any more.
    void respond(page, requestId, answer(new URL(request.url))).catch(() => undefined);
  });
  await Promise.all([
    page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
    page.send('Emulation.setScriptExecutionDisabled', { value: true }),
    page.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: 0,
      uploadThroughput: 0,
    }),
    page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'light' }] }),
  ]);
  return {
    load: async (text, files) => {
      html = text;
      assets = files;
      const { errorText } = (await page.send('Page.navigate', { url: `${ORIGIN}/` })) as { errorText?: string };
      if (errorText) throw new Error(`the page did not load: ${errorText}`);
      while ((await evaluate(page, `document.readyState`)) !== 'complete') await pause();
    },
    arrange: async (source) => {
      await evaluate(page, source);
      await waitForLoads(page);
      return evaluate(page, MEASURE);
    },
    print: async ({ width, height, margin }) => {
      const { data } = (await page.send('Page.printToPDF', {
        paperWidth: inches(width),
        paperHeight: inches(height),
        marginTop: inches(margin.top),
        marginRight: inches(margin.right),
        marginBottom: inches(margin.bottom),
        marginLeft: inches(margin.left),
        printBackground: true,
        preferCSSPageSize: false,
        generateTaggedPDF: false,
        generateDocumentOutline: false,
      })) as { data: string };
      return Buffer.from(data, 'base64');
    },
  };
}

interface Answer {
  readonly body: string | Uint8Array;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function respond(page: DevToolsPage, requestId: string, answer: Answer | undefined): Promise<void> {
  if (!answer) return void (await page.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }));
  const headers = {
    ...answer.headers,
    'content-type': answer.type,
    // Kept by nobody: the next document may bring another file of the same name.
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
  };
  await page.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: 200,
    responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: Buffer.from(answer.body as Uint8Array).toString('base64'),
  });
}

/** CSS pixels (96 an inch) to inches. */
const inches = (pixels: number): number => pixels / 96;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Load events never come while scripts are off, so we ask; what has not come after two seconds is printed without. */
async function waitForLoads(page: DevToolsPage): Promise<void> {
  const until = performance.now() + 2_000;
  while (performance.now() < until) {
    if ((await evaluate(page, LOADED)) === true) return;
    await pause();
  }
}

/** The value of our own source in the page, as JSON. Only the templates' scripts are off. */
async function evaluate(page: DevToolsPage, expression: string): Promise<unknown> {
  const answer = (await page.send('Runtime.evaluate', { expression, returnByValue: true })) as {
    result: { value?: unknown };
    exceptionDetails?: { text: string; exception?: { description?: string } };
  };
  const { exceptionDetails: failure } = answer;
  if (failure) throw new Error(`the page could not be arranged: ${failure.exception?.description ?? failure.text}`);
  return answer.result.value;
}
const LOADED = `[...document.images].every((image) => image.complete) && document.fonts.status === 'loaded'`;
/** Heights of the header and footer on the first page, pixels. */
const MEASURE = `['header', 'footer'].map((part) => {
  const box = document.querySelector('.fieldwriter-' + part);
  return box ? Math.ceil(box.getBoundingClientRect().height) : 0;
})`;
