import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt, Exchange, Raters } from '#core/desk/outside.ts';
import type { JsonObject } from '#core/model/json.ts';
import { newLocator, type RandomBytes } from '#core/model/locator.ts';
import type { Millis } from '#core/model/time.ts';
import { readAnswer } from './answer.ts';
import { type PostAnswer, type PostFailure, type PostLimits, post } from './post.ts';
import { type RegistryKit, raterTarget, secretVariable, type Target } from './registry.ts';
import { MASK, withoutSecrets } from './secrets.ts';

export interface RaterOptions {
  readonly limits?: Partial<RaterLimits>;
  /** Secrets of `{"$secret": name}` that nobody has set in the workbench; default the environment's. */
  readonly secret?: (name: string) => string | undefined;
}
export interface RaterLimits extends PostLimits {
  /** Milliseconds before a connection is tried the second time. */
  readonly pause: number;
}
export interface RaterKit extends Omit<RegistryKit, 'secret'>, RaterOptions {
  now(): Millis;
  readonly random: RandomBytes;
}

/** Marks a request that somebody tries a rater with (SPEC I33). */
const TRIAL_HEADER = 'fieldwriter-trial';
const LIMITS: RaterLimits = { connect: 10_000, total: 30_000, body: 8 * 1_048_576, pause: 200 };

/** External raters over HTTP (SPEC I11 to I25). `close` hangs up on calls that are under way. */
export function openRaters(kit: RaterKit): { readonly of: Raters; close(): void } {
  const closing = new AbortController();
  const secret = kit.secret ?? ((name: string) => process.env[secretVariable(name)]);
  const limits = { ...LIMITS, ...kit.limits };
  const of: Raters = (configuration, keep, how) => ({
    async rate(name, request, signal) {
      const target = raterTarget({ ...kit, secret }, configuration, name);
      const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      const { exchange, answer, headers } = await ask(kit, target, request, limits, stop, how?.trial === true);
      keep?.(exchange, headers);
      if (answer.problem) throw answer.problem;
      return answer.value ?? null;
    },
  });
  return { of, close: () => closing.abort() };
}

/** Asks once, and a second time when there was no connection; the time limit covers both. */
async function ask(
  kit: RaterKit,
  target: Target,
  request: JsonObject,
  limits: RaterLimits,
  signal: AbortSignal,
  trial: boolean,
) {
  const locator = newLocator(kit.now(), kit.random);
  const body = Buffer.from(JSON.stringify(request));
  const headers = { ...headersOf(target, body, locator), ...(trial ? { [TRIAL_HEADER]: 'true' } : {}) };
  const clean = withoutSecrets([
    ...Object.values(target.headers),
    ...(target.signature ? [target.signature.secret] : []),
  ]);
  const at = kit.now();
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  const attempts: Attempt[] = [];
  const attempt = async (): Promise<PostAnswer | PostFailure> => {
    const [begun, before] = [kit.now(), elapsed()];
    const total = Math.max(limits.total - before, 1);
    const { url, verifyCertificate } = target;
    const outcome = await post({ url, headers, body, verifyCertificate }, { ...limits, total }, signal);
    attempts.push({
      at: begun,
      duration: elapsed() - before,
      ...(outcome.status === undefined ? {} : { status: outcome.status }),
      ...(outcome.ok ? {} : { error: outcome.reason }),
    });
    return outcome;
  };
  let outcome = await attempt();
  if (noConnection(outcome) && elapsed() + limits.pause < limits.total) {
    await pause(limits.pause, undefined, { signal }).catch(() => undefined);
    outcome = await attempt();
  }
  const url = `${target.url.origin}${target.url.pathname}`;
  const answer = readAnswer(outcome, `The external rater "${target.name}" (${url})`, clean);
  const exchange: Exchange = {
    locator,
    integration: target.name,
    url,
    at,
    duration: elapsed(),
    attempts,
    request,
    ...(answer.text === undefined ? {} : { response: answer.text }),
    ...(outcome.status === undefined ? {} : { status: outcome.status }),
    ...(answer.problem ? { problem: { code: answer.problem.code, message: answer.problem.message } } : {}),
  };
  return { exchange, answer, headers: masked(headers, target) };
}

/** What was sent, with everything masked that the registry holds sealed. */
function masked(headers: Readonly<Record<string, string>>, target: Target): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Object.hasOwn(target.headers, name) ? MASK : value]),
  );
}

/** Nothing came back, and not for want of time or trust: a second try may get through (SPEC I15). */
function noConnection(outcome: PostAnswer | PostFailure): boolean {
  if (outcome.ok) return false;
  return outcome.kind === 'unreachable' || (outcome.kind === 'broken' && outcome.status === undefined);
}

/** Configured headers, and ours over them (SPEC I11, I13, I15). */
function headersOf({ headers, signature }: Target, body: Buffer, key: string): Record<string, string> {
  const signed = signature && createHmac('sha256', signature.secret).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'fieldwriter',
    ...headers,
    'accept-encoding': 'identity',
    'idempotency-key': key,
    ...(signed === undefined ? {} : { 'socotra-signature': signed }),
    ...(signature?.tag === undefined ? {} : { 'socotra-signature-tag': signature.tag }),
  };
}
