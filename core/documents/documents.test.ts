import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import type { DocumentDefinition } from '#core/model/product.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import { consolidate } from './consolidate.ts';
import type { PrintJob } from './contract.ts';
import { openPress, type Press } from './press.ts';
import { openPrinter, type WarmPrinter } from './printer.ts';
import { produceDocuments } from './produce.ts';

const CLOCK = Date.UTC(2024, 0, 2);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const sandbox = openSandbox();
let printer: WarmPrinter;
const launched: Press[] = [];
beforeAll(async () => {
  printer = openPrinter({
    open: async () => {
      const press = await openPress();
      launched.push(press);
      return press;
    },
  });
  await printer.warmUp();
});
afterAll(() => Promise.all([printer.close(), sandbox.close()]));

const job = (html: string, more: Partial<PrintJob> = {}): PrintJob => ({
  html,
  layout: {},
  title: 'Test',
  clock: CLOCK,
  assets: new Map(),
  ...more,
});

interface ReadPage {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  /** Left edge of the first text, points. */
  readonly left: number;
}
async function pagesOf(bytes: Uint8Array): Promise<ReadPage[]> {
  const task = getDocument({ data: bytes.slice(), verbosity: 0 });
  const document = await task.promise;
  const pages: ReadPage[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const texts = items.flatMap((item) => ('str' in item ? [item] : []));
    const [, , width = 0, height = 0] = page.view;
    const left = Math.min(...texts.filter(({ str }) => str.trim() !== '').map(({ transform }) => Number(transform[4])));
    pages.push({
      text: texts
        .map(({ str }) => str)
        .join(' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
      width,
      height,
      left,
    });
  }
  await task.destroy();
  return pages;
}
const textOf = async (bytes: Uint8Array): Promise<string> => (await pagesOf(bytes)).map(({ text }) => text).join('\n');

const rows = (count: number): string =>
  Array.from({ length: count }, (_, index) => `<p style="height:30px;margin:0">Coverage ${index + 1}</p>`).join('');
const FRAME = {
  header: '<p style="height:80px;margin:0">ACME Insurance Co.</p>',
  footer: 'Page <span class="pageNumber"></span> of <span class="totalPages"></span>',
};

describe('printing (D7)', () => {
  test('header, footer and page numbers stand on every page, and the body between them', async () => {
    const pages = await pagesOf(await printer.print(job(rows(70), FRAME)));
    expect(pages).toHaveLength(3);
    for (const [index, { text }] of pages.entries()) {
      expect(text).toContain('ACME Insurance Co.');
      expect(text).toContain(`Page ${index + 1} of 3`);
      expect(text).toContain('Coverage');
    }
    const all = pages.map(({ text }) => text).join(' ');
    for (let number = 1; number <= 70; number += 1) expect(all).toContain(`Coverage ${number} `);
  });

  test("wkhtmltopdf's marks of page numbers are filled in, a class of the same name keeps its content", async () => {
    const header = '<div class="page">Sheet</div>';
    const footer = 'Page <span class="page"></span> of <span class="topage"></span>';
    const pages = await pagesOf(await printer.print(job(rows(70), { header, footer })));
    for (const [index, { text }] of pages.entries()) {
      expect(text).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(text).toContain('Sheet');
    }
  });

  test('paper, orientation and margins are those of the layout', async () => {
    const [a4] = await pagesOf(await printer.print(job('x')));
    expect([a4?.width, a4?.height].map((each) => Math.round(each ?? 0))).toEqual([596, 842]);
    const layout = { orientation: 'Landscape', marginLeft: '2in', marginTop: '10' } as const;
    const [letter] = await pagesOf(await printer.print(job('<body style="margin:0">x', { layout, paper: 'Letter' })));
    expect([letter?.width, letter?.height]).toEqual([792, 612]);
    expect(letter?.left).toBeCloseTo(144, 0);
  });

  test('the same input gives the same bytes, in another browser too', async () => {
    const input = job(`<h1>Schedule</h1>${rows(40)}<img src="logo.png">`, {
      ...FRAME,
      assets: new Map([['logo.png', PNG]]),
    });
    const first = await printer.print(input);
    await printer.print(job('something else'));
    expect(Buffer.compare(await printer.print(input), first)).toBe(0);
    const other = openPrinter();
    expect(Buffer.compare(await other.print(input), first)).toBe(0);
    await other.close();
    expect(Buffer.compare(await printer.print({ ...input, clock: CLOCK + 1000 }), first)).not.toBe(0);
  });

  test('a header whose tags are never closed swallows neither footer nor body', async () => {
    const broken = { header: '<table><tr><td>Top', footer: '</div></section>Bottom <span class="pageNumber"></span>' };
    const [page] = await pagesOf(await printer.print(job('<p>Middle</p>', broken)));
    for (const part of ['Top', 'Middle', 'Bottom 1']) expect(page?.text).toContain(part);
  });

  test('a browser that died is started again', async () => {
    const before = launched.length;
    await launched.at(-1)?.close();
    expect(await textOf(await printer.print(job('still here')))).toBe('still here');
    expect(launched.length).toBe(before + 1);
  });
});

describe('a page has no power (D8)', () => {
  test('no scripts, no frames, no refresh, no request leaves the machine or reads its files', async () => {
    const reached: string[] = [];
    const server = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end('<p>EVIL</p>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const evil = `http://127.0.0.1:${port}`;
    const hostile = `
      <meta http-equiv="refresh" content="0;url=${evil}/refresh"><base href="${evil}/base/">
      <link rel="stylesheet" href="${evil}/style.css"><link rel="preconnect" href="${evil}"><link rel="prefetch" href="${evil}/prefetch">
      <script src="${evil}/script.js"></script><script>document.body.textContent = 'EVIL'; fetch('${evil}/fetch')</script>
      <style>@import url(${evil}/import.css); @font-face { font-family: f; src: url(${evil}/font.woff) } p { font-family: f; background: url(${evil}/background.png) }</style>
      <img src="${evil}/image.png" onerror="document.body.textContent='EVIL'"><img src="file:///etc/passwd"><iframe src="file:///etc/passwd"></iframe>
      <iframe src="${evil}/frame"></iframe><object data="${evil}/object"></object><embed src="${evil}/embed"><video src="${evil}/video" autoplay></video>
      <svg><image href="${evil}/svg.png"/><script>document.body.textContent='EVIL'</script></svg>
      <form action="${evil}/form"><input autofocus onfocus="this.form.submit()"></form><body onload="document.body.textContent='EVIL'"><p>Harmless</p>`;
    const text = await textOf(await printer.print(job(hostile, { header: hostile, footer: hostile })));
    await new Promise((resolve) => server.close(resolve));
    expect(reached).toEqual([]);
    expect(text).toContain('Harmless');
    expect(text).not.toMatch(/EVIL|root:/);
  });

  test('a document without end is given up, and the next one prints', async () => {
    const impatient = openPrinter({ timeout: 3_000 });
    await impatient.warmUp();
    const endless = job('<div style="height:2000000000px">x</div>', { title: 'Endless' });
    await expect(impatient.print(endless)).rejects.toMatchObject({
      code: 'document-failed',
      message: expect.stringContaining('"Endless"'),
    });
    expect(await textOf(await impatient.print(job('next')))).toBe('next');
    await impatient.close();
    await expect(impatient.print(job('late'))).rejects.toMatchObject({ code: 'document-failed' });
  });
});

const TEMPLATE = 'products/auto/policy/';
const POLICY = {
  locator: 'p-1',
  displayId: '100001180',
  originalContractStartTimestamp: String(Date.UTC(2024, 0, 1, 8)),
  characteristics: [
    {
      locator: 'c-1',
      grossPremium: '1524.80',
      grossTaxes: '0.16',
      policyStartTimestamp: String(Date.UTC(2024, 0, 1, 8)),
      fieldValues: { channel: ['Direct'], drivers: ['2'] },
      fieldGroupsByLocator: {},
    },
  ],
  exposures: [],
};

async function produce(
  templates: Record<string, string>,
  documents: Partial<DocumentDefinition>[],
  extra: JsonObject = {},
) {
  const texts: Record<string, string> = {
    'config.json': JSON.stringify({ 'tenant.time.zone': 'America/Los_Angeles' }),
    [`${TEMPLATE}policy.json`]: JSON.stringify({
      displayName: 'Auto',
      fields: [
        { name: 'channel', type: 'string' },
        { name: 'drivers', type: 'number' },
      ],
    }),
  };
  for (const [name, text] of Object.entries(templates)) texts[TEMPLATE + name] = text;
  const files = new Map<string, Uint8Array>(
    Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  files.set(`${TEMPLATE}assets/logo.png`, PNG);
  files.set(`${TEMPLATE}static_documents/Terms.pdf`, await printer.print(job('Static terms')));
  files.set(`${TEMPLATE}static_documents/broken.pdf`, new TextEncoder().encode('no PDF'));
  const configuration = await loadConfiguration({ files });
  const [product] = configuration.products;
  if (!product) throw new Error('no product');
  return produceDocuments(
    {
      configuration,
      product,
      documents: documents.map((document) => ({
        displayName: 'Schedule',
        fileName: 'schedule.pdf',
        templateName: 'schedule.template.liquid',
        type: 'pdf',
        ...document,
      })),
      data: { policy: POLICY as unknown as JsonObject, ...extra },
      context: { clock: CLOCK, seed: 's', worksheet: false },
    },
    { sandbox, printer },
  );
}

describe('the documents of a transaction (D9 to D11)', () => {
  test('data is snake_case and typed; a template makes a PDF with its images', async () => {
    const [made] = await produce(
      {
        'schedule.template.liquid': `{% assign c = data.policy.characteristics[0] %}
          {{ data.policy.display_id }} {{ c.gross_premium | plus: c.gross_taxes | format_number_currency: "en", "US" }}
          from {{ c.policy_start_timestamp | timestamp_millis_print: "d MMM YYYY" }} {% if c.field_values.drivers > 1 %}several{% endif %}
          {{ data.endorsement.policy_updates.all_field_values.vehicleValue.new_value }}
          <img src="logo.png"><img src="http://i.example.com/a/logo.png"><img src="gone.png">
          {% header %}{{ | page_number }}{% endheader %}`,
      },
      [{ fileName: '../../etc/Schedule' }],
      { endorsement: { policyUpdates: { allFieldValues: { vehicleValue: { newValue: '7', title: 'Value' } } } } },
    );
    if (made?.state !== 'made') throw new Error(JSON.stringify(made));
    expect(await textOf(made.bytes)).toContain('100001180 $1,524.96 from 1 Jan 2024 several 7');
    expect(made.pages).toBe(1);
    expect(made.warnings).toEqual([expect.stringContaining('"gone.png"')]);
    expect(made.definition.fileName).toBe('Schedule.pdf');
  });

  test('one that fails leaves the others alone, and says where', async () => {
    const documents = await produce(
      {
        'schedule.template.liquid': 'fine',
        'broken.template.liquid': 'first line\n{% if x %}never closed',
      },
      [{}, { displayName: 'Broken', templateName: 'broken' }, { displayName: 'Gone', templateName: 'gone' }, {}],
    );
    expect(documents.map(({ state }) => state)).toEqual(['made', 'failed', 'failed', 'made']);
    const [, broken, gone] = documents;
    expect(broken).toMatchObject({
      problem: { code: 'document-failed', place: { file: `${TEMPLATE}broken.template.liquid`, line: 2 } },
    });
    expect(gone).toMatchObject({ problem: { message: expect.stringContaining('there are: ') } });
  });

  test('suppressed, static and HTML documents', async () => {
    const documents = await produce(
      {
        'none.template.liquid': '{{ nil | render_static_document }}',
        'terms.template.liquid': '{{ "terms.pdf" | render_static_document }}',
        'lost.template.liquid': '{{ "lost.pdf" | render_static_document }}',
        'broken.template.liquid': '{{ "broken.pdf" | render_static_document }}',
        'mail.template.liquid': '<!doctype html><h1>{{ data.policy.display_id }}</h1><script>alert(1)</script>',
      },
      [
        ...['none', 'terms', 'lost', 'broken'].map((templateName) => ({ templateName })),
        { templateName: 'mail', type: 'html', fileName: 'mail.html' },
      ],
    );
    expect(documents.map(({ state }) => state)).toEqual(['suppressed', 'made', 'failed', 'failed', 'made']);
    const [, terms, lost, , mail] = documents;
    if (terms?.state !== 'made' || mail?.state !== 'made') throw new Error('not made');
    expect(await textOf(terms.bytes)).toBe('Static terms');
    expect(lost).toMatchObject({ problem: { message: expect.stringContaining('Terms.pdf') } });
    const html = new TextDecoder().decode(mail.bytes);
    expect(html).toContain('<h1>100001180</h1>');
    expect(html).toMatch(
      /^<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="script-src 'none'/,
    );
  });

  test('a template without end fails alone', async () => {
    const [endless, fine] = await produce(
      {
        'endless.template.liquid': '{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}',
        'schedule.template.liquid': 'fine',
      },
      [{ templateName: 'endless' }, {}],
    );
    expect(endless).toMatchObject({
      state: 'failed',
      problem: { place: { file: `${TEMPLATE}endless.template.liquid` } },
    });
    expect(fine?.state).toBe('made');
  });

  test('joined PDFs keep every page in order and the same bytes', async () => {
    const sources = [await printer.print(job(rows(50))), await printer.print(job('last'))];
    const join = () => consolidate(sources, { title: 'All', clock: CLOCK });
    const joined = await join();
    const pages = await pagesOf(joined.bytes);
    expect([joined.pages, pages.length, pages.at(-1)?.text]).toEqual([3, 3, 'last']);
    expect(Buffer.compare((await join()).bytes, joined.bytes)).toBe(0);
    await expect(consolidate([new Uint8Array(3)], { title: 'All', clock: 0 })).rejects.toMatchObject({
      code: 'document-failed',
    });
  });
});
