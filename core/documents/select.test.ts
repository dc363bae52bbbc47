import { describe, expect, test, vi } from 'vitest';
import type { DocumentDefinition, Product } from '#core/model/product.ts';
import { collectAssets } from './assets.ts';
import { browserPath, withoutSecrets } from './chromium.ts';
import { pageGeometry, paperOf, readLength } from './layout.ts';
import { documentsFor, reservedDocument, safeFileName } from './select.ts';

const named = (displayName: string, generatingEvent?: DocumentDefinition['generatingEvent']): DocumentDefinition => ({
  displayName,
  fileName: 'a.pdf',
  templateName: 'a',
  type: 'pdf',
  ...(generatingEvent && { generatingEvent }),
});

describe('which documents an event makes (D10)', () => {
  const documents = [named('none'), named('q', 'quote'), named('a', 'accept'), named('i', 'issue')];
  test.each([
    ['quote', ['none', 'q']],
    ['finalize', ['none', 'q', 'a']],
    ['accept', ['a']],
    ['issue', ['i']],
  ] as const)('%s', (event, expected) => {
    expect(documentsFor(documents, event).map(({ displayName }) => displayName)).toEqual(expected);
  });
  test('a reserved template exists when its file does', () => {
    const product = { templates: { invoice: 'policy/invoice.template.liquid' } } as unknown as Product;
    expect(reservedDocument(product, 'invoice')).toMatchObject({ templateName: 'invoice', fileName: 'invoice.pdf' });
    expect(reservedDocument(product, 'lapse')).toBeUndefined();
  });
});

test.each([
  ['schedule.pdf', 'schedule.pdf'],
  ['../../etc/passwd', 'passwd.pdf'],
  ['C:\\Users\\x\\Policy: "new".pdf', 'Policy new.pdf'],
  ['..', 'document.pdf'],
  ['con.pdf', '_con.pdf'],
  ['\ud800a.pdf', '\ufffda.pdf'],
  [`${'x'.repeat(149)}\u{1f600}.pdf`, `${'x'.repeat(149)}\ufffd.pdf`],
  [`a${' '.repeat(1_000_000)}b.pdf`, 'a.pdf'],
  ['Žádost č. 1.HTML', 'Žádost č. 1.pdf'],
])('the file name %j is safe as %j (D10)', (given, expected) => {
  expect(safeFileName(given, 'pdf')).toBe(expected);
});

describe('page layout (D7)', () => {
  test('lengths', () => {
    expect(
      ['1in', '25.4mm', '2.54 cm', '72pt', '96px', '25.4'].map((text) => Math.round(readLength(text) ?? 0)),
    ).toEqual(Array.from({ length: 6 }, () => 96));
    expect([readLength('wide'), readLength(''), readLength('-1mm'), readLength(undefined)]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
  test('margins never swallow the page, and dollars are printed on Letter', () => {
    const { margin, height } = pageGeometry({ marginTop: '9999mm' }, paperOf('USD'));
    expect(margin.top).toBeLessThan(height / 2);
    expect([paperOf('CAD'), paperOf('EUR')]).toEqual(['Letter', 'A4']);
  });
});

test('assets are found by relative path and outside address, in styles too; no path leads out (D8)', () => {
  const files = new Map([
    ['logo.png', 'L'],
    ['assets/i.example.com/a/b.png', 'B'],
    ['assets/styles.css', '@font-face { src: url("fonts/a.woff2") } .x { background: url(/bg.png) }'],
    ['assets/fonts/a.woff2', 'F'],
  ]);
  const { assets, missing } = collectAssets(
    `<img alt=a src='logo.png'><IMG SRC=http://i.example.com/a/b.png?v=1><link rel="stylesheet" href="assets/styles.css">
     <a href="page.html">not loaded</a><img src="../../../etc/passwd"><img src="data:image/png;base64,AA"><td background="gone.gif">`,
    (paths) => {
      const found = paths.map((path) => files.get(path)).find((text) => text !== undefined);
      return found === undefined ? undefined : new TextEncoder().encode(found);
    },
  );
  expect([...assets.keys()].sort()).toEqual([
    'assets/fonts/a.woff2',
    'assets/styles.css',
    'http://i.example.com/a/b.png?v=1',
    'logo.png',
  ]);
  expect([...missing].sort()).toEqual(['../../../etc/passwd', '/bg.png', 'gone.gif']);
});

test('the browser named in FIELDWRITER_CHROMIUM is taken, and only that one (D7)', async () => {
  vi.stubEnv('FIELDWRITER_CHROMIUM', '/opt/own/chrome');
  expect(await browserPath()).toMatchObject({ executable: '/opt/own/chrome', source: 'environment' });
  vi.unstubAllEnvs();
});

test('a browser is told neither the key of the store nor the token of the workbench (D8)', () => {
  const environment = { PATH: '/bin', FIELDWRITER_KEY: 'k', FIELDWRITER_TOKEN: 't', fieldwriter_key: 'k', HOME: '/h' };
  expect(withoutSecrets(environment)).toEqual({ PATH: '/bin', HOME: '/h' });
});
