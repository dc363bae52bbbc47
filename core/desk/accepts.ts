import * as z from 'zod';

type Check = (value: unknown) => boolean;
/** What is read of a schema's definition. */
interface Definition {
  readonly type: string;
  readonly checks?: readonly unknown[];
  readonly coerce?: boolean;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly partial?: boolean;
  readonly mode?: string;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly options?: readonly z.core.$ZodType[];
}

/**
 * Says quickly, and for sure, that a value has the shape of a schema: a few plain comparisons, where the library takes ten times as long
 * over records with many members. `false` says nothing: what is wrong, if anything is, the schema itself tells.
 */
export function accepts(schema: z.core.$ZodType): Check {
  const definition = schema._zod.def as unknown as Definition;
  const { type, checks = [], coerce } = definition;
  // What refines or changes a value is the schema's own affair.
  if (coerce === true || (checks.length > 0 && !isInteger(schema))) return () => false;
  switch (type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number':
      return isInteger(schema) ? Number.isSafeInteger : Number.isFinite;
    case 'unknown':
      return () => true;
    case 'literal':
      return (value) => definition.values?.includes(value) === true;
    case 'enum': {
      const entries = new Set<unknown>(Object.values(definition.entries ?? {}));
      return (value) => entries.has(value);
    }
    case 'readonly':
      return definition.innerType ? accepts(definition.innerType) : () => false;
    case 'array': {
      const item = definition.element ? accepts(definition.element) : () => false;
      return (value) => Array.isArray(value) && value.every(item);
    }
    case 'record':
      return recordCheck(definition);
    case 'object':
      return objectCheck(definition);
    default:
      return () => false;
  }
}

function isInteger(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodNumberFormat && schema.format === 'safeint';
}

function recordCheck({ keyType, valueType, partial, mode }: Definition): Check {
  // Where keys come out of a list, all of them are needed.
  if (!keyType || !valueType || mode !== undefined || (keyType._zod.values && partial !== true)) return () => false;
  const [named, member] = [accepts(keyType), accepts(valueType)];
  return (value) => {
    if (!isPlain(value)) return false;
    for (const key of Object.keys(value)) if (key === '__proto__' || !named(key) || !member(value[key])) return false;
    return true;
  };
}

function objectCheck({ shape = {}, catchall }: Definition): Check {
  // Only strict objects refuse what they do not know.
  if (catchall?._zod.def.type !== 'never') return () => false;
  const members = new Map(
    Object.entries(shape).map(([name, member]) => {
      const { type, innerType } = member._zod.def as unknown as Definition;
      const optional = type === 'optional' && innerType !== undefined;
      return [name, { optional, check: accepts(optional ? innerType : member) }];
    }),
  );
  const needed = [...members].filter(([, { optional }]) => !optional).map(([name]) => name);
  return (value) => {
    if (!isPlain(value)) return false;
    for (const key of Object.keys(value)) {
      const member = members.get(key);
      if (!member || !(member.check(value[key]) || (member.optional && value[key] === undefined))) return false;
    }
    return needed.every((name) => Object.hasOwn(value, name));
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
