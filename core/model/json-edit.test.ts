import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertItem, jsonOf, moveItem, readParts, removeItem, removeMember, setMember } from './json-edit.ts';

const POLICY = `{
  "x-unknown": { "kept":1 },
  "fields": [
    { "name": "channel", "title": "Sold by", "values": ["Agent","Broker"], "vendor": true },
    {
      "title": "Note",
      "name": "note"
    }
  ],
    "odd":   "spacing"
}
`;

describe('a JSON text is changed where it has to change', () => {
  it('replaces a value and nothing else', () => {
    const changed = setMember(POLICY, ['fields', 0], 'title', 'Sold "by"');
    expect(changed).toBe(POLICY.replace('"Sold by"', '"Sold \\"by\\""'));
  });

  it('adds a member in the style of its object', () => {
    expect(setMember(POLICY, ['fields', 0], 'optional', true)).toContain('"vendor": true, "optional": true }');
    expect(setMember(POLICY, ['fields', 1], 'optional', true)).toContain(
      '"name": "note",\n      "optional": true\n    }',
    );
    expect(setMember('{}', [], 'a', 1)).toBe('{ "a": 1 }');
  });

  it('takes a member away with its comma', () => {
    expect(removeMember(POLICY, ['fields', 1], 'title')).toContain('{\n      "name": "note"\n    }');
    expect(removeMember(POLICY, ['fields', 1], 'name')).toContain('{\n      "title": "Note"\n    }');
    expect(removeMember('{"a":1}', [], 'a')).toBe('{}');
    expect(removeMember(POLICY, [], 'absent')).toBe(POLICY);
  });

  it('adds, moves and removes items, lists on one line staying on one line', () => {
    const path = ['fields', 0, 'values'];
    const added = insertItem(POLICY, path, 2, 'Direct');
    expect(added).toBe(POLICY.replace('["Agent","Broker"]', '["Agent","Broker", "Direct"]'));
    expect(moveItem(added, path, 2, 0)).toContain('["Direct","Agent", "Broker"]');
    expect(removeItem(added, path, 0)).toContain('["Broker", "Direct"]');
    expect(removeItem('[1]', [], 0)).toBe('[]');
  });

  it('adds an object to a list as one more of its lines', () => {
    const added = insertItem(POLICY, ['fields'], 2, { name: 'colour', type: 'select', values: ['Red'] });
    expect(added).toContain(
      '    },\n    {\n      "name": "colour",\n      "type": "select",\n      "values": ["Red"]\n    }\n  ],',
    );
    expect(insertItem('{\n\t"fields": []\n}', ['fields'], 0, { name: 'a' })).toBe(
      '{\n\t"fields": [\n\t\t{\n\t\t\t"name": "a"\n\t\t}\n\t]\n}',
    );
  });

  it('keeps the line ends of Windows', () => {
    const crlf = POLICY.replaceAll('\n', '\r\n');
    const added = insertItem(crlf, ['fields'], 0, { name: 'a', title: 'A' });
    expect(added.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('is no editor for what is no strict JSON', () => {
    for (const text of ['', '{', '{"a":1,}', '{a:1}', '[1 2]', '01', '1x', '// x\n{}', '{} {}', '"\n"', '[1.]'])
      expect(readParts(text), text).toBeUndefined();
  });

  it('means the same value as setting it in the object', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), json),
        fc.string(),
        json,
        fc.constantFrom(0, 1, 2, '\t'),
        (object, name, value, space) => {
          fc.pre(name !== '__proto__' && !Object.hasOwn(object, '__proto__'));
          const text = setMember(JSON.stringify(object, null, space), [], name, value as never);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ ...object, [name]: value })));
          const taken = JSON.parse(removeMember(text, [], name)) as object;
          expect(Object.keys(taken)).toEqual(Object.keys(object).filter((key) => key !== name));
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(json, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        fc.nat(5),
        fc.constantFrom(0, 2),
        (list, a, b, space) => {
          const [from, to] = [a % list.length, b % list.length];
          const text = moveItem(JSON.stringify(list, null, space), [], from, to);
          const wanted = [...list];
          wanted.splice(to, 0, ...wanted.splice(from, 1));
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(wanted)));
          const root = readParts(text);
          expect(root && jsonOf(text, root)).toEqual(JSON.parse(text));
        },
      ),
    );
  });
});
