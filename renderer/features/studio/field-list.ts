import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { JsonPart, JsonPath } from '#core/model/json-edit.ts';
import {
  insertItem,
  jsonOf,
  moveItem,
  partAt,
  readParts,
  removeItem,
  removeMember,
  setMember,
} from '#core/model/json-edit.ts';

/** A field as a configuration file defines it, with its place in the text. */
export interface ListedField {
  readonly path: JsonPath;
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly optional: boolean;
  /** In a form of the older dialect: a field is optional there unless it says `required`. */
  readonly inForm: boolean;
  readonly values?: readonly string[];
  /** Of a group. */
  readonly fields?: readonly ListedField[];
}
export interface FieldList {
  readonly path: JsonPath;
  readonly fields: readonly ListedField[];
  /** The older dialect keeps titles and types apart: which of them this file holds. */
  readonly kind: 'fields' | 'dictionary' | 'form';
}

export const FIELD_TYPES = ['string', 'number', 'select', 'date', 'email', 'group', 'media', 'lookup'] as const;

/** Whether a file defines fields, by its name: only JSON of entities does. */
export function definesFields(path: string): boolean {
  return (
    (/(^|\/)policy\/policy\.json$|\/exposures\/[^/]+\/([^/]+\.json|perils\/.*\.json)$|(^|\/)claim\/.*\.json$/.test(
      path,
    ) ||
      /(^|\/)(policyholder|payment)\/[^/]+\.json$/.test(path)) &&
    !/\.card\.json$/.test(path)
  );
}

/** The lists of fields in the text of a file; undefined while it is no strict JSON. */
export function listFields(text: string, path: string): readonly FieldList[] | undefined {
  const root = readParts(text);
  if (!root) return undefined;
  if (/\.form\.json$/.test(path)) return formLists(text, root);
  if (root.items)
    return [
      { path: [], fields: fieldsIn(text, root, []), kind: /\.dictionary\.json$/.test(path) ? 'dictionary' : 'fields' },
    ];
  const own = partAt(root, ['fields']);
  return [{ path: ['fields'], fields: own ? fieldsIn(text, own, ['fields']) : [], kind: 'fields' }];
}

/** The older dialect's form: pages with sections with fields. */
function formLists(text: string, root: JsonPart): readonly FieldList[] {
  return (partAt(root, ['pages'])?.items ?? []).flatMap((page, p) =>
    (partAt(page, ['sections'])?.items ?? []).flatMap((section, s): FieldList[] => {
      const path = ['pages', p, 'sections', s, 'fields'];
      const own = partAt(section, ['fields']);
      return own ? [{ path, fields: fieldsIn(text, own, path, true), kind: 'form' }] : [];
    }),
  );
}

function fieldsIn(text: string, list: JsonPart, at: JsonPath, inForm = false): readonly ListedField[] {
  return (list.items ?? []).flatMap((item, index): ListedField[] => {
    const value = jsonOf(text, item);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const path = [...at, index];
    const own = partAt(item, ['fields']);
    const { name, title, prompt, type, optional, required, values } = value as JsonObject;
    return [
      {
        path,
        name: textOf(name),
        title: textOf(title ?? prompt),
        type: textOf(type ?? 'string'),
        optional: optional === undefined ? (required === undefined ? inForm : !isTrue(required)) : isTrue(optional),
        inForm,
        ...(Array.isArray(values) ? { values: values.map(textOf) } : {}),
        ...(own ? { fields: fieldsIn(text, own, [...path, 'fields']) } : {}),
      },
    ];
  });
}

const isTrue = (value: JsonValue): boolean => value === true || value === 'true';

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);

/** What can be done to a field without writing JSON; each answers the new text. */
export const fieldEdits = {
  title: (text: string, { path }: ListedField, title: string): string =>
    setMember(text, path, has(text, path, 'prompt') && !has(text, path, 'title') ? 'prompt' : 'title', title),
  type: (text: string, field: ListedField, type: string): string => {
    const typed = setMember(text, field.path, 'type', type);
    return type === 'select' && !field.values ? setMember(typed, field.path, 'values', []) : typed;
  },
  /** Required is what a field is when nothing is said; a form says it with `required`. */
  optional: (text: string, { path, inForm }: ListedField, optional: boolean): string => {
    if ((inForm || has(text, path, 'required')) && !has(text, path, 'optional'))
      return setMember(text, path, 'required', !optional);
    return optional ? setMember(text, path, 'optional', true) : removeMember(text, path, 'optional');
  },
  setValue: (text: string, { path }: ListedField, index: number, value: string): string => {
    const at = [...path, 'values'];
    return removeItem(insertItem(text, at, index, value), at, index + 1);
  },
  addValue: (text: string, { path, values }: ListedField, value: string): string =>
    values ? insertItem(text, [...path, 'values'], values.length, value) : setMember(text, path, 'values', [value]),
  removeValue: (text: string, { path }: ListedField, index: number): string =>
    removeItem(text, [...path, 'values'], index),
  moveValue: (text: string, { path }: ListedField, from: number, to: number): string =>
    moveItem(text, [...path, 'values'], from, to),
  add: (text: string, list: FieldList, name: string): string => {
    const title = titleOf(name);
    const field = { name, title, type: 'string', optional: true };
    const root = readParts(text);
    if (root && !partAt(root, list.path) && list.path.length === 1) return setMember(text, [], 'fields', [field]);
    return insertItem(text, list.path, list.fields.length, field);
  },
  remove: (text: string, { path }: ListedField): string => removeItem(text, path.slice(0, -1), indexOf(path)),
  move: (text: string, { path }: ListedField, by: number): string =>
    moveItem(text, path.slice(0, -1), indexOf(path), indexOf(path) + by),
} as const;

function has(text: string, path: JsonPath, name: string): boolean {
  const root = readParts(text);
  return root !== undefined && partAt(root, [...path, name]) !== undefined;
}

function indexOf(path: JsonPath): number {
  return Number(path.at(-1) ?? 0);
}

function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
