import type { Hono } from 'hono';
import type * as z from 'zod';
import { parse } from '#core/api/parse.ts';
import { isSignedBy, tokenText } from '#core/sync/proof.ts';
import { type ChallengeAnswer, EnrolRequest, type TokenAnswer, TokenRequest } from '#core/sync/protocol.ts';
import type { SuccessionAnswer } from '#core/sync/succession.ts';
import { enrol, makeOwnCode } from '../../authority/devices.ts';
import type { Cloud } from '../../cloud.ts';
import { proven, type RequestEnv, refuseRevoked, unknown } from '../authentication.ts';
import { jsonOf } from '../json-body.ts';
import { CHALLENGE_LIFE, readChallenge, TOKEN_LIFE, writeChallenge, writeToken } from '../tokens.ts';

/** Who a device is, once (`enrol`), and that it is the one that asks, for some minutes (`challenge`, `token`). */
export function mountIdentity(app: Hono<RequestEnv>, cloud: Cloud): void {
  app.post('/v1/enrol', async (context) => {
    const request = parse(EnrolRequest, await jsonOf(context), 'The enrolment');
    const answer = await enrol(cloud, request);
    cloud.log.info({ event: 'enrolled', tenant: answer.tenant, device: answer.device });
    return context.json(answer, 201);
  });

  app.post('/v1/succession', async (context) => {
    const { device } = await proven(cloud, context);
    cloud.log.warn({ event: 'succession', tenant: device.tenant, device: device.id });
    return context.json((await makeOwnCode(cloud, device)) satisfies z.infer<typeof SuccessionAnswer>, 201);
  });

  app.get('/v1/challenge', (context) => {
    const serverTime = cloud.now();
    const challenge = writeChallenge(cloud.master.tokens, serverTime, cloud.random(16));
    return context.json({ challenge, serverTime } satisfies z.infer<typeof ChallengeAnswer>);
  });

  app.post('/v1/token', async (context) => {
    const { device: id, challenge, signature } = parse(TokenRequest, await jsonOf(context), 'The request for a token');
    const now = cloud.now();
    const made = readChallenge(cloud.master.tokens, challenge);
    if (made === undefined || made + CHALLENGE_LIFE <= now)
      throw unknown('challenge', 'The challenge is not of this cloud, or too old: ask for another.');
    const device = await cloud.database.directory.device(id);
    const bytes = Buffer.from(signature, 'base64');
    // The same words for a device that is not there: nobody finds out which ones are.
    if (!device || !isSignedBy(device.publicKey, tokenText(id, challenge), bytes))
      throw unknown('signature', 'The challenge is not signed by a device of this cloud.');
    context.set('tenant', device.tenant);
    context.set('device', device.id);
    if (!(await cloud.database.directory.takeNonce(id, `challenge ${challenge}`, made + CHALLENGE_LIFE)))
      throw unknown('replayed', 'This challenge was answered before.');
    refuseRevoked(device, 'greeting');
    await cloud.database.directory.forgetNonces(now);
    const expiresAt = now + TOKEN_LIFE;
    const token = writeToken(cloud.master.tokens, { tenant: device.tenant, device: id, expiresAt });
    return context.json({ token, expiresAt } satisfies z.infer<typeof TokenAnswer>);
  });
}
