import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Caller, commit, type Desk, findAll, type Typed, write } from '#core/desk/desk.ts';
import type { ExchangeRecord } from '#core/desk/integration-records.ts';
import type { Exchange } from '#core/desk/outside.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';

/** The transaction that a rater is asked for. */
export interface AskedFor {
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  /** Of the quote, endorsement, renewal or reinstatement. */
  readonly transactionLocator: string;
}

/**
 * The desk for a real transaction: every exchange with a rater is kept, in an entry of its own, before its answer is used: also
 * when the transaction fails afterwards (SPEC I30). A preview uses the desk as it is and keeps nothing.
 */
export function keepingExchanges(desk: Desk, caller: Caller, asked: AskedFor): Desk {
  const { actor } = caller;
  const keep = (exchange: Exchange): void => {
    const { request, response, attempts, ...rest } = exchange;
    const record: ExchangeRecord = {
      ...asked,
      ...rest,
      attempts: [...attempts],
      request: pack(JSON.stringify(request)),
      ...(response === undefined ? {} : { response: pack(response) }),
    };
    commit(
      desk,
      { actor },
      {
        name: 'rater.ask',
        arguments: { integration: exchange.integration, transaction: asked.transactionLocator },
        changes: [write('exchange', record.locator, 0, record, asked.policyholderLocator)],
        result: record.locator,
      },
    );
  };
  return { ...desk, raters: (configuration) => desk.raters(configuration, keep) };
}

/**
 * The desk for a replay: raters answer what they answered when the transaction was priced, over no network (SPEC I32). A change
 * out of sequence asked several times: each question has its own answer, found by its text, or by the rows that it lists where
 * an engine of another version asks otherwise. A question without a usable recorded answer is asked as usual.
 */
export function replayingExchanges(desk: Desk, policyLocator: string, transactionLocator: string): Desk {
  const recorded = findAll(desk, 'exchange', 'policyLocator', policyLocator)
    .map(({ record }) => record)
    .filter((record) => record.transactionLocator === transactionLocator && record.problem === undefined)
    .reverse()
    .flatMap((record) => {
      const [asked, answered] = [unpack(record.request), unpack(record.response)];
      return asked === undefined || answered === undefined ? [] : [{ asked, answered }];
    });
  if (recorded.length === 0) return desk;
  return {
    ...desk,
    raters: (configuration) => ({
      async rate(name, request, signal) {
        const [text, rows] = [JSON.stringify(request), rowsOf(request)];
        const same =
          recorded.find(({ asked }) => asked === text) ??
          recorded.find(({ asked }) => rowsOf(JSON.parse(asked) as JsonObject) === rows);
        if (!same) return desk.raters(configuration).rate(name, request, signal);
        return JSON.parse(same.answered) as JsonValue;
      },
    }),
  };
}

/** The rows that a question lists, as text. */
function rowsOf({ policyExposurePerils }: JsonObject): string {
  return JSON.stringify(policyExposurePerils ?? null);
}

/** An exchange as the API shows it; times and durations in milliseconds. */
export interface ExchangeResponse {
  readonly locator: string;
  readonly transactionLocator: string;
  readonly integration: string;
  readonly url: string;
  readonly timestamp: string;
  readonly duration: number;
  readonly attempts: readonly {
    readonly timestamp: string;
    readonly duration: number;
    readonly status?: number;
    readonly error?: string;
  }[];
  readonly status?: number;
  readonly problem?: { readonly code: string; readonly message: string };
  /** Null where it was erased with its person. */
  readonly request: JsonValue;
  readonly response?: string;
}

/** What raters were asked for a policy and what they said, oldest first. */
export function listExchanges(desk: Desk, policyLocator: string): readonly ExchangeResponse[] {
  return findAll(desk, 'exchange', 'policyLocator', policyLocator).map(({ record }) => {
    const {
      at,
      policyLocator: _p,
      policyholderLocator: _h,
      request,
      response,
      attempts,
      problem,
      status,
      ...rest
    } = record;
    const [asked, answered] = [unpack(request), unpack(response)];
    return {
      ...rest,
      timestamp: String(at),
      attempts: attempts.map(({ at: begun, duration, status: answer, error }) => ({
        timestamp: String(begun),
        duration,
        ...(answer === undefined ? {} : { status: answer }),
        ...(error === undefined ? {} : { error }),
      })),
      ...(status === undefined ? {} : { status }),
      ...(problem ? { problem } : {}),
      request: asked === undefined ? null : (JSON.parse(asked) as JsonValue),
      ...(answered === undefined ? {} : { response: answered }),
    };
  });
}

/** The last exchanges of all policies, newest first, in a line each. */
export function recentExchanges(desk: Desk, limit: number) {
  const found = desk.store.list('exchange', { newestFirst: true, limit }) as unknown as readonly Typed<'exchange'>[];
  return found.map(({ record }) => {
    const { locator, policyLocator, integration, at, duration, attempts, status, problem } = record;
    return {
      locator,
      policyLocator,
      integration,
      timestamp: String(at),
      duration,
      attempts: attempts.length,
      ...(status === undefined ? {} : { status }),
      ...(problem ? { problem } : {}),
    };
  });
}

/** Zstandard in base64, as worksheets are kept. */
function pack(text: string): string {
  return zstdCompressSync(text).toString('base64');
}

function unpack(packed: string | undefined): string | undefined {
  if (packed === undefined || packed === '') return undefined;
  return zstdDecompressSync(Buffer.from(packed, 'base64')).toString('utf8');
}
