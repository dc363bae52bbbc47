/** What a wired script calls where something is changed that may be there for the next risk, and where a member's name is worked out (BR36). */
export const WIRES = { trip: '$fieldwriterTrip', key: '$fieldwriterKey' } as const;

const CHANGING: ReadonlySet<string> = new Set([
  ...['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'set', 'add', 'delete'],
  ...['clear', 'next', 'return', 'throw', 'resize', 'grow', 'transfer', 'transferToFixedLength'],
  ...['getOrInsert', 'getOrInsertComputed'],
]);
const SETTER = /^set[A-Z]/;
/** Methods that change what they are called on. */
export function isMutator(name: string): boolean {
  return CHANGING.has(name) || SETTER.test(name);
}
/** Functions that change their first argument. */
export const CHANGERS: ReadonlySet<string> = new Set([
  ...['assign', 'freeze', 'seal', 'preventExtensions', 'captureStackTrace'],
]);
/** Methods whose answer is used up by reading it. */
export const ITERATORS: ReadonlySet<string> = new Set(['values', 'entries', 'keys', 'matchAll']);
/** With them any function is called on anything. */
export const BORROWERS: ReadonlySet<string> = new Set(['call', 'apply', 'bind']);
/** They call what they are given before they return, and keep nothing of it. */
export const CALLERS: ReadonlySet<string> = new Set([
  ...['forEach', 'map', 'filter', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast'],
  ...['findLastIndex', 'flatMap', 'sort', 'toSorted', 'replace', 'replaceAll'],
]);
/** They answer a new list, or text. */
export const MAKERS: ReadonlySet<string> = new Set([
  ...['map', 'filter', 'flatMap', 'slice', 'concat', 'flat', 'split', 'toSorted', 'toReversed', 'toSpliced'],
]);
/** They leave an expression that they are given as new as it was. */
export const TEXT_READERS: ReadonlySet<string> = new Set(['replace', 'replaceAll', 'match', 'matchAll', 'split']);
/** What is meant by a name only as long as no script gives it to something of its own. */
export const TRUSTED: ReadonlySet<string> = new Set([...CALLERS, ...MAKERS, ...TEXT_READERS]);

/** Methods and functions that read members by names that stand in no script. */
export const READING: ReadonlySet<string> = new Set([
  ...['hasOwnProperty', 'propertyIsEnumerable', 'toLocaleString', 'localeCompare', 'toLocaleUpperCase'],
  ...['toLocaleLowerCase', 'toLocaleDateString', 'toLocaleTimeString', '__lookupGetter__', '__lookupSetter__'],
]);
/** They lead to functions of the language without their names. */
const LEADING: readonly string[] = ['constructor', '__proto__'];

const ALL: ReadonlySet<string> = new Set([
  ...[...CHANGING, ...CHANGERS, ...ITERATORS, ...BORROWERS, ...TRUSTED],
  ...[...READING, ...LEADING],
]);
const LONGEST = 24;
/** Names of members that a script may not reach by a name that it works out. */
export function isWatched(name: string): boolean {
  return name.length <= LONGEST && (ALL.has(name) || SETTER.test(name));
}
