/**
 * The shape of an entry's body as it comes from outside (core/store/entry.ts tells what it means). Records are checked by their types
 * later: here they are any object. Written out by hand: every entry of every device passes here, and a schema library takes fifty
 * times as long for it.
 */
type Check = (value: unknown) => boolean;

// What a database or a log would stumble over, or write differently.
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
const CONTROL = /[\u0000-\u001f\u007f]/;
const HASH = /^[0-9a-f]{64}$/;
const KEY = /^[\w-]{1,64}$/;
const MOST_CHANGES = 10_000;
const MOST_PATHS = 200;

const text =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= most &&
    value.isWellFormed() &&
    !CONTROL.test(value);
const whole =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const list =
  (item: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(item);
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
/** Exactly these members; the ones under `optional` may be missing. */
const shape = (members: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check => {
  const needed = Object.keys(members);
  const all = new Map(Object.entries({ ...optional, ...members }));
  return (value) => {
    if (!object(value)) return false;
    const given = value as Readonly<Record<string, unknown>>;
    return (
      needed.every((name) => Object.hasOwn(given, name)) &&
      Object.keys(given).every((name) => all.get(name)?.(given[name]) === true)
    );
  };
};

const seal = shape({ person: text(200), paths: list(text(200), MOST_PATHS), key: matches(KEY) });
const change = shape(
  {
    type: text(40),
    locator: text(200),
    base: whole(0),
    version: whole(1),
    schema: whole(0),
    record: orNull(object),
  },
  { seal },
);

/** Whether a value has the shape of an entry's body, and nothing more. */
export const isEntry: Check = shape(
  {
    format: whole(0),
    id: text(64),
    device: text(64),
    sequence: whole(1),
    command: text(100),
    commandVersion: whole(0),
    arguments: object,
    user: text(200),
    at: whole(Number.MIN_SAFE_INTEGER),
    configuration: orNull(text(200)),
    engine: text(200),
    changes: list(change, MOST_CHANGES),
    previousHash: matches(HASH),
  },
  { argumentsSeal: seal },
);
