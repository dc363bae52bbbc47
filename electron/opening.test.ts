import { describe, expect, it } from 'vitest';
import { addressOf, fileOf, openingsOf, startOf } from './opening.ts';

const LOCATOR = '01920000-0000-7000-8000-00000000000a';

describe('a deep link', () => {
  it.each([
    ['fieldwriter://desk', 'app://fieldwriter/#/desk'],
    ['fieldwriter://products/', 'app://fieldwriter/#/products'],
    ['FIELDWRITER://Desk', 'app://fieldwriter/#/desk'],
    ['fieldwriter://quote/personal-auto', 'app://fieldwriter/#/quote/personal-auto'],
    [`fieldwriter://policy/${LOCATOR}`, `app://fieldwriter/#/policy/${LOCATOR}`],
  ])('%s leads to %s', (link, address) => {
    expect(addressOf(link)).toBe(address);
  });

  it.each([
    'fieldwriter://',
    'fieldwriter://policy',
    'fieldwriter://policy/1',
    `fieldwriter://policy/${LOCATOR}/../../admin`,
    `fieldwriter://policy/${LOCATOR}?x=1`,
    `fieldwriter://policy/${LOCATOR}#x`,
    `fieldwriter://user@policy/${LOCATOR}`,
    `fieldwriter://policy:80/${LOCATOR}`,
    `fieldwriter://policy/${LOCATOR}\n`,
    'fieldwriter://quote/..%2f..%2fapi',
    'fieldwriter://quote/.hidden',
    'fieldwriter://quote/a b',
    `fieldwriter://quote/${'a'.repeat(200)}`,
    'fieldwriter://studio/x',
    'fieldwriter:desk',
    'app://fieldwriter/#/desk',
    'javascript:alert(1)',
    '',
  ])('%j leads nowhere', (link) => {
    expect(addressOf(link)).toBeUndefined();
  });
});

describe('a file', () => {
  it.each([
    ['auto.fieldwriter', { kind: 'product', path: '/home/ada/auto.fieldwriter' }],
    ['/media/AUTO.ZIP', { kind: 'product', path: '/media/AUTO.ZIP' }],
    ['file:///media/my%20auto.zip', { kind: 'product', path: '/media/my auto.zip' }],
    ['q.fwreceipt', { kind: 'receipt', path: '/home/ada/q.fwreceipt' }],
    ['letter.pdf', undefined],
    ['zip', undefined],
    ['file://server/share/auto.zip', undefined],
    ['auto.zip\0.txt', undefined],
    ['auto\0.zip', undefined],
  ])('%j is %j', (given, expected) => {
    if (process.platform === 'win32') return;
    expect(fileOf(given, '/home/ada')).toEqual(expected);
  });
});

describe("a program's arguments", () => {
  it('open files and links, whatever options stand around them; the rest is named', () => {
    const given = ['--data', 'x.zip', '--no-zygote', 'a.fieldwriter', 'fieldwriter://desk', 'fieldwriter://x', 'b.txt'];
    expect(openingsOf(given, '/f')).toEqual({
      openings: [{ file: { kind: 'product', path: '/f/a.fieldwriter' } }, { address: 'app://fieldwriter/#/desk' }],
      ignored: ['fieldwriter://x', 'b.txt'],
    });
  });
  it('are read behind -- too, where a link can not pass for an option', () => {
    expect(openingsOf(['--', 'fieldwriter://desk', '--data=/evil'], '/f')).toEqual({
      openings: [{ address: 'app://fieldwriter/#/desk' }],
      ignored: ['--data=/evil'],
    });
  });
  it('of a second start are read as a stranger’s', () => {
    expect(startOf({ arguments: ['a', 1, null], folder: '/f' })).toEqual({ arguments: ['a'], folder: '/f' });
    for (const odd of [undefined, null, 'x', { arguments: 'a', folder: '/f' }, { arguments: [], folder: 1 }])
      expect(startOf(odd).arguments).toEqual([]);
  });
});
