import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildRenderer } from '../../build/renderer.ts';
import { launchBrowser } from '../../core/documents/chromium.ts';
import type { Bench, Line } from './bench.ts';
import { makeBook } from './book.ts';
import { figure, quantile } from './measure.ts';

const SIZE = Number(process.env.FIELDWRITER_BENCH_POLICIES ?? 100_000);
const KEY = '5a'.repeat(32);
const root = path.resolve(import.meta.dirname, '../..');

/** (i) The screens with a whole book in the store, in a real browser, after warm-up. */
export const workbench: Bench = {
  name: `(i) the workbench in a browser with ${SIZE.toLocaleString('en')} policies`,
  async run() {
    await buildRenderer();
    const book = await makeBook(SIZE, new Uint8Array(Buffer.from(KEY, 'hex')));
    const server = spawn(process.execPath, ['core/cli/main.ts', 'serve', '--json', '--data', book.folder], {
      cwd: root,
      env: { ...process.env, FIELDWRITER_KEY: KEY },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let browser: Browser | undefined;
    try {
      const address = await opened(server);
      browser = await launchBrowser();
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(address);
      await page.locator('.risk-rows a').first().waitFor();
      return [
        { what: 'making the book, s', value: figure(book.seconds) },
        await firstPaint(page),
        await search(page),
        await openingRisk(page, book.policies),
        await keystroke(page),
        await scrolling(page),
      ];
    } finally {
      await browser?.close();
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(path.dirname(book.folder), { recursive: true, force: true });
    }
  },
};

function opened(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout?.on('data', (text: Buffer) => {
      output += text.toString();
      const line = output.split('\n').find((one) => one.startsWith('{') && one.endsWith('}'));
      if (line) resolve((JSON.parse(line) as { open: string }).open);
    });
    server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
}

function aimed(what: string, times: readonly number[], share: number, most: number): Line {
  const value = quantile(
    [...times].sort((a, b) => a - b),
    share,
  );
  return { what, value: figure(value), aim: `under ${most}`, ok: value < most };
}

/** What is measured within the page, as its source: the types of a browser are not those of this program. */
const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())))';
/** Nothing more to do for the browser: a person has seen the list before opening what stands in it. */
const AT_REST = 'new Promise((resolve) => requestIdleCallback(resolve))';
const TO_DESK = "location.hash = '#/desk'";
const openingOf = (policy: string): string => `(async () => {
  const started = performance.now();
  location.hash = '#/policy/${policy}';
  while (!document.querySelector('[data-testid="state"]')) await ${NEXT_FRAME};
  return performance.now() - started;
})()`;
const TOTAL_CHANGES = `new Promise((resolve) => {
  const total = () => document.querySelector('[data-testid="total"]')?.textContent;
  const before = total();
  document.addEventListener('input', () => {
    const started = performance.now();
    const look = () => {
      if (total() !== before) resolve(performance.now() - started);
      else requestAnimationFrame(look);
    };
    look();
  }, { once: true, capture: true });
})`;
/** Slowly at first, as one reads; then by leaps, as one looks for the end. */
const SCROLL = `new Promise((resolve) => {
  const list = document.querySelector('.risk-scroll');
  list.scrollTop = 0;
  let last = performance.now();
  let longest = 0;
  let frames = 0;
  const frame = (now) => {
    if (frames > 2) longest = Math.max(longest, now - last);
    last = now;
    frames += 1;
    list.scrollTop += frames < 120 ? 60 : list.scrollHeight / 120;
    if (frames < 240) requestAnimationFrame(frame);
    else resolve(longest);
  };
  requestAnimationFrame(frame);
})`;
const searchFor = (words: readonly string[]): string => `(async () => {
  const times = [];
  for (const word of ${JSON.stringify(words)}) {
    const started = performance.now();
    await (await fetch('/api/search?limit=5&q=' + encodeURIComponent(word))).json();
    times.push(performance.now() - started);
  }
  return times;
})()`;

/** From the navigation to the first row of the list, by the page's own clock. */
async function firstPaint(page: Page): Promise<Line> {
  const times: number[] = [];
  for (let visit = 0; visit < 6; visit += 1) {
    await page.reload({ waitUntil: 'commit' });
    await page.locator('.risk-rows a').first().waitFor();
    times.push(await page.evaluate<number>(NEXT_FRAME));
  }
  return aimed('first paint of the desk, warm, median ms', times.slice(1), 0.5, 1_000);
}

/** What somebody types, letter by letter, over HTTP. */
async function search(page: Page): Promise<Line> {
  const typed = ['marsh', 'ada', 'hartford', 'p 0012', 'kofi lan', 'ines dunwick', '31415', 'oakley'].flatMap((word) =>
    Array.from({ length: word.length }, (_, end) => word.slice(0, end + 1)),
  );
  await page.evaluate(searchFor(typed));
  return aimed('search as typed, with HTTP, p95 ms', await page.evaluate<number[]>(searchFor(typed)), 0.95, 50);
}

/** From asking for a risk to its header on the screen. */
async function openingRisk(page: Page, policies: readonly string[]): Promise<Line> {
  const times: number[] = [];
  for (let index = 0; index < 24; index += 1) {
    const locator = policies[(index * 3_571) % policies.length] ?? '';
    await page.evaluate(TO_DESK);
    await page.locator('.risk-rows a').first().waitFor();
    await page.evaluate(AT_REST);
    times.push(await page.evaluate<number>(openingOf(locator)));
  }
  return aimed('opening a risk, p95 ms', times.slice(4), 0.95, 150);
}

/** From the letter in a field of a new quote of personal auto to the changed total. */
async function keystroke(page: Page): Promise<Line> {
  await page.evaluate("location.hash = '#/quote/personal-auto'");
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Marsh');
  for (const [label, option] of [
    [/Sold by/, 'Agent'],
    [/At-fault claims/, 'None'],
    [/suspended/, 'No'],
    [/^Type/, 'Car'],
  ] as const) {
    const field = page.getByRole('combobox', { name: label }).or(page.getByRole('textbox', { name: label }));
    await field.first().click();
    await page.getByRole('option', { name: option, exact: true }).click();
  }
  const value = page.getByLabel(/^Value/);
  await value.fill('10000');
  await page.getByTestId('total').filter({ hasText: '$' }).waitFor();
  const times: number[] = [];
  for (let stroke = 0; stroke < 24; stroke += 1) {
    const changed = page.evaluate<number>(TOTAL_CHANGES);
    await value.fill(String(11_000 + 100 * stroke));
    times.push(await changed);
  }
  return aimed('keystroke to changed price, p95 ms', times.slice(4), 0.95, 100);
}

/** The longest time between two frames while the list is scrolled from its beginning to its end. */
async function scrolling(page: Page): Promise<Line> {
  await page.evaluate(TO_DESK);
  await page.locator('.risk-rows a').first().waitFor();
  await page.evaluate(SCROLL);
  return aimed('longest frame while scrolling the list, ms', [await page.evaluate<number>(SCROLL)], 1, 50);
}
