import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextMenuOf, type Item, menuOf, spellingLanguages } from './menu.ts';

const platforms = ['darwin', 'win32', 'linux'].flatMap((platform) =>
  [true, false].map((packaged) => ({ platform, packaged })),
);
const items = (of: { platform: string; packaged: boolean }): Item[] => menuOf(of).flatMap((part) => [...part.items]);

describe('the menu bar', () => {
  it.each(platforms)('has every part once: %j', (of) => {
    const labels = menuOf(of).map(({ label }) => label.replace('&', ''));
    const own = of.platform === 'darwin' ? ['Fieldwriter'] : [];
    expect(labels).toEqual([...own, 'File', 'Edit', 'View', 'Go', 'Window', 'Help']);
  });
  it.each(platforms)('reloads and opens developer tools only where it is developed: %j', (of) => {
    const roles = items(of).flatMap((item) => ('role' in item ? [item.role] : []));
    for (const role of ['reload', 'toggleDevTools']) expect(roles.includes(role as 'reload')).toBe(!of.packaged);
    expect(roles).toContain('zoomIn');
    expect(roles.filter((role) => role === 'quit')).toHaveLength(1);
  });
  it.each(platforms)('gives no key twice: %j', (of) => {
    const keys = items(of).flatMap((item) => ('key' in item && item.key !== undefined ? [item.key] : []));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(5);
  });
  it('leads to screens that there are', () => {
    const routes = items({ platform: 'linux', packaged: true }).flatMap((item) => ('go' in item ? [item.go] : []));
    const screens = readFileSync(path.join(import.meta.dirname, '../renderer/app/route.ts'), 'utf8');
    expect(routes.length).toBeGreaterThan(3);
    for (const route of routes) expect(screens).toContain(`'${route.replace('#/', '')}'`);
  });
});

describe('the context menu', () => {
  const pointed = {
    isEditable: true,
    selectionText: '',
    misspelledWord: '',
    dictionarySuggestions: [],
    editFlags: { canCut: false, canCopy: false, canPaste: true },
  };
  it('of a field cuts, copies and pastes what can be', () => {
    expect(contextMenuOf(pointed)).toEqual([
      { role: 'cut', enabled: false },
      { role: 'copy', enabled: false },
      { role: 'paste', enabled: true },
      { line: true },
      { role: 'selectAll', enabled: true },
    ]);
  });
  it('of a misspelled word suggests at most five others, and learns it', () => {
    const suggestions = ['a', 'b', 'c', 'd', 'e', 'f'];
    const menu = contextMenuOf({ ...pointed, misspelledWord: 'wrod', dictionarySuggestions: suggestions });
    expect(menu.slice(0, 7)).toEqual([
      ...suggestions.slice(0, 5).map((word) => ({ replaceBy: word })),
      { learn: 'wrod' },
      { line: true },
    ]);
    expect(contextMenuOf({ ...pointed, misspelledWord: 'wrod' })[0]).toEqual({ nothing: 'No suggestions' });
  });
  it('of text copies it, and of nothing is none', () => {
    const text = { ...pointed, isEditable: false, editFlags: { ...pointed.editFlags, canCopy: true } };
    expect(contextMenuOf({ ...text, selectionText: 'Ada' })).toEqual([{ role: 'copy', enabled: true }]);
    expect(contextMenuOf({ ...text, selectionText: ' ' })).toEqual([]);
  });
});

it.each([
  [
    ['de-AT', 'en-US'],
    ['de', 'en-US', 'fr'],
    ['de', 'en-US'],
  ],
  [['en-GB'], ['en-GB', 'en-US'], ['en-GB']],
  [['xx'], ['en-US', 'fr'], ['en-US']],
  [['fr-CA', 'fr-FR'], ['fr'], ['fr']],
  [['de'], [], []],
])('spelling of %j with %j is checked in %j', (preferred, available, expected) => {
  expect(spellingLanguages(preferred, available)).toEqual(expected);
});
