import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Actor } from '#core/store/contract.ts';

/** Who may come in: whoever holds the access token, a session, or an address that was printed once. */
export interface Access {
  /** The secret of this launch: `Authorization: Bearer <token>`, and the password of `/account/authenticate`. */
  readonly token: string;
  /** A token for a printed address; it works once. */
  issueOneTimeToken(): string;
  /** Trades a one-time token for a session's secret; undefined when it was used or never issued. */
  redeem(oneTimeToken: string): string | undefined;
  /** A session that acts as a user; undefined when the password is not the access token. */
  signIn(password: string, user: () => Actor): string | undefined;
  /** Whose request it is; undefined when nobody's. */
  identify(credentials: {
    readonly authorization?: string;
    readonly cookie?: string;
  }): { readonly user?: Actor } | undefined;
}

const secret = (): string => randomBytes(32).toString('base64url');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Sessions live as long as the process. @param token the secret of this launch; made when none is given */
export function createAccess(token: string = secret()): Access {
  // Kept as digests: what is looked up by hash leaks nothing by the time it takes.
  const sessions = new Map<string, { readonly user?: Actor }>();
  const oneTime = new Set<string>();
  const open = (session: { readonly user?: Actor }): string => {
    const key = secret();
    sessions.set(digest(key).toString('hex'), session);
    return key;
  };
  const known = (key: string): { readonly user?: Actor } | undefined => sessions.get(digest(key).toString('hex'));
  return {
    token,
    issueOneTimeToken() {
      const key = secret();
      oneTime.add(digest(key).toString('hex'));
      return key;
    },
    redeem: (key) => (oneTime.delete(digest(key).toString('hex')) ? open({}) : undefined),
    signIn: (password, user) => (same(password, token) ? open({ user: user() }) : undefined),
    identify({ authorization, cookie }) {
      const bearer = authorization?.replace(/^Bearer +/i, '').trim();
      if (bearer !== undefined && bearer !== '') return same(bearer, token) ? {} : known(bearer);
      return cookie === undefined ? undefined : known(cookie);
    },
  };
}
