import { parseDecimal } from '#core/model/decimal.ts';
import type { DateOffset, FieldDefinition, FieldType } from '#core/model/field.ts';
import type { ObjectReader } from './object-reader.ts';

const TYPES: readonly FieldType[] = ['string', 'number', 'select', 'date', 'email', 'group', 'media', 'lookup'];
/** Names of types that older configurations use for the same thing. */
const OLDER_TYPES: Readonly<Record<string, FieldType>> = { document: 'media', text: 'string', integer: 'number' };
const PRECISIONS = ['second', 'day', 'month', 'year'] as const;

/** Reads a `fields` array (formats §1.5), the current dialect. Absent: no fields. */
export function readFields(host: ObjectReader, key = 'fields'): readonly FieldDefinition[] {
  return distinct(host.objects(key).map((reader) => ({ reader, field: readField(reader) })));
}

/** Reads a file whose root is the array of fields: a dictionary of the older dialect. */
export function readFieldList(list: ObjectReader): readonly FieldDefinition[] {
  return distinct(list.rootItems().map((reader) => ({ reader, field: readField(reader) })));
}

function distinct(
  fields: readonly { readonly reader: ObjectReader; readonly field: FieldDefinition | undefined }[],
): readonly FieldDefinition[] {
  const byName = new Map<string, FieldDefinition>();
  for (const { reader, field } of fields) {
    if (!field) continue;
    if (byName.has(field.name))
      reader.warn('duplicate-field', `The field "${field.name}" is defined twice: the last definition counts.`, 'name');
    byName.set(field.name, field);
  }
  return [...byName.values()];
}

function readField(reader: ObjectReader): FieldDefinition | undefined {
  const name = reader.text('name');
  if (name === undefined || name === '' || name === '__proto__') {
    reader.warn('field-without-name', 'This field has no name and is left out.');
    return undefined;
  }
  if (/\s/.test(name)) reader.warn('field-name', `The field name "${name}" should have no blanks.`, 'name');
  const type = readType(reader, name);
  reader.ignore('showCalendar', 'updateable', 'description');
  const common = {
    name,
    title: reader.text('title') ?? reader.text('prompt') ?? titleOf(name),
    type,
    optional: reader.flag('optional') ?? invert(reader.flag('required')) ?? false,
    repeatable: reader.flag('repeatable') ?? false,
    ...defined({
      condition: readCondition(reader, 'condition') ?? readCondition(reader, 'visibleIf'),
      width: readWidth(reader),
      newline: reader.flag('newline'),
      heading: reader.text('heading'),
      search: readSearch(reader),
    }),
    place: { file: reader.file, line: reader.place('name').line },
  };
  const field: FieldDefinition = { ...common, ...defined(readTyped(reader, type)) };
  reader.finish();
  return field;
}

function readType(reader: ObjectReader, name: string): FieldType {
  const text = reader.text('type');
  const type = TYPES.find((known) => known === text);
  if (type) return type;
  if (text === undefined) {
    reader.warn('field-without-type', `The field "${name}" has no type and is taken as a string.`);
    return 'string';
  }
  const meant = OLDER_TYPES[text] ?? TYPES.find((known) => known === text.toLowerCase()) ?? 'string';
  reader.warn('unknown-field-type', `The type "${text}" of the field "${name}" is taken as ${meant}.`, 'type');
  return meant;
}

/** The attributes that belong to one type; attributes of other types are known too and mean nothing. */
function readTyped(reader: ObjectReader, type: FieldType): Partial<FieldDefinition> {
  const attributes = {
    multiline: reader.flag('multiline'),
    regex: reader.text('regex') || undefined,
    decimalPlaces: reader.number('decimalPlaces'),
    values: reader.texts('values'),
    precision: readPrecision(reader),
    minimumOffset: readOffset(reader, 'minimumOffset'),
    maximumOffset: readOffset(reader, 'maximumOffset'),
    table: reader.text('table'),
    match: reader.texts('match'),
  };
  const { multiline, regex, decimalPlaces, values, precision, minimumOffset, maximumOffset, table, match } = attributes;
  const minimum = readBound(reader, 'minimum', type);
  const maximum = readBound(reader, 'maximum', type);
  switch (type) {
    case 'string': {
      const maxLength = reader.number('maxLength') ?? (maximum === undefined ? undefined : Number(maximum));
      reader.ignore('fields');
      return { multiline, regex, ...defined({ maxLength }) };
    }
    case 'number':
      reader.ignore('fields', 'maxLength');
      return defined({ decimalPlaces, minimum, maximum });
    case 'select':
      reader.ignore('fields', 'maxLength');
      if (!values?.length)
        reader.warn('select-without-values', 'A select without values accepts every text.', 'values');
      return defined({ values });
    case 'date':
      reader.ignore('fields', 'maxLength');
      return defined({ precision, minimum, maximum, minimumOffset, maximumOffset });
    case 'group':
      reader.ignore('maxLength');
      return defined({ fields: readFields(reader), maximum });
    case 'lookup':
      reader.ignore('fields', 'maxLength');
      if (table === undefined) reader.warn('lookup-without-table', 'A lookup field names its "table".');
      return defined({ table, match });
    default:
      reader.ignore('fields', 'maxLength');
      return defined({ regex });
  }
}

function readPrecision(reader: ObjectReader): FieldDefinition['precision'] {
  const text = reader.text('precision');
  if (text === undefined || text === '') return undefined;
  const precision = PRECISIONS.find((known) => known === text.toLowerCase());
  if (!precision)
    reader.warn(
      'unknown-precision',
      `The precision "${text}" is none of ${PRECISIONS.join(', ')}: day counts.`,
      'precision',
    );
  return precision;
}

/** Bounds stay text: of numbers because they are decimals, of dates because they are dates. */
function readBound(reader: ObjectReader, key: 'minimum' | 'maximum', type: FieldType): string | undefined {
  const text = reader.text(key)?.trim();
  if (text === undefined || text === '') return undefined;
  const readable = type === 'date' ? /^\d{4}(-\d\d){0,2}/.test(text) : parseDecimal(text) !== undefined;
  if (readable) return text;
  reader.warn(
    'unreadable-bound',
    `"${key}": "${text}" is no ${type === 'date' ? 'date' : 'number'}: it has no effect.`,
    key,
  );
  return undefined;
}

function readOffset(reader: ObjectReader, key: 'minimumOffset' | 'maximumOffset'): DateOffset | undefined {
  const offset = reader.object(key);
  if (!offset) return undefined;
  const unit = offset.text('field')?.toLowerCase().replace(/s$/, '');
  const amount = offset.number('amount');
  const roundToDay = offset.flag('roundToDay') ?? false;
  offset.finish();
  if ((unit === 'day' || unit === 'month' || unit === 'year') && amount !== undefined && Number.isInteger(amount))
    return { field: unit, amount, roundToDay };
  offset.warn(
    'unreadable-offset',
    `"${key}" needs "field" (day, month or year) and a whole "amount": it has no effect.`,
  );
  return undefined;
}

function readCondition(reader: ObjectReader, key: string): FieldDefinition['condition'] {
  const condition = reader.object(key);
  if (!condition) return undefined;
  const entries = condition.keys.map((field) => [field, condition.texts(field) ?? []] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** `0` and what lies outside the grid of twelve occurs in use and means the default. */
function readWidth(reader: ObjectReader): number | undefined {
  const width = reader.number('width');
  return width !== undefined && width >= 1 && width <= 12 ? Math.round(width) : undefined;
}

function readSearch(reader: ObjectReader): boolean | undefined {
  const older = reader.member('searchable')?.value;
  const value = reader.member('search')?.value ?? older;
  return value === undefined ? undefined : value !== false && value !== 'false' && value !== 'none';
}

/**
 * Joins the older dialect's dictionary (names and types) and form (prompts, order, what is required) to fields. What the form
 * does not show is optional.
 */
export function joinForm(dictionary: readonly FieldDefinition[], form: ObjectReader): readonly FieldDefinition[] {
  const byName = new Map(dictionary.map((field) => [field.name, field]));
  const shown: FieldDefinition[] = [];
  for (const { reader, heading } of formFields(form)) {
    const name = reader.text('name') ?? '';
    const entry = byName.get(name);
    if (!entry) reader.warn('unknown-field', `The form shows "${name}", which its dictionary does not define.`, 'name');
    byName.delete(name);
    const base: FieldDefinition = entry ?? { name, title: name, type: 'string', optional: true, repeatable: false };
    reader.ignore('updateable', 'description', 'type');
    shown.push({
      ...base,
      title: reader.text('prompt') ?? reader.text('title') ?? base.title,
      optional: invert(reader.flag('required')) ?? reader.flag('optional') ?? true,
      ...defined({
        heading,
        condition: readCondition(reader, 'visibleIf') ?? readCondition(reader, 'condition') ?? base.condition,
        width: readWidth(reader) ?? base.width,
        newline: reader.flag('newline') ?? base.newline,
        repeatable: reader.flag('repeatable') ?? base.repeatable,
        place: { file: reader.file, line: reader.place('name').line },
      }),
    });
    reader.finish();
  }
  return [...shown, ...[...byName.values()].map((field) => ({ ...field, optional: true }))];
}

/** The fields of all pages and sections in order; the first of a section carries its title as heading. */
function formFields(form: ObjectReader): readonly { reader: ObjectReader; heading: string | undefined }[] {
  const sections = [...form.objects('pages').flatMap((page) => page.objects('sections')), ...form.objects('sections')];
  form.ignore('title', 'description', 'name');
  form.finish();
  return [
    ...sections.flatMap((section) => {
      const heading = section.text('title');
      return section.objects('fields').map((reader, index) => ({ reader, heading: index === 0 ? heading : undefined }));
    }),
    ...form.objects('fields').map((reader) => ({ reader, heading: undefined })),
  ];
}

/** `vehicle_value` → `Vehicle value`: what a field without a title is called. */
export function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const invert = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

/** Without the members that are undefined: absent attributes are absent. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
