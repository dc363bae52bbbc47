import { describe, expect, it } from 'vitest';
import { diffFacts, type Fact } from './record-diff.ts';

const fact = (key: string, value: string, onTop?: true): Fact => ({
  key,
  path: [{ title: key }],
  value,
  kind: 'text',
  ...(onTop ? { onTop } : {}),
});
const shown = (changes: ReturnType<typeof diffFacts>) =>
  changes.map(({ path, before, after }) => [path.map((part) => Object.values(part)[0]).join('/'), before, after]);

describe('what changed between two versions of a record', () => {
  it('is what came, what went and what is another, and nothing that stayed', () => {
    const before = [fact('value', '10'), fact('colour', 'red'), fact('use', 'private')];
    const after = [fact('use', 'private'), fact('value', '20'), fact('owner', 'Ada')];
    expect(shown(diffFacts(before, after))).toEqual([
      ['value', '10', '20'],
      ['owner', undefined, 'Ada'],
      ['colour', 'red', undefined],
    ]);
  });

  it('does not care for the order in which a record says things', () => {
    const facts = [fact('a', '1'), fact('b', '2')];
    expect(diffFacts(facts, [...facts].reverse())).toEqual([]);
  });

  it('compares a first version with what other records said, where it is said on top of them', () => {
    const known = new Map([
      ['value', '10'],
      ['state', 'issued'],
    ]);
    expect(shown(diffFacts([], [fact('value', '20', true), fact('state', 'draft')], known))).toEqual([
      ['value', '10', '20'],
      ['state', undefined, 'draft'],
    ]);
  });

  it('compares a later version with the one before it, whatever others said', () => {
    const known = new Map([['value', '10']]);
    expect(shown(diffFacts([fact('value', '15', true)], [fact('value', '20', true)], known))).toEqual([
      ['value', '15', '20'],
    ]);
  });

  it('takes an empty value for none', () => {
    expect(shown(diffFacts([fact('value', '10')], [fact('value', '')]))).toEqual([['value', '10', undefined]]);
    expect(diffFacts([], [fact('value', '')])).toEqual([]);
  });
});
