import type { JsonObject } from './json.ts';

/**
 * The closed set of what can go wrong, each with its HTTP status. Answered as an RFC 9457 problem document, with the members
 * of the original platform's ExceptionResponse beside them (formats §3.9).
 */
export const PROBLEM_STATUS = {
  'malformed-request': 400,
  'invalid-fields': 400,
  'not-authenticated': 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'wrong-state': 409,
  'version-conflict': 409,
  'not-accepted': 409,
  'rater-refused': 409,
  'too-large': 413,
  'invalid-configuration': 422,
  'invalid-archive': 422,
  'pricing-failed': 422,
  'underwriting-failed': 422,
  'plugin-failed': 422,
  'plugin-timeout': 422,
  'plugin-memory': 422,
  'document-failed': 422,
  'rater-unavailable': 503,
  unavailable: 503,
  'store-damaged': 500,
  'store-from-the-future': 500,
  'store-locked': 423,
  'wrong-key': 423,
  'disk-full': 507,
  internal: 500,
  'not-implemented': 501,
} as const;
export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** Where something is wrong: the file (relative to the configuration's root) and its line, or the record and field. */
export interface Place {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  readonly product?: string;
  readonly locator?: string;
  readonly field?: string;
}

/** One wrong field of a request; codes as the original platform names them. */
export interface FieldError {
  readonly fieldName: string;
  readonly code: 'MISSING' | 'INVALID_FIELD' | 'INVALID_TYPE' | 'INVALID_VALUE';
  readonly message: string;
  /** Where the field sits, e.g. `exposures[0].perils[1]`; absent for a field of the policy itself. */
  readonly path?: string;
}

/** A failure that a person can act on: what was wrong, where, and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly place: Place | undefined;
  readonly fieldErrors: readonly FieldError[];
  /** More to show or keep, e.g. the partial worksheet of a failed price. */
  readonly details: JsonObject | undefined;

  constructor(
    code: ProblemCode,
    message: string,
    more: { place?: Place; fieldErrors?: readonly FieldError[]; details?: JsonObject; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.place = more.place;
    this.fieldErrors = more.fieldErrors ?? [];
    this.details = more.details;
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }
}

/** `products/auto/policy/policy.json:12:3`, or what is known of it. */
export function placeText(place: Place | undefined): string {
  if (!place) return '';
  if (place.file) return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return [place.locator, place.field].filter(Boolean).join(' ');
}
