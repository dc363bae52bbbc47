import { Problem } from '#core/model/problem.ts';
import type { Cloud } from '../cloud.ts';
import { CODE_PREFIX, hashOfGitCode } from '../git/codes.ts';
import { deviceOf, proven, type RequestContext, refuseRevoked, unknown } from './authentication.ts';
import { readGitPassword } from './tokens.ts';

/** Who speaks Git, and whose repository it is: what opens it says so, and nothing else does. */
export interface GitAccess {
  readonly tenant: string;
  /** The device, or the code. */
  readonly who: string;
  /** Whether it may push. */
  readonly writes: boolean;
  readonly body: Uint8Array;
}
const BASIC = /^Basic ([A-Za-z0-9+/=]{1,8192})$/i;

/**
 * A workbench proves itself as with every request (SY21). Stock Git knows passwords alone: a device's short-lived one, or a personal
 * code. The user's name is anybody's.
 * @throws Problem not-authenticated or forbidden with a `reason` in its details
 */
export async function gitAccess(cloud: Cloud, context: RequestContext): Promise<GitAccess> {
  const given = context.req.header('authorization') ?? '';
  if (given.startsWith('Bearer ')) {
    const { device, body } = await proven(cloud, context);
    return { tenant: device.tenant, who: device.id, writes: true, body };
  }
  const [, encoded] = BASIC.exec(given) ?? [];
  // Git asks without one first, always.
  if (encoded === undefined) throw unknown('no-password', 'Give a code or a password of this cloud to Git.');
  const [, ...words] = Buffer.from(encoded, 'base64').toString().split(':');
  const password = words.join(':');
  const holder = password.startsWith(CODE_PREFIX)
    ? await holderOfCode(cloud, context, password)
    : await holderOfPassword(cloud, context, password);
  return { ...holder, body: new Uint8Array(await context.req.arrayBuffer()) };
}

type Holder = Omit<GitAccess, 'body'>;

async function holderOfCode(cloud: Cloud, context: RequestContext, code: string): Promise<Holder> {
  const found = await cloud.database.directory.gitCode(hashOfGitCode(code));
  if (!found) throw unknown('password', 'The code is not of this cloud.');
  const { tenant, id, writes } = found;
  context.set('tenant', tenant);
  context.set('device', id);
  if (found.revoked) throw new Problem('forbidden', 'This code was revoked.', { details: { reason: 'revoked' } });
  if (found.expiresAt <= cloud.now()) throw unknown('expired', 'The code has expired: ask for another.');
  return { tenant, who: id, writes };
}

async function holderOfPassword(cloud: Cloud, context: RequestContext, password: string): Promise<Holder> {
  const claims = readGitPassword(cloud.master.tokens, password);
  if (!claims) throw unknown('password', 'The password is not of this cloud.');
  if (claims.expiresAt <= cloud.now()) throw unknown('expired', 'The password has expired: ask for another.');
  const device = await deviceOf(cloud, context, claims);
  refuseRevoked(device);
  return { tenant: device.tenant, who: device.id, writes: true };
}
