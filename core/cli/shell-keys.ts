import type { KeptKey, KeyAnswer, KeyQuestion, KeyRequest } from '#core/api/shell-contract.ts';
import type { Kept, KeyStore } from '#core/store/desktop-key.ts';

/** The key store of the system, reached over the channel to the shell: keys never stand on a command line or in the environment. */
export interface ShellKeys extends KeyStore {
  take(answer: KeyAnswer): void;
  /** The shell is gone: whoever waits for it is told. */
  lose(): void;
}

export function shellKeys(say: (question: KeyQuestion) => void): ShellKeys {
  const waiting = new Map<number, { resolve(result: KeyAnswer['result']): void; reject(error: Error): void }>();
  let calls = 0;
  const ask = (request: KeyRequest): Promise<KeyAnswer['result']> =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      say({ type: 'key', call: calls, ...request });
    });
  return {
    read: async (id) => kept((await ask({ act: 'read', id })) as KeptKey),
    keep: async (id, key) => void (await ask({ act: 'keep', id, key: Buffer.from(key).toString('base64') })),
    mayUseFile: async (reason) => (await ask({ act: 'may-use-file', reason })) === true,
    take({ call, result, error }) {
      const waiter = waiting.get(call);
      waiting.delete(call);
      if (error === undefined) waiter?.resolve(result);
      else waiter?.reject(new Error(error));
    },
    lose() {
      for (const { reject } of waiting.values()) reject(new Error('the desktop that holds the key is gone'));
      waiting.clear();
    },
  };
}

function kept(said: KeptKey): Kept {
  return said.state === 'kept' ? { state: 'kept', key: new Uint8Array(Buffer.from(said.key, 'base64')) } : said;
}
