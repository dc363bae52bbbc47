import type { JsonValue } from '#core/model/json.ts';
import { Problem, type ProblemCode } from '#core/model/problem.ts';
import type { PostAnswer, PostFailure } from './post.ts';

/** A rater's answer with everything that is no secret. */
export interface ReadAnswer {
  /** The body as text, for the audit. */
  readonly text?: string;
  readonly value?: JsonValue;
  readonly problem?: Problem;
}

/** Deeper than any price list; what nests deeper is refused before anything walks through it. */
const DEEPEST = 64;
/** Statuses of a service that is not there at the moment, said by itself or by the gateway before it. */
const AWAY = new Set([429, 502, 503, 504]);

/**
 * What the outcome of a call means (SPEC I20 to I25): a value to read prices from, or the problem that the transaction fails with.
 * @param who names the rater in messages, e.g. `The external rater "x" (https://…)`
 * @param clean takes secrets out of a text that comes from outside
 */
export function readAnswer(
  outcome: PostAnswer | PostFailure,
  who: string,
  clean: (text: string) => string,
): ReadAnswer {
  const problem = (code: ProblemCode, what: string): Problem =>
    new Problem(code, `${who} ${what}. Nothing was priced; the transaction stays as it was.`);
  if (!outcome.ok) return { problem: failure(outcome, problem) };
  const { status, headers } = outcome;
  const type = clean(headers['content-type'] ?? 'no content type');
  if (!['identity', undefined].includes(headers['content-encoding']))
    return {
      problem: problem('pricing-failed', 'answered compressed, which it was not asked for (accept-encoding: identity)'),
    };
  const text = textOf(outcome.body);
  if (text === undefined)
    return { problem: problem('pricing-failed', `answered (status ${status}) with bytes that are no UTF-8 text`) };
  const cleaned = clean(text);
  const answer = (given: Omit<ReadAnswer, 'text'>): ReadAnswer => ({ text: cleaned, ...given });
  if (status >= 300 && status < 400)
    return answer({
      problem: problem(
        'pricing-failed',
        `answered with a redirect (status ${status}), which is not followed: register the address that it leads to`,
      ),
    });
  const value = parsed(cleaned);
  const refusal = refusalIn(value);
  if (refusal !== undefined) return answer({ problem: new Problem('rater-refused', refusal) });
  if (status < 200 || status >= 300) {
    const code = AWAY.has(status) ? 'rater-unavailable' : 'pricing-failed';
    const hint = status === 401 || status === 403 ? ': check the headers of the integration' : '';
    return answer({ problem: problem(code, `answered with status ${status}${hint}`) });
  }
  if (cleaned.trim() === '') return answer({ problem: problem('pricing-failed', 'answered with an empty body') });
  if (value === undefined)
    return answer({
      problem: problem('pricing-failed', `answered something that is no JSON (${type}): ${beginning(cleaned)}`),
    });
  if (nests(value, DEEPEST))
    return answer({ problem: problem('pricing-failed', `answered JSON that nests deeper than ${DEEPEST} levels`) });
  return answer({ value });
}

/** What never answered is unavailable; what answers something unreadable will do so again. */
function failure({ kind, reason }: PostFailure, problem: (code: ProblemCode, what: string) => Problem): Problem {
  if (kind === 'too-large') return problem('pricing-failed', `can not be used: ${reason}`);
  if (kind === 'not-http') return problem('pricing-failed', `can not be understood: ${reason}`);
  const trust =
    kind === 'certificate' ? ' (securitySpec {"secureSSL": false} would ask it without checking the certificate)' : '';
  return problem('rater-unavailable', `can not be reached: ${reason}${trust}`);
}

/** UTF-8, without its mark; undefined for anything else. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function refusalIn(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'object' || value === null || !('exceptionMessage' in value)) return undefined;
  const { exceptionMessage } = value;
  return typeof exceptionMessage === 'string' && exceptionMessage !== '' ? exceptionMessage : undefined;
}

/** Level by level, so that no depth can exhaust the stack. */
function nests(value: JsonValue, deepest: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function beginning(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
