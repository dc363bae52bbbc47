import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import type { RandomBytes } from '#core/model/locator.ts';

/** What the cloud's one secret (`FIELDWRITER_CLOUD_KEY`, 32 bytes) is good for: a key of its own for each purpose. */
export interface MasterKey {
  /** Under which tokens are signed. */
  readonly tokens: Uint8Array;
  /** Under which blobs are encrypted. */
  readonly blobs: Uint8Array;
  /** Under which is drawn which decisions are rated again. */
  readonly samples: Uint8Array;
  /** Under which backups are encrypted and proven. */
  readonly backups: Uint8Array;
  /** Tells this key from any other, and nothing about it. */
  readonly check: string;
  /** Encrypts a person's key for the database; it opens in its place only. @param place tenant and id of the key */
  wrap(key: Uint8Array, place: string): Uint8Array;
  /** @throws when it was written under another master key or stood elsewhere */
  unwrap(wrapped: Uint8Array, place: string): Uint8Array;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

export function masterKey(secret: Uint8Array, random: RandomBytes): MasterKey {
  const derived = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `fieldwriter cloud ${purpose}`, 32));
  // From raw bytes Node makes such an object for each key that is wrapped, at four times the cost.
  const persons = createSecretKey(derived('persons'));
  return {
    tokens: derived('tokens'),
    blobs: derived('blobs'),
    samples: derived('samples'),
    backups: derived('backups'),
    check: Buffer.from(derived('check')).toString('hex'),
    wrap(key, place) {
      const nonce = random(NONCE);
      const cipher = createCipheriv(ALGORITHM, persons, nonce).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(key), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    unwrap(wrapped, place) {
      const decipher = createDecipheriv(ALGORITHM, persons, wrapped.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(place))
        .setAuthTag(wrapped.subarray(NONCE, NONCE + TAG));
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE + TAG)), decipher.final()]);
    },
  };
}
