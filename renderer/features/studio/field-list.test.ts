import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definesFields, fieldEdits, type ListedField, listFields } from './field-list.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../../examples/personal-auto/${path}`, import.meta.url), 'utf8');
const POLICY = 'products/personal-auto/policy/policy.json';

function field(text: string, path: string, index: number): ListedField {
  const found = listFields(text, path)?.[0]?.fields[index];
  if (!found) throw new Error(`no field ${index}`);
  return found;
}
/** Lines that are not in both texts. */
function touched(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [...old.filter((line) => !now.includes(line)), ...now.filter((line) => !old.includes(line))];
}

describe('fields edited without writing JSON', () => {
  const text = read(POLICY);

  it('lists fields, groups with theirs', () => {
    const [list] = listFields(text, POLICY) ?? [];
    expect(list?.fields.map(({ name }) => name)).toEqual([
      'channel',
      'atfault_claims_past_5_years',
      'license_suspended_past_3_years',
      'suspension_reason',
      'drivers',
    ]);
    expect(list?.fields[4]?.fields?.map(({ title }) => title)).toEqual(['Name', 'Licence number', 'Years licensed']);
    expect(listFields('{', POLICY)).toBeUndefined();
  });

  it('touches the lines of the field that changes, and no other', () => {
    expect(touched(text, fieldEdits.title(text, field(text, POLICY, 0), 'Channel'))).toEqual([
      '      "title": "Sold by",',
      '      "title": "Channel",',
    ]);
    const group = field(text, POLICY, 4).fields?.[0];
    if (!group) throw new Error('no group');
    expect(touched(text, fieldEdits.optional(text, group, true))).toEqual([
      '        { "name": "name", "title": "Name", "type": "string" },',
      '        { "name": "name", "title": "Name", "type": "string", "optional": true },',
    ]);
    expect(fieldEdits.optional(fieldEdits.optional(text, group, true), group, false)).toBe(text);
    const values = field(text, POLICY, 0);
    expect(touched(text, fieldEdits.setValue(text, values, 1, 'Bank'))).toEqual([
      '      "values": ["Agent", "Broker", "Direct"],',
      '      "values": ["Agent", "Bank", "Direct"],',
    ]);
    expect(fieldEdits.moveValue(text, values, 2, 0)).toContain('["Direct", "Agent", "Broker"]');
    expect(fieldEdits.addValue(text, values, 'Web')).toContain('["Agent", "Broker", "Direct", "Web"]');
    expect(fieldEdits.removeValue(text, values, 0)).toContain('["Broker", "Direct"]');
  });

  it('adds, moves and removes fields', () => {
    const [list] = listFields(text, POLICY) ?? [];
    if (!list) throw new Error('no list');
    const added = fieldEdits.add(text, list, 'garage_kept');
    expect(field(added, POLICY, 5)).toMatchObject({ name: 'garage_kept', title: 'Garage kept', optional: true });
    expect(fieldEdits.remove(added, field(added, POLICY, 5))).toBe(text);
    const moved = fieldEdits.move(text, field(text, POLICY, 0), 1);
    expect(field(moved, POLICY, 1).name).toBe('channel');
    expect(fieldEdits.move(moved, field(moved, POLICY, 1), -1)).toBe(text);
    expect(fieldEdits.add('{ "documents": [] }', { path: ['fields'], fields: [], kind: 'fields' }, 'a')).toContain(
      '"fields": [',
    );
  });

  it('gives a new choice field its list of choices', () => {
    const changed = fieldEdits.type(text, field(text, POLICY, 3), 'select');
    expect(field(changed, POLICY, 3)).toMatchObject({ type: 'select', values: [] });
  });

  it('knows the older dialect: prompts and what is required stand in the form', () => {
    const path = 'policyholder/policyholder.form.json';
    const form = read(path);
    const first = listFields(form, path)?.[0];
    expect(first?.kind).toBe('form');
    const [one] = first?.fields ?? [];
    if (!one) throw new Error('no field');
    expect(JSON.parse(fieldEdits.title(form, one, 'Given name')).pages[0].sections[0].fields[0].prompt).toBe(
      'Given name',
    );
    expect(definesFields(path)).toBe(true);
    expect(definesFields('policyholder/policyholder.card.json')).toBe(false);
    expect(definesFields('products/a/policy/fees.json')).toBe(false);
  });
});
