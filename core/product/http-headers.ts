/** Headers that belong to the connection or that Fieldwriter sends itself. */
const RESERVED = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'socotra-signature',
  'socotra-signature-tag',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a configured header may be sent under this name (RFC 9110, 5.6.2). */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]{1,200}$/i.test(name) && !RESERVED.has(name.toLowerCase());
}

/** Whether a text can be the value of a header: one line of Latin-1 (RFC 9110, 5.5). */
export function isHeaderValue(value: string): boolean {
  return value.length <= 8_000 && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
