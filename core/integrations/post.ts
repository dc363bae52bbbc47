import http from 'node:http';
import https from 'node:https';

/** Times in milliseconds, sizes in bytes. */
export interface PostLimits {
  /** Finding the name, connecting, and the TLS handshake. */
  readonly connect: number;
  /** Up to the last byte of the answer. */
  readonly total: number;
  readonly body: number;
}
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `false`: the certificate of this one call is not checked. */
  readonly verifyCertificate: boolean;
}
export interface PostAnswer {
  readonly ok: true;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}
export interface PostFailure {
  readonly ok: false;
  /**
   * `unreachable`: no connection · `broken`: it broke off · `certificate`: no trusted TLS · `timeout` · `too-large` ·
   * `not-http`: something else answered · `stopped`: we hung up
   */
  readonly kind: 'unreachable' | 'broken' | 'certificate' | 'timeout' | 'too-large' | 'not-http' | 'stopped';
  /** What happened, to end a sentence with. */
  readonly reason: string;
  /** There when the answer had begun. */
  readonly status?: number;
}

/**
 * One POST over a connection of its own, without redirects, pooling or proxies. Never rejects; the connection is gone when it
 * resolves. A body above the limit is refused while it arrives.
 */
export function post(
  request: PostRequest,
  limits: PostLimits,
  signal?: AbortSignal,
): Promise<PostAnswer | PostFailure> {
  return new Promise((resolve) => {
    const { url, headers, body, verifyCertificate } = request;
    const secure = url.protocol === 'https:';
    let wired = false;
    let connected = false;
    let status: number | undefined;
    let settled = false;
    const outgoing = (secure ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length) },
      agent: false,
      ...(secure ? { rejectUnauthorized: verifyCertificate } : {}),
    });
    const settle = (outcome: PostAnswer | PostFailure): void => {
      if (settled) return;
      settled = true;
      clearTimeout(connecting);
      clearTimeout(answering);
      signal?.removeEventListener('abort', hangUp);
      // Whatever the socket says from now on is nobody's business any more: its `error` is heard below and left.
      outgoing.destroy();
      resolve(outcome);
    };
    const fail = (kind: PostFailure['kind'], reason: string): void =>
      settle({ ok: false, kind, reason, ...(status === undefined ? {} : { status }) });
    const hangUp = (): void => fail('stopped', 'Fieldwriter hung up');
    const connecting = setTimeout(
      () => fail('unreachable', `no connection within ${seconds(limits.connect)}`),
      limits.connect,
    );
    const answering = setTimeout(() => fail('timeout', `no answer within ${seconds(limits.total)}`), limits.total);

    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        wired = true;
      });
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        clearTimeout(connecting);
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const { kind, reason } = failureOf(error, { connected, handshake: secure && wired && !connected });
      fail(kind, reason);
    });
    outgoing.on('upgrade', () => fail('not-http', 'it asked for another protocol'));
    outgoing.on('response', (response) => {
      status = response.statusCode ?? 0;
      const tooLarge = (): void => fail('too-large', `its answer has more than ${megabytes(limits.body)}`);
      if (Number(response.headers['content-length'] ?? 0) > limits.body) return tooLarge();
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > limits.body) tooLarge();
        else parts.push(part);
      });
      response.on('error', () => fail('broken', 'its answer broke off'));
      response.on('end', () => {
        if (!response.complete) return fail('broken', 'its answer broke off');
        settle({ ok: true, status: status ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    if (signal?.aborted) return hangUp();
    signal?.addEventListener('abort', hangUp, { once: true });
    outgoing.end(body);
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up (is this machine online?)',
  ECONNREFUSED: 'it refuses the connection (is it running?)',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it does not respond',
};

function failureOf(
  error: NodeJS.ErrnoException,
  at: { readonly connected: boolean; readonly handshake: boolean },
): { readonly kind: PostFailure['kind']; readonly reason: string } {
  const code = error.code ?? '';
  if (code.startsWith('HPE_')) return { kind: 'not-http', reason: `it does not speak HTTP (${code})` };
  const lost = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'].includes(code);
  if (at.connected) return { kind: 'broken', reason: 'it closed the connection without an answer' };
  if (at.handshake && !lost) return { kind: 'certificate', reason: `no trusted connection (${code || error.message})` };
  // Of several addresses that were tried, the first says why.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : error;
  const reason = first?.code ?? code;
  return { kind: 'unreachable', reason: REASONS[reason] ?? `no connection (${reason || error.message})` };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round((bytes / 1_048_576) * 100) / 100} MB`;
}
