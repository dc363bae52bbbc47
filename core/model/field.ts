/** A field definition of either dialect after loading (formats §1.5). */
export interface FieldDefinition {
  readonly name: string;
  readonly title: string;
  readonly type: FieldType;
  readonly optional: boolean;
  readonly repeatable: boolean;
  /** OR inside a list, AND across keys; absent = always shown. */
  readonly condition?: Readonly<Record<string, readonly string[]>>;
  /** 1..12 columns of the form grid. */
  readonly width?: number;
  readonly newline?: boolean;
  readonly heading?: string;
  readonly search?: boolean;
  /** string */
  readonly multiline?: boolean;
  readonly regex?: string;
  readonly maxLength?: number;
  /** number: bounds as decimal text; group: `maximum` repeats */
  readonly decimalPlaces?: number;
  readonly minimum?: string;
  readonly maximum?: string;
  /** select */
  readonly values?: readonly string[];
  /** date: `minimum`/`maximum` as dates, or relative to now */
  readonly precision?: 'second' | 'day' | 'month' | 'year';
  readonly minimumOffset?: DateOffset;
  readonly maximumOffset?: DateOffset;
  /** group */
  readonly fields?: readonly FieldDefinition[];
  /** lookup: cascading choice from a table */
  readonly table?: string;
  readonly match?: readonly string[];
  /** Where it is defined, for diagnostics. */
  readonly place?: { readonly file: string; readonly line: number };
}
export type FieldType = 'string' | 'number' | 'select' | 'date' | 'email' | 'group' | 'media' | 'lookup';
export interface DateOffset {
  readonly field: 'day' | 'month' | 'year';
  readonly amount: number;
  readonly roundToDay: boolean;
}

/** Field values as they are stored and travel: always lists of text (formats §1.5). */
export type FieldValues = Readonly<Record<string, readonly string[]>>;
/** Groups by their locator: the field→values map of each repeat. */
export type FieldGroups = Readonly<Record<string, FieldValues>>;

/** What is wrong with one value of a field; the message continues `"<field>": `. */
export interface ValueFault {
  readonly code: 'INVALID_TYPE' | 'INVALID_VALUE';
  readonly message: string;
}
