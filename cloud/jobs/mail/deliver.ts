import type { Scope } from '../../database/scope.ts';
import type { JobContext } from '../contract.ts';
import { type Letter, MailFailure, sendMail } from './smtp.ts';

/** `sending`: handed to the mail server, whose answer is not written down yet. */
export type MailState = 'waiting' | 'sending' | 'sent' | 'not-sent';
/** What is written down of a mail, so that it goes once (VJ32). */
export interface MailRow {
  /** Undefined: there is no such mail. */
  state(scope: Scope): Promise<MailState | undefined>;
  /** Marks it as handed over, unless another job did so since `since`. @returns whether it may be sent */
  claim(scope: Scope, now: number, since: number): Promise<boolean>;
  settle(scope: Scope, state: MailState, reason: string | null, now: number): Promise<void>;
}
/** What becomes of a mail: it goes, it never will, or what belongs to it is not here yet. */
export type Prepared =
  | { readonly kind: 'letter'; readonly letter: Letter; readonly server: string }
  | { readonly kind: 'never'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string };

export const never = (reason: string): Prepared => ({ kind: 'never', reason });
export const later = (reason: string): Prepared => ({ kind: 'later', reason });

/** After so long a mail that was handed over, and of which nothing was written down since, is taken up again, milliseconds. */
const SENDING = 10 * 60_000;

/**
 * Sends a mail once. Throws where it is to be tried again, with what is missing or what the mail server answered.
 * @param what it is, for the metrics
 */
export async function deliver(
  { database, now, metrics }: JobContext,
  tenant: string,
  row: MailRow,
  prepare: () => Promise<Prepared>,
  what: string,
): Promise<void> {
  const settle = (state: MailState, reason: string | null): Promise<void> =>
    database.inTenant(tenant, (scope) => row.settle(scope, state, reason, now()));
  const state = await database.inTenant(tenant, (scope) => row.state(scope));
  if (state !== 'waiting' && state !== 'sending') return;
  const prepared = await prepare();
  if (prepared.kind === 'never') return settle('not-sent', prepared.reason);
  if (prepared.kind === 'later') {
    if (state === 'waiting') await settle('waiting', prepared.reason);
    throw new Error(`The mail waits: ${prepared.reason}.`);
  }
  const claimed = await database.inTenant(tenant, (scope) => row.claim(scope, now(), now() - SENDING));
  if (!claimed) throw new Error('It was handed to the mail server a moment ago, and the answer is not written down.');
  try {
    await sendMail(prepared.server, prepared.letter);
  } catch (error) {
    // What the server may have taken stays marked: it is tried again only when that is long past.
    const unknown = !(error instanceof MailFailure) || error.unknown;
    await settle(unknown ? 'sending' : 'waiting', error instanceof Error ? error.message : String(error));
    throw error;
  }
  await settle('sent', null);
  metrics.count('fieldwriter_mails_total', { what });
}

/** `office.example` of `Office <billing@office.example>`: the right half of message ids. */
export function domainOf(address: string): string {
  const [, domain = 'localhost'] = /@([\w.-]+)>?\s*$/.exec(address) ?? [];
  return domain;
}
