/**
 * The example rater: a web service of its own, without dependencies. `node server.mjs [port]`; port 0 takes any.
 * EXAMPLE_RATER_PASSWORD is the password of its user `fieldwriter`.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { price } from './price.mjs';

const port = Number(process.argv[2] ?? 8090);
const password = process.env.EXAMPLE_RATER_PASSWORD ?? 'example';
const credentials = `Basic ${Buffer.from(`fieldwriter:${password}`).toString('base64')}`;
const LARGEST = 32 * 1024 * 1024;

const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.url !== '/rate') return answer(404, { exceptionMessage: 'This rater answers at /rate.' });
  if (request.method !== 'POST') return answer(405, { exceptionMessage: 'This rater takes POST.' });
  if (!same(request.headers.authorization ?? '', credentials)) return answer(401, {});
  try {
    answer(200, price(JSON.parse(await textOf(request))));
  } catch (error) {
    console.error(error);
    // A status that says what happened, and no exceptionMessage: this is a defect, not a decision.
    answer(500, { error: 'The rater broke.' });
  }
});
server.listen(port, '127.0.0.1', () => {
  console.log(`The example rater answers at http://127.0.0.1:${server.address().port}/rate`);
});

async function textOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST) throw new Error('The request is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Compares in a time that gives nothing away. */
function same(given, expected) {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
