import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Vault } from '#core/desk/outside.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/**
 * Seals secrets of integrations (SPEC I10): AES-256-GCM under a key derived from the data folder's, over the encryption of the
 * database, so that they are in no journal entry, export or log in the clear. A sealed secret is `base64(nonce, tag, ciphertext)`.
 * @param storeKey the 32 bytes of the data folder's key
 */
export function openVault(storeKey: Uint8Array, random: RandomBytes): Vault {
  const key = new Uint8Array(hkdfSync('sha256', storeKey, new Uint8Array(0), 'fieldwriter integrations', 32));
  return {
    seal(secret, place) {
      const nonce = random(NONCE);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
          .setAAD(Buffer.from(place))
          .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Problem(
          'store-damaged',
          `The secret of ${place} does not open with this data folder's key: set it again.`,
          { cause },
        );
      }
    },
  };
}
