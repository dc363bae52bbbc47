import { gzipSync } from 'node:zlib';
import { type Asked, type Behaviour, json, prices } from './rater-support.ts';

/** Ports and addresses on which nothing useful answers. */
export interface Places {
  /** Port on which nobody listens. */
  readonly closed: number;
  /** Port that takes connections and says nothing. */
  readonly silent: number;
  /** Port of something that is no web service. */
  readonly babbling: number;
  /** Address of a rater whose certificate nobody signed. */
  readonly selfSigned: string;
}
/** What a rater does wrong, and the answer to it: status, code and what the message must say. */
export type Fault = readonly [
  what: string,
  how: Behaviour | { readonly url: (places: Places) => string },
  status: number,
  code: string,
  says: string | RegExp,
];
const respond =
  (
    status: number,
    body: string | Buffer,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Behaviour =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const answer =
  (make: (asked: Asked) => unknown): Behaviour =>
  (asked, response) =>
    json(response, make(asked));

/** What a service outside can do wrong (core/integrations/SPEC.md I20 to I25). */
export const FAULTS: readonly Fault[] = [
  [
    'refuses the connection',
    { url: ({ closed }) => `http://127.0.0.1:${closed}` },
    503,
    'rater-unavailable',
    'refuses the connection',
  ],
  ['has a name that nobody knows', { url: () => 'http://rater.invalid/rate' }, 503, 'rater-unavailable', /name/],
  [
    'never shakes hands',
    { url: ({ silent }) => `https://127.0.0.1:${silent}` },
    503,
    'rater-unavailable',
    'no connection within 0.25 s',
  ],
  [
    'has a certificate of its own making',
    { url: ({ selfSigned }) => selfSigned },
    503,
    'rater-unavailable',
    /no trusted connection.*secureSSL/,
  ],
  [
    'speaks another protocol',
    { url: ({ babbling }) => `http://127.0.0.1:${babbling}` },
    422,
    'pricing-failed',
    'does not speak HTTP',
  ],
  ['never answers', () => {}, 503, 'rater-unavailable', 'no answer within'],
  [
    'drips its answer for ever',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
    503,
    'rater-unavailable',
    'no answer within',
  ],
  [
    'hangs up without an answer',
    (_, __, socket) => void socket.destroy(),
    503,
    'rater-unavailable',
    'closed the connection',
  ],
  [
    'breaks off in the middle',
    (_, response, socket) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"pricedPeril', () => socket.destroy());
    },
    503,
    'rater-unavailable',
    'broke off',
  ],
  ['is overloaded', respond(503, 'later'), 503, 'rater-unavailable', 'status 503'],
  [
    'stands behind a gateway that misses it',
    respond(502, '<h1>Bad Gateway</h1>'),
    503,
    'rater-unavailable',
    'status 502',
  ],
  ['redirects', respond(307, '', { location: '/elsewhere' }), 422, 'pricing-failed', 'redirect (status 307)'],
  ['fails', respond(500, 'NullPointerException'), 422, 'pricing-failed', 'status 500'],
  ['is not there', respond(404, 'no such path'), 422, 'pricing-failed', 'status 404'],
  ['wants other credentials', respond(401, ''), 422, 'pricing-failed', 'check the headers of the integration'],
  [
    'fails with a reason',
    respond(400, '{"exceptionMessage":"No vehicles over 20 years."}'),
    409,
    'rater-refused',
    /^No vehicles over 20 years\.$/,
  ],
  [
    'refuses',
    answer(() => ({ exceptionMessage: 'Not in this state.' })),
    409,
    'rater-refused',
    /^Not in this state\.$/,
  ],
  [
    'refuses although it prices',
    answer((a) => ({ ...prices(a.body), exceptionMessage: 'Manual only.' })),
    409,
    'rater-refused',
    /^Manual only\.$/,
  ],
  [
    'repeats the credentials',
    answer((a) => ({ exceptionMessage: `Bad: ${a.headers.authorization}` })),
    409,
    'rater-refused',
    /^Bad: \[secret\]$/,
  ],
  [
    'repeats the password and the key inside a text that is no JSON',
    (asked, response) => {
      const password = Buffer.from(String(asked.headers.authorization).slice(6), 'base64').toString().split(':')[1];
      response.end(`${password} ${JSON.stringify(asked.headers['x-key'])}`);
    },
    422,
    'pricing-failed',
    '[secret] "[secret]"',
  ],
  [
    'answers a page',
    respond(200, '<html>Sign in to the Wi-Fi</html>', { 'content-type': 'text/html' }),
    422,
    'pricing-failed',
    'no JSON (text/html)',
  ],
  ['answers half of a JSON text', respond(200, '{"pricedPerilCharacteristics": {'), 422, 'pricing-failed', 'no JSON'],
  ['answers nothing', respond(204, ''), 422, 'pricing-failed', 'empty body'],
  ['answers a list', answer(() => []), 422, 'pricing-failed', 'not an object'],
  [
    'answers without prices',
    answer(() => ({ prices: {} })),
    422,
    'pricing-failed',
    'without pricedPerilCharacteristics',
  ],
  ['leaves a peril out', answer(() => ({ pricedPerilCharacteristics: {} })), 422, 'pricing-failed', 'thing 1 / loss'],
  [
    'prices another peril',
    answer(() => ({ pricedPerilCharacteristics: { other: { yearlyPremium: '1' } } })),
    422,
    'pricing-failed',
    'missing from the answer',
  ],
  [
    'prices by the wrong locator',
    answer((a) => ({ pricedPerilCharacteristics: { [a.body.policy.locator]: { premium: 1 } } })),
    422,
    'pricing-failed',
    'missing from the answer',
  ],
  [
    'answers an amount with a comma',
    answer((a) => prices(a.body, { yearlyPremium: '1,200.00' })),
    422,
    'pricing-failed',
    '"1,200.00", not a number',
  ],
  [
    'answers an amount that is null',
    answer((a) => prices(a.body, { yearlyPremium: null })),
    422,
    'pricing-failed',
    'yearlyPremium is null',
  ],
  [
    'answers an infinite amount',
    answer((a) => prices(a.body, { exactPremium: 'Infinity' })),
    422,
    'pricing-failed',
    '"Infinity", not a number',
  ],
  [
    'answers an amount beyond all money',
    answer((a) => prices(a.body, { exactPremium: '1e30' })),
    422,
    'pricing-failed',
    /loss/,
  ],
  [
    'answers only a technical premium',
    answer((a) => prices(a.body, { yearlyTechnicalPremium: '1' })),
    422,
    'pricing-failed',
    'neither yearlyPremium nor exactPremium',
  ],
  [
    'pays a commission to nobody',
    answer((a) => prices(a.body, { premium: 1, commissions: [{ yearlyAmount: '1' }] })),
    422,
    'pricing-failed',
    'names no recipient',
  ],
  [
    'answers without end',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => void (response.write('x'.repeat(16_384)) && !response.destroyed && setImmediate(more));
      response.on('drain', more);
      more();
    },
    422,
    'pricing-failed',
    'more than 0.06 MB',
  ],
  [
    'announces a giant',
    respond(200, '{}', { 'content-length': '99999999999' }),
    422,
    'pricing-failed',
    'more than 0.06 MB',
  ],
  [
    'compresses unasked',
    respond(200, gzipSync('{}'), { 'content-encoding': 'gzip' }),
    422,
    'pricing-failed',
    'compressed',
  ],
  [
    'answers in another encoding',
    respond(200, Buffer.from('{"exceptionMessage":"caf\xe9"}', 'latin1')),
    422,
    'pricing-failed',
    'no UTF-8',
  ],
  [
    'nests without sense',
    respond(200, `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    422,
    'pricing-failed',
    'nests deeper',
  ],
];
