import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { Problem } from '#core/model/problem.ts';
import type { BlobPlace } from './blobs.ts';

/** A bucket of anything that speaks S3, and who may use it. */
export interface BucketSettings {
  /** `https://bucket.s3.eu-central-1.amazonaws.com` or `http://minio:9000/bucket`. */
  readonly url: string;
  readonly region: string;
  readonly keyId: string;
  readonly secret: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}
type Environment = Readonly<Record<string, string | undefined>>;

const TIMEOUT = 60_000;
/** A request that the bucket has no time for is sent so often again, soon. */
const RETRIES = 3;

/**
 * What the environment says: FIELDWRITER_S3_BUCKET (the bucket's address), FIELDWRITER_S3_REGION (us-east-1 when absent), and
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN as other programs read them. Undefined: there is no bucket.
 * @throws Problem wrong-state for half of it
 */
export function bucketIn(environment: Environment): BucketSettings | undefined {
  const {
    FIELDWRITER_S3_BUCKET: url,
    FIELDWRITER_S3_REGION: region,
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Problem('wrong-state', 'FIELDWRITER_S3_BUCKET is the address of a bucket: https://…');
  if (!keyId || !secret)
    throw new Problem('wrong-state', 'For FIELDWRITER_S3_BUCKET set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too.');
  return { url, region: region || 'us-east-1', keyId, secret, ...(sessionToken && { sessionToken }) };
}

/** Blobs in a bucket, an object each. S3 answers after it has stored durably, and what was stored is read at once by everybody. */
export function bucketPlace({ url, region, keyId, secret, sessionToken }: BucketSettings): BlobPlace {
  const root = url.replace(/\/+$/, '');
  const client = new AwsClient({
    service: 's3',
    region,
    accessKeyId: keyId,
    secretAccessKey: secret,
    retries: RETRIES,
    ...(sessionToken && { sessionToken }),
  });
  /** @param at `/name` of an object, or `?query` of the bucket @returns undefined for what is not there */
  async function ask(method: string, at: string, body?: Uint8Array): Promise<Response | undefined> {
    // What is sent is signed too: nothing else can be stored in its place.
    const hash = createHash('sha256')
      .update(body ?? '')
      .digest('hex');
    const init = {
      method,
      headers: { 'x-amz-content-sha256': hash },
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body && { body: new Uint8Array(body) }),
    };
    const response = await client.fetch(`${root}${at}`, init).catch((error: unknown) => {
      throw away('The bucket does not answer.', error);
    });
    if (response.ok) return response;
    const told = await response.text();
    if (response.status === 404 && !told.includes('NoSuchBucket')) return undefined;
    const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(told) ?? [];
    const what = `The bucket ${root} answers ${response.status} ${code} to ${method}.`;
    if (response.status >= 500 || response.status === 429) throw away(what);
    throw new Error(what);
  }
  return {
    async put(name, bytes) {
      const response = await ask('PUT', `/${name}`, bytes);
      if (!response) throw new Error(`The bucket ${root} takes nothing: it answers 404.`);
      await response.body?.cancel();
    },
    async get(name) {
      const response = await ask('GET', `/${name}`);
      return response && bytesOf(response);
    },
    async size(name) {
      const response = await ask('HEAD', `/${name}`);
      return response && Number(response.headers.get('content-length'));
    },
    async list(under) {
      const names: string[] = [];
      for (let token: string | undefined = ''; token !== undefined; ) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: `${under}/`, delimiter: '/' });
        if (token !== '') query.set('continuation-token', token);
        const response = await ask('GET', `?${query}`);
        if (!response) throw new Error(`The bucket ${root} is not there.`);
        const page = await textOf(response);
        // Names are ours: nothing in them is written otherwise in XML. What lies deeper is told by its folder.
        const found = page.matchAll(/<Key>([\w/.-]+)<\/Key>|<CommonPrefixes>\s*<Prefix>([\w/.-]+)\/<\/Prefix>/g);
        for (const [, object, folder = ''] of found) names.push((object ?? folder).slice(under.length + 1));
        token = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(page)?.[1]?.replaceAll('&amp;', '&');
      }
      return names;
    },
    async remove(names) {
      await Promise.all(names.map(async (name) => (await ask('DELETE', `/${name}`))?.body?.cancel()));
    },
  };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw away("The bucket's answer broke off.", error);
  }
}

async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await bytesOf(response));
}

function away(message: string, cause?: unknown): Problem {
  return new Problem('unavailable', message, { cause });
}
