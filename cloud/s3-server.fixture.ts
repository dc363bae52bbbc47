import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { BucketSettings } from './blob-bucket.ts';

/** For tests: a bucket that speaks S3 as its documentation says, and looks closely at signatures. */
export interface TestBucket {
  readonly settings: BucketSettings;
  /** What lies in it, by name. */
  readonly objects: Map<string, Buffer>;
  /** The next so many requests are told to come later. */
  busy: number;
  close(): Promise<void>;
}
interface Answer {
  readonly status: number;
  readonly body?: Buffer | string;
}
const KEY = { keyId: 'KEY', secret: 'a secret', region: 'eu-central-1' };
/** Fewer than there are pieces, so that a list has more than one page. */
const PAGE = 2;

export async function startTestBucket(): Promise<TestBucket> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { status, body: told = '' } = answered(request, body);
    const bytes = Buffer.from(told);
    response.writeHead(status, { 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  });
  function answered(request: IncomingMessage, body: Buffer): Answer {
    const fault = faultOf(request, body);
    if (fault) return { status: 403, body: `<Error><Code>${fault}</Code></Error>` };
    if (bucket.busy > 0) {
      bucket.busy -= 1;
      return { status: 503, body: '<Error><Code>SlowDown</Code></Error>' };
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket');
    const name = pathname.replace(/^\/bucket\//, '');
    if (searchParams.get('list-type') === '2') return { status: 200, body: listed(objects, searchParams) };
    const there = objects.get(name);
    switch (request.method) {
      case 'PUT':
        objects.set(name, body);
        return { status: 200 };
      case 'DELETE':
        objects.delete(name);
        return { status: 204 };
      default:
        return there ? { status: 200, body: there } : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bucket: TestBucket = {
    settings: { ...KEY, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket/` },
    objects,
    busy: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return bucket;
}

function listed(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const after = query.get('continuation-token') ?? '';
  // Up to the delimiter: what lies behind it is one entry.
  const short = (name: string): string => {
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    return end < 0 ? name : name.slice(0, end + 1);
  };
  const under = [...objects.keys()].filter((name) => name.startsWith(prefix));
  const all = [...new Set(under.map(short))].filter((name) => name > after).sort();
  const page = all.slice(0, PAGE);
  const more = all.length > PAGE ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const entries = page.map((name) =>
    name.endsWith('/')
      ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${name}</Key><Size>1</Size></Contents>`,
  );
  return `<?xml version="1.0"?><ListBucketResult><Prefix>${prefix}</Prefix>${entries.join('')}${more}</ListBucketResult>`;
}

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Checks a signature of version 4 (AWS's "Authenticating Requests: Using the Authorization Header"). @returns S3's word for what is wrong */
function faultOf(request: IncomingMessage, body: Buffer): string | undefined {
  const [, keyId, scope = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (keyId !== KEY.keyId) return 'InvalidAccessKeyId';
  const time = String(request.headers['x-amz-date']);
  const [day = '', region = '', service = '', end = ''] = scope.split('/');
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(at - Date.now()) < 900_000) || !time.startsWith(day)) return 'RequestTimeTooSkewed';
  if (`${region}/${service}/${end}` !== `${KEY.region}/s3/aws4_request`) return 'AuthorizationHeaderMalformed';
  const signedNames = names.split(';');
  for (const needed of ['host', 'x-amz-date', 'x-amz-content-sha256'])
    if (!signedNames.includes(needed)) return 'AccessDenied';
  if (request.headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket');
  const query = [...searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const path = pathname.split('/').map((part) => encoded(decodeURIComponent(part)));
  const canonical = [
    request.method,
    path.join('/'),
    query.join('&'),
    ...signedNames.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const key = hmac(hmac(hmac(hmac(`AWS4${KEY.secret}`, day), region), service), end);
  return hmac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}
