import type { Context } from 'hono';
import { parseJsonText } from '#core/api/parse.ts';

/** The JSON of a request's body. @throws Problem malformed-request */
export async function jsonOf(context: Context, body?: Uint8Array): Promise<unknown> {
  const text = body ? new TextDecoder().decode(body) : await context.req.text();
  return parseJsonText(text, 'The body');
}
