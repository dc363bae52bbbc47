import { type FieldError, Problem, type ProblemCode } from '#core/model/problem.ts';
import type { ProblemDocument } from './contract.ts';

const TITLES: Readonly<Record<ProblemCode, string>> = {
  'malformed-request': 'The request can not be read',
  'invalid-fields': 'Some fields are wrong',
  'not-authenticated': 'Not signed in',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  'method-not-allowed': 'Not possible here',
  'wrong-state': 'Not possible in this state',
  'version-conflict': 'Somebody changed it meanwhile',
  'not-accepted': 'Not accepted by underwriting',
  'rater-refused': 'The rater refused',
  'too-large': 'Too large',
  'invalid-configuration': 'The configuration has errors',
  'invalid-archive': 'The archive can not be used',
  'pricing-failed': 'It could not be priced',
  'underwriting-failed': 'It could not be underwritten',
  'plugin-failed': 'A plugin failed',
  'plugin-timeout': 'A plugin took too long',
  'plugin-memory': 'A plugin used too much memory',
  'document-failed': 'A document could not be made',
  'rater-unavailable': 'The rater does not answer',
  unavailable: 'Not to be reached right now',
  'store-damaged': 'The data is damaged',
  'store-from-the-future': 'The data is from a newer version',
  'store-locked': 'The data is in use',
  'wrong-key': 'The key does not fit',
  'disk-full': 'The disk is full',
  internal: 'Something broke',
  'not-implemented': 'Not there yet',
};

/** Whose fields an original client looks for, by where they sit (formats §3.9). */
function legacyFieldErrors(errors: readonly FieldError[]): object {
  if (errors.length === 0) return {};
  const ofPolicyholder = (error: FieldError): boolean => error.path?.startsWith('policyholder') ?? false;
  const policyFieldErrors = errors.filter((error) => !ofPolicyholder(error));
  return { fieldErrors: errors, ...(policyFieldErrors.length > 0 ? { policyFieldErrors } : {}) };
}

/**
 * The one shape of every failure: RFC 9457 with the members of the original platform's ExceptionResponse (formats §3.9). What is
 * no Problem is a defect of ours: its text goes to the log under the reference, never to the client.
 */
export function problemDocument(
  error: unknown,
  request?: { readonly method: string; readonly path: string; readonly reference?: string },
): ProblemDocument {
  const problem =
    error instanceof Problem
      ? error
      : new Problem('internal', 'Something broke inside Fieldwriter. Nothing of this request was saved.');
  const { code, status, message, place, details } = problem;
  return {
    type: `urn:fieldwriter:problem:${code}`,
    title: TITLES[code],
    status,
    detail: message,
    code,
    ...(request ? { instance: request.path } : {}),
    ...(place ? { place } : {}),
    ...legacyFieldErrors(problem.fieldErrors),
    ...(details ? { details } : {}),
    apiErrorCode: status,
    httpErrorCode: status,
    httpStatus: status,
    message,
    ...(request ? { requestMethod: request.method, requestUri: request.path } : {}),
    ...(request?.reference ? { referenceId: request.reference } : {}),
  };
}
