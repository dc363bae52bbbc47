import type { ProblemDocument } from '#core/api/contract.ts';
import { text } from './text.ts';

/** A refusal of the workbench, ready to be shown. */
export class Refusal extends Error {
  readonly problem: ProblemDocument;
  constructor(problem: ProblemDocument) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

/** Calls the workbench; throws a Refusal with its problem document when it says no. */
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const raw = body instanceof Blob || body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      headers:
        // A form names its own type, with the boundary of its parts.
        body === undefined || body instanceof FormData
          ? {}
          : { 'content-type': body instanceof Blob ? body.type || 'application/octet-stream' : 'application/json' },
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Error(text.errors.offline, { cause });
  }
  const answer: unknown = response.headers.get('content-type')?.includes('json')
    ? await response.json()
    : await response.text();
  if (!response.ok) throw new Refusal(asProblem(answer, response));
  return answer as T;
}

function asProblem(answer: unknown, response: Response): ProblemDocument {
  if (typeof answer === 'object' && answer !== null && 'detail' in answer) return answer as ProblemDocument;
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: typeof answer === 'string' && answer.length < 500 ? answer : response.statusText,
    code: 'internal',
    apiErrorCode: response.status,
    httpErrorCode: response.status,
    httpStatus: response.status,
    message: response.statusText,
  };
}
