import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { OutgoingEntry } from '#core/store/replica/replication-contract.ts';
import { seededBytes } from '#core/store/store.fixture.ts';
import { SmallCloud } from '../../../test/simulation/small-cloud.ts';
import { framed, unframed } from '../frames.ts';
import { EnrolRequest, EntryHead, RangeRequest } from '../protocol.ts';

/** A cloud in memory behind `fetch`: as the real one answers, without asking who asks. */
export class FakeCloud {
  readonly small = new SmallCloud(seededBytes('cloud'));
  readonly enrolled: z.infer<typeof EnrolRequest>[] = [];
  readonly down = new Set<string>();
  readonly logged: string[] = [];
  now = 1_795_000_000_000;
  requests = 0;
  /** The answer to the next request of this path is lost on the way. */
  swallow: string | undefined;
  /** The next page but the first of a snapshot comes too late. */
  expires = false;
  readonly #files = new Map<string, Buffer>();
  #granted = 900_000_000;

  readonly fetch = (async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    if (this.down.has(url.origin)) throw new TypeError('fetch failed');
    const body = init.body === undefined ? Buffer.alloc(0) : Buffer.from(init.body as Uint8Array);
    const header = new Headers(init.headers).get('authorization') ?? '';
    if (url.pathname === '/v1/enrol') {
      const { code, device, publicKey } = EnrolRequest.parse(JSON.parse(body.toString()));
      const known = this.enrolled.find((one) => one.device === device);
      if (code === 'WRONG' || (known && known.publicKey !== publicKey))
        return Response.json({ detail: known ? 'device-exists' : 'The code is not known.' }, { status: 409 });
    }
    if (this.expires && url.pathname === '/v1/snapshot' && url.searchParams.has('after')) {
      this.expires = false;
      return Response.json({ detail: 'Begin a new one.', details: { reason: 'snapshot-expired' } }, { status: 409 });
    }
    const answer = this.#answer(init.method ?? 'GET', url, body, header.slice('Bearer '.length));
    if (this.swallow === url.pathname) {
      this.swallow = undefined;
      throw new TypeError('the answer was lost');
    }
    return answer instanceof Uint8Array ? new Response(Buffer.from(answer)) : Response.json(answer);
  }) as typeof fetch;

  #answer(method: string, url: URL, body: Buffer, device: string): unknown {
    const { pathname: path, searchParams: query } = url;
    const json = (): unknown => JSON.parse(body.toString());
    const empty = new Uint8Array();
    const { authority } = this.small;
    if (path === '/v1/challenge') return { challenge: 'c', serverTime: this.now };
    if (path === '/v1/token') return { token: (json() as { device: string }).device, expiresAt: this.now + 600_000 };
    this.requests += 1;
    if (path === '/v1/enrol') {
      const request = EnrolRequest.parse(json());
      this.enrolled.push(request);
      return { tenant: 't', tenantName: 'Office', device: request.device };
    }
    if (path === '/v1/succession') return { code: `OWN-${device}`, expiresAt: this.now + 600_000 };
    if (path === '/v1/hello')
      return {
        protocol: 1,
        tenant: 't',
        position: authority.log.length,
        serverTime: this.now,
        chain: authority.chain(device),
      };
    if (path === '/v1/git/password')
      return {
        path: '/v1/git/configurations.git',
        user: 'device',
        password: `of ${device}`,
        expiresAt: this.now + 600_000,
      };
    if (path === '/v1/push') {
      const entries = unframed(body).map(({ head, body: packed }): OutgoingEntry => {
        const { keys = [], ...rest } = EntryHead.parse(head);
        return { ...rest, keys, body: packed };
      });
      return this.small.push(device, entries);
    }
    if (path === '/v1/pull') {
      const after = Number(query.get('after'));
      const items = this.small.pull(device, after, 5);
      const position = authority.log.length;
      const more = after + items.length < position;
      return framed([
        { head: { position, more }, body: empty },
        ...items.map(({ body: packed, ...head }) => ({ head, body: packed })),
      ]);
    }
    if (path === '/v1/snapshot') {
      const { records, ...head } = this.small.snapshot(query.get('after') ?? undefined, 3);
      return framed([
        { head, body: empty },
        ...records.map(({ body: text, ...record }) => ({ head: record, body: text })),
      ]);
    }
    if (path === '/v1/ranges') {
      const { series, count } = RangeRequest.parse(json());
      const first = this.#granted + 1;
      this.#granted += series === 'policyNumber' ? count : 0;
      return { series, first, last: first + count - 1 };
    }
    const [, hash = ''] = /^\/v1\/blobs\/(\w+)/.exec(path) ?? [];
    const file = this.#files.get(hash);
    if (path.endsWith('/state')) return { stored: file !== undefined, received: file?.length ?? 0 };
    if (method === 'GET') return new Uint8Array(file?.subarray(Number(query.get('offset'))) ?? []);
    if (createHash('sha256').update(body).digest('hex') === hash) this.#files.set(hash, body);
    return { stored: this.#files.has(hash), received: body.length };
  }
}
