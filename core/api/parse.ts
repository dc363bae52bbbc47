import type * as z from 'zod';
import { type FieldError, Problem } from '#core/model/problem.ts';

/** Reads JSON text, or throws `malformed-request` with the place of the fault. */
export function parseJsonText(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('malformed-request', `${what} is no JSON: ${reason}.`, { cause });
  }
}

/** Checks a value from outside against its schema; throws `malformed-request` that names every member that is wrong. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fieldErrors = parsed.error.issues.flatMap((issue) => errorsOf(issue, value));
  const [first] = fieldErrors;
  const where = first ? [first.path, first.fieldName].filter(Boolean).join('.') : '';
  const more = fieldErrors.length > 1 ? ` (and ${fieldErrors.length - 1} more)` : '';
  throw new Problem(
    'malformed-request',
    `${what} can not be read: ${where ? `${where}: ` : ''}${first?.message ?? ''}${more}`,
    {
      fieldErrors,
      ...(where ? { place: { field: where } } : {}),
    },
  );
}

function errorsOf(issue: z.core.$ZodIssue, value: unknown): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      fieldName: key,
      code: 'INVALID_FIELD',
      message: 'there is no such member.',
      ...at(issue.path),
    }));
  const missing = valueAt(value, issue.path) === undefined;
  const last = issue.path.at(-1);
  return [
    {
      fieldName: typeof last === 'string' ? last : '',
      code: missing
        ? 'MISSING'
        : issue.code === 'invalid_type' || issue.code === 'invalid_union'
          ? 'INVALID_TYPE'
          : 'INVALID_VALUE',
      message: missing ? 'it is missing.' : `${issue.message}.`,
      ...at(typeof last === 'string' ? issue.path.slice(0, -1) : issue.path),
    },
  ];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** `exposures[0].perils[1]` */
function at(path: readonly PropertyKey[]): { path?: string } {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? {} : { path: text.replace(/^\./, '') };
}
