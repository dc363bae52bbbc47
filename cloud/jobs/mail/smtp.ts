import { createTransport } from 'nodemailer';

/** A mail as it is handed over. */
export interface Letter {
  /** Who it is from, e.g. `Northwind Mutual <billing@northwind.example>`. */
  readonly from: string;
  readonly replyTo?: string | undefined;
  /** Bare addresses. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The same for every try: who gets it twice can tell. */
  readonly messageId: string;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly content: Uint8Array }[];
}

/** Why a mail server did not take a mail. Its message holds nothing personal. */
export class MailFailure extends Error {
  override readonly name = 'MailFailure';
  /** It may have been taken all the same: the answer never came. */
  readonly unknown: boolean;

  constructor(message: string, unknown: boolean) {
    super(message);
    this.unknown = unknown;
  }
}

const CONNECT = 15_000;
const SILENCE = 60_000;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Hands a mail to a server, and ends when the server has taken it.
 * @param server `smtp://host:port` or `smtps://user:password@host:port`; a password goes over TLS only, except to this machine
 * @throws MailFailure
 */
export async function sendMail(server: string, letter: Letter): Promise<void> {
  const { protocol, hostname, port, username, password } = new URL(server);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && username !== '' && !LOOPBACK.has(hostname),
    ...(username !== '' && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT,
    greetingTimeout: CONNECT,
    socketTimeout: SILENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: letter.from,
      ...(letter.replyTo !== undefined && { replyTo: letter.replyTo }),
      // As objects: an address is not read as a list.
      to: letter.to.map((address) => ({ name: '', address })),
      subject: letter.subject,
      text: letter.text,
      messageId: letter.messageId,
      attachments: letter.attachments.map(({ name, type, content }) => ({
        filename: name,
        contentType: type,
        content: Buffer.from(content),
      })),
    });
  } catch (error) {
    throw failureOf(error);
  } finally {
    transport.close();
  }
}

/** What happens before a server gets to see the mail. */
const BEFORE: ReadonlySet<string> = new Set(['EDNS', 'EAUTH', 'ENOAUTH', 'ETLS', 'EENVELOPE', 'EMESSAGE', 'ECONFIG']);

/** A server that answered, or was not reached, has not taken it; one that fell silent meanwhile may have. */
function failureOf(error: unknown): MailFailure {
  const {
    code = '',
    syscall,
    responseCode,
  } = (error ?? {}) as {
    code?: string;
    syscall?: string;
    responseCode?: number;
  };
  if (responseCode !== undefined) return new MailFailure(`The mail server refused it (${responseCode}).`, false);
  const notReached = BEFORE.has(code) || syscall === 'connect' || syscall === 'getaddrinfo';
  return new MailFailure(`The mail server could not be spoken to (${code}).`, !notReached);
}
