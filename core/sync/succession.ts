import * as z from 'zod';

/**
 * What a device that was repaired asks its cloud for under the identity that it had (SY92): a code with which it enrols under the
 * new one. Beside the protocol: a cloud that does not know it answers 404, and an administrator's code does the same.
 */
export const SuccessionAnswer = z.strictObject({ code: z.string().min(1).max(64), expiresAt: z.int() });

/** What the client keeps until the cloud has taken the new identity, so that an answer that is lost can be asked for again. */
export const Succession = z.strictObject({
  device: z.string(),
  code: z.string(),
  publicKey: z.string(),
  /** Sealed like the one in the settings. */
  key: z.string(),
});
