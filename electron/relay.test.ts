import { afterAll, describe, expect, it } from 'vitest';
import type { ToCore, ToShell } from '#core/api/shell-contract.ts';
import { shellPress } from '#core/cli/shell-press.ts';
import type { PrintJob } from '#core/documents/contract.ts';
import { openPrinter } from '#core/documents/printer.ts';
import { fakeChromium } from './lend.fixture.ts';
import { pdfOptions } from './pdf-options.ts';
import { relayPages } from './relay.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JOB: PrintJob = {
  html: `<h1>Schedule</h1><style>p { background: #eee }</style>${'<p style="height:30px">Coverage</p>'.repeat(60)}<img src="logo.png">`,
  header: '<p style="height:60px">ACME</p>',
  footer: 'Page <span class="pageNumber"></span> of <span class="totalPages"></span>',
  layout: { orientation: 'Landscape', marginLeft: '2in' },
  title: 'Schedule',
  paper: 'Letter',
  clock: Date.UTC(2024, 0, 2),
  assets: new Map([['logo.png', PNG]]),
};

const chromium = fakeChromium();
const sent: string[] = [];
/** Both ends with the channel between them: what is said goes through JSON, as between the processes. */
const relay = relayPages(chromium.lend, (message) =>
  press.take(JSON.parse(JSON.stringify(message)) as Extract<ToCore, { type: 'answer' | 'event' }>),
);
const press = shellPress((message) => {
  const said = JSON.parse(JSON.stringify(message)) as ToShell;
  if (said.type !== 'page') return;
  sent.push(said.act === 'send' ? said.method : said.act);
  relay.take(said);
});
const printer = openPrinter({ open: press.open });
afterAll(async () => {
  await printer.close();
  await chromium.close();
});

describe('printing with pages of the shell (D12)', () => {
  it('gives the same bytes as printing with a browser of the machine', async () => {
    const own = openPrinter();
    const [ours, theirs] = [await own.print(JOB), await printer.print(JOB)];
    await own.close();
    expect(chromium.printed()).toBe(2);
    expect(Buffer.compare(theirs, ours)).toBe(0);
  });

  it('takes scripts and network from a page before it loads anything', () => {
    const navigation = sent.indexOf('Page.navigate');
    for (const method of ['Fetch.enable', 'Emulation.setScriptExecutionDisabled', 'Network.emulateNetworkConditions'])
      expect(sent.slice(0, navigation).filter((each) => each === method)).toHaveLength(2);
  });

  it('goes on with new pages when the old ones break', async () => {
    await chromium.kill();
    expect((await printer.print(JOB)).length).toBeGreaterThan(1_000);
  });

  it('says what the browser said', async () => {
    const page = await (await press.open()).openPage();
    await expect(page.send('Page.noSuchCommand')).rejects.toThrow(/noSuchCommand/);
    await page.close();
    await expect(page.send('Runtime.evaluate', { expression: '1' })).rejects.toThrow(/no page/);
  });

  it('leaves nobody waiting when the shell is gone', async () => {
    const lonely = shellPress(() => undefined);
    const waiting = lonely.open().then((each) => each.openPage());
    lonely.lose();
    await expect(waiting).rejects.toThrow(/gone/);
    await expect(lonely.open().then((each) => each.openPage())).rejects.toThrow(/gone/);
  });
});

describe("the protocol's print parameters in Electron's words", () => {
  const sheet = { paperWidth: 8.5, paperHeight: 11, marginTop: 1, marginRight: 2, marginBottom: 3, marginLeft: 4 };

  it('keeps every length in inches', () => {
    expect(pdfOptions({ ...sheet, printBackground: true, preferCSSPageSize: false })).toEqual({
      pageSize: { width: 8.5, height: 11 },
      margins: { top: 1, right: 2, bottom: 3, left: 4 },
      printBackground: true,
      preferCSSPageSize: false,
    });
  });
  it('refuses what it would lose', () => {
    expect(() => pdfOptions({ ...sheet, scale: 2 })).toThrow(/scale/);
    expect(() => pdfOptions({ ...sheet, marginTop: undefined })).toThrow(/marginTop/);
  });
});
