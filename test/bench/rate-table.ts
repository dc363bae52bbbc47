import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { bundleCore } from '../../build/bundle.ts';
import { buildRenderer } from '../../build/renderer.ts';
import { launchBrowser } from '../../core/documents/chromium.ts';
import { tableCopy } from '../../core/lab/tables/product-tables.ts';
import { compareTables } from '../../core/model/rate-table/difference.ts';
import { differenceWords } from '../../core/model/rate-table/difference-words.ts';
import { RateTable } from '../../core/model/rate-table/rate-table.ts';
import type { TableSchema } from '../../core/model/table.ts';
import { deployConfiguration } from '../../core/policy/deploy.ts';
import { openDesk } from '../../core/policy/open-desk.ts';
import { saveCopy } from '../../core/policy/studio/save.ts';
import { checkConfiguration } from '../../core/product/check.ts';
import { loadConfiguration } from '../../core/product/load.ts';
import type { Bench, Line } from './bench.ts';
import { figure, quantile } from './measure.ts';

const ROWS = Number(process.env.FIELDWRITER_BENCH_ROWS ?? 1_000_000);
const root = path.resolve(import.meta.dirname, '../..');
const TABLE = 'territory_rates';
const FILE = `products/commercial-property/policy/tables/${TABLE}.csv`;
const SCHEMA: TableSchema = {
  keys: [
    { column: 'territory', match: 'exact' },
    { column: 'class', match: 'exact' },
  ],
  values: ['factor'],
};

/** (t) A table of a million rows: imported, opened, edited and saved in a browser; two versions compared. */
export const rateTable: Bench = {
  name: `(t) a rate table of ${ROWS.toLocaleString('en')} rows`,
  async run() {
    await buildRenderer();
    await bundleCore();
    const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-'));
    const [source, other] = [path.join(folder, 'configuration'), path.join(folder, 'other.csv')];
    cpSync(path.join(root, 'examples/commercial-property'), source, { recursive: true });
    writeFileSync(path.join(source, FILE), csv(1));
    writeFileSync(path.join(source, FILE.replace('.csv', '.schema.json')), JSON.stringify(SCHEMA));
    writeFileSync(other, csv(1.04));
    const server = spawn(
      process.execPath,
      [
        'dist/core/main.js',
        'serve',
        '--json',
        '--data',
        path.join(folder, 'data'),
        '--user',
        'Bench',
        '--configuration',
        source,
      ],
      { cwd: root, env: { ...process.env, FIELDWRITER_KEY: '5a'.repeat(32) }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let browser: Browser | undefined;
    try {
      const address = await opened(server);
      browser = await launchBrowser();
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(address);
      return [
        ...(await opening(page, new URL(address).origin)),
        ...(await scrolling(page)),
        await echo(page),
        ...(await saving(page, server.pid ?? 0)),
        await importing(page, other),
        ...(await committing(source, path.join(folder, 'desk'))),
        ...comparing(),
      ];
    } finally {
      await browser?.close();
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** 250 classes of as many territories as it takes; `raise` changes one row in a thousand. */
function csv(raise: number): string {
  const lines = ['territory,class,factor'];
  for (let row = 0; row < ROWS; row += 1) {
    const factor = (1 + (row % 97) / 100) * (row % 1_000 === 7 ? raise : 1);
    lines.push(`${String(Math.floor(row / 250)).padStart(5, '0')},C${row % 250},${factor.toFixed(4)}`);
  }
  return `${lines.join('\n')}\n`;
}

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

function aimed(what: string, value: number, most: number): Line {
  return { what, value: figure(value), aim: `under ${most}`, ok: value < most };
}

/** The types of a browser are not those of this program: what runs in the page is its source. */
const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())))';
const OPEN = `(async () => {
  const entry = [...document.querySelectorAll('.tables-entry')].find((one) => one.textContent.includes('${TABLE}'));
  const started = performance.now();
  entry.click();
  while (document.querySelector('.grid-scroll')?.getAttribute('aria-label') !== 'Table ${TABLE}' || !document.querySelector('.grid-cell')) await ${NEXT_FRAME};
  await ${NEXT_FRAME};
  return performance.now() - started;
})()`;
const SCROLL = `new Promise((resolve) => {
  const grid = document.querySelector('.grid-scroll');
  const times = [];
  let last = performance.now();
  const frame = (now) => {
    times.push(now - last);
    last = now;
    grid.scrollTop += times.length < 120 ? 60 : grid.scrollHeight / 120;
    if (times.length < 240) requestAnimationFrame(frame);
    else resolve(times.slice(3));
  };
  requestAnimationFrame(frame);
})`;
/** Frames that begin between the key that ends an edit and the sheet that shows its text: the next one is the first that can. */
const LISTEN = `void (window.echoed = new Promise((resolve) => {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    let frames = 0;
    const look = () => {
      frames += 1;
      if (document.querySelector('.grid-cell.edited')?.textContent === '1.2345') resolve(frames);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true });
}))`;

async function opening(page: Page, origin: string): Promise<Line[]> {
  await page.goto(`${origin}/#/lab/commercial-property/tables`);
  await page.locator('.grid-cell').first().waitFor();
  const times: number[] = [];
  for (let visit = 0; visit < 3; visit += 1) {
    await page.reload();
    await page.locator('.grid-cell').first().waitFor();
    times.push(await page.evaluate<number>(OPEN));
  }
  return [
    aimed(
      'opened in the grid, median ms',
      quantile(
        times.sort((a, b) => a - b),
        0.5,
      ),
      1_000,
    ),
  ];
}

async function scrolling(page: Page): Promise<Line[]> {
  await page.evaluate(SCROLL);
  const times = (await page.evaluate<number[]>(SCROLL)).sort((a, b) => a - b);
  return [
    { what: 'a frame of scrolling to the end, median ms', value: figure(quantile(times, 0.5)) },
    { what: 'a frame of scrolling to the end, p99 ms', value: figure(quantile(times, 0.99)) },
  ];
}

async function echo(page: Page): Promise<Line> {
  const times: number[] = [];
  await page.locator('.grid-scroll').focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  for (let edit = 0; edit < 12; edit += 1) {
    await page.keyboard.press('ArrowUp');
    await page.keyboard.type('1.2345');
    // A key may overtake what is evaluated in a page that is busy: the listener has to stand before.
    await page.evaluate(LISTEN);
    await page.keyboard.press('Enter');
    times.push(await page.evaluate<number>('window.echoed'));
    await page.keyboard.press('Control+z');
  }
  await page.keyboard.press('Control+y');
  const most = Math.max(...times);
  return { what: 'frames until an edit shows, most of 12', value: figure(most), aim: 'at most 1', ok: most <= 1 };
}

/** CPU time of a process and of those that it started, ms: what a machine that others use too says of a change; NaN where there is no /proc. */
function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map((child) => cpuOf(Number(child)));
    return [(Number(user) + Number(system)) * 10, ...below].reduce((sum, one) => sum + one, 0);
  } catch {
    return Number.NaN;
  }
}

async function saving(page: Page, server: number): Promise<readonly Line[]> {
  await page.keyboard.press('Control+s');
  await page.getByLabel('What changed and why').fill('Bench');
  const before = cpuOf(server);
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/api/lab/tables/save'), { timeout: 60_000 }),
    page.getByRole('button', { name: 'Save as a version' }).click(),
  ]);
  await response.finished();
  if (!response.ok()) throw new Error(await response.text());
  return [
    aimed('saved in the browser, with the second opinion, ms', response.request().timing().responseEnd, 2_000),
    { what: 'CPU time of that, core and hosts, ms', value: figure(cpuOf(server) - before) },
  ];
}

async function importing(page: Page, file: string): Promise<Line> {
  await page.getByText('Saved as version').waitFor();
  await page.locator('.table-size').getByText('not saved').waitFor({ state: 'detached', timeout: 60_000 });
  const started = performance.now();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('Imported, not saved yet', { exact: false }).waitFor({ timeout: 60_000 });
  return aimed('a CSV of as many rows imported into it, ms', performance.now() - started, 5_000);
}

/** The save itself: changes applied, the version read and checked, committed and recorded. The second opinion has a bench of its own. */
async function committing(source: string, folder: string): Promise<readonly Line[]> {
  const desk = openDesk({ folder, key: new Uint8Array(32).fill(7), documents: 'later' });
  try {
    const by = { actor: { user: 'bench', name: 'Bench' } };
    const loaded = await loadConfiguration({ folder: source });
    await deployConfiguration(desk, by, { ...loaded, diagnostics: checkConfiguration(loaded) });
    const times: number[] = [];
    const before = process.cpuUsage();
    for (let base = 1; base <= 3; base += 1) {
      const changes = { cells: { rows: [base], columns: [2], texts: [`9.${base}`] }, removed: [], inserted: [] };
      const started = performance.now();
      const copy = await tableCopy(desk, { base, path: FILE, changes });
      await saveCopy(desk, by, copy, 'Bench');
      times.push(performance.now() - started);
    }
    const [, median = Number.NaN] = times.sort((a, b) => a - b);
    const { user, system } = process.cpuUsage(before);
    return [
      aimed('saved as a commit, median ms', median, 2_000),
      { what: 'CPU time of such a save, mean ms', value: figure((user + system) / 1_000 / times.length) },
    ];
  } finally {
    await desk.close();
  }
}

function comparing(): Line[] {
  const times: number[] = [];
  const [a, b] = [csv(1), csv(1.04)];
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now();
    const [before, after] = [new RateTable(a, { schema: SCHEMA }), new RateTable(b, { schema: SCHEMA })];
    differenceWords(before, after, compareTables(before, after));
    times.push(performance.now() - started);
  }
  return [
    aimed(
      'two versions read and compared, in words, ms',
      quantile(
        times.sort((a, b) => a - b),
        0.5,
      ),
      2_000,
    ),
  ];
}
