/** Stands where a secret was taken out. */
export const MASK = '[secret]';
/** A shorter text turns up by chance in any answer: blanking it would spoil the prices. */
const SHORTEST = 6;

/**
 * Takes secrets out of a text that came from outside (SPEC I12): a service may repeat in its answer what it was sent.
 * @param secrets header values and the secret of the signature
 */
export function withoutSecrets(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets.flatMap(spellingsOf).filter((text) => text.length >= SHORTEST);
  // The longest first: a password must not be taken out of the middle of its header.
  const ordered = [...new Set(spellings)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** A secret as it may come back: whole, without its scheme, the password of Basic authentication, each as JSON writes it. */
function spellingsOf(secret: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(secret) ?? [];
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString('utf8') : '';
  const password = pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : '';
  const plain = [secret, credentials, pair, password].filter((text) => text !== '');
  return plain.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
}
