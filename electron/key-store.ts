import { existsSync } from 'node:fs';
import path from 'node:path';
import type { KeptKey, KeyAnswer, KeyRequest } from '#core/api/shell-contract.ts';
import { readJson, writeWhole } from './whole-file.ts';

/** What we use of Electron's `safeStorage`. */
export interface Safe {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(wrapped: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>;
  /** Linux only. */
  getSelectedStorageBackend(): string;
}
export interface KeyStoreOptions {
  readonly safe: Safe;
  /** Where wrapped keys lie: in the shell's own folder, never in the data folder. */
  readonly folder: string;
  readonly platform: string;
  /** Asks the user whether a file may hold the key. */
  readonly mayUseFile: (reason: string) => Promise<boolean>;
}

/** Answers what core asks of the key store of the system. A key is wrapped by the system and kept in a file that nothing else opens. */
export type KeyHolder = (request: KeyRequest) => Promise<KeyAnswer['result']>;

export function openKeyStore(options: KeyStoreOptions): KeyHolder {
  const { safe, folder, platform } = options;
  const fileOf = (id: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error('this is no id of a data folder');
    return path.join(folder, `${id}.json`);
  };
  const trouble = async (): Promise<string | undefined> =>
    troubleOf(
      platform,
      await safe.isAsyncEncryptionAvailable(),
      platform === 'linux' ? safe.getSelectedStorageBackend() : '',
    );
  const keep = async (id: string, key: string): Promise<void> => {
    const wrapped = (await safe.encryptStringAsync(key)).toString('base64');
    writeWhole(fileOf(id), `${JSON.stringify({ format: 1, wrapped })}\n`);
  };
  const read = async (id: string): Promise<KeptKey> => {
    const reason = await trouble();
    if (reason !== undefined) return { state: 'unavailable', reason };
    const file = fileOf(id);
    if (!existsSync(file)) return { state: 'none' };
    const wrapped = wrappedIn(readJson(file));
    if (wrapped === undefined) return { state: 'lost', reason: `${file} is damaged` };
    try {
      const { result, shouldReEncrypt } = await safe.decryptStringAsync(Buffer.from(wrapped, 'base64'));
      if (shouldReEncrypt) await keep(id, result);
      return { state: 'kept', key: result };
    } catch (error) {
      return { state: 'lost', reason: error instanceof Error ? error.message : String(error) };
    }
  };
  return async (request) => {
    if (request.act === 'may-use-file') return options.mayUseFile(request.reason);
    if (request.act === 'read') return read(request.id);
    const reason = await trouble();
    if (reason !== undefined) throw new Error(reason);
    await keep(request.id, request.key);
    return true;
  };
}

/**
 * Why this machine's key store is not used. On Linux without one Chromium would wrap keys under a password that is written in its
 * sources (`basic_text`): that looks like protection and is none, so we refuse it and ask whether a plain file may hold the key.
 */
export function troubleOf(platform: string, available: boolean, backend: string): string | undefined {
  if (platform === 'linux' && backend === 'basic_text')
    return 'this desktop has no key store; GNOME Keyring (libsecret) or KWallet would be one';
  if (platform === 'linux' && backend === 'unknown') return 'the key store was asked for too early';
  return available ? undefined : 'the key store of the system does not open; it may be locked';
}

/** The question whether a file may hold the key; the first button is yes. */
export function fileQuestion(reason: string): {
  readonly type: 'warning';
  readonly title: string;
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
  readonly defaultId: number;
  readonly cancelId: number;
} {
  return {
    type: 'warning',
    title: 'Fieldwriter',
    message: 'Keep the key of the data in a file?',
    detail: `The data on this computer is encrypted, and its key belongs into the key store of the system. But ${reason}. Fieldwriter can keep the key in a file that only your account can read: then whoever can read your files can read the data.`,
    buttons: ['Keep it in a file', 'Quit'],
    defaultId: 1,
    cancelId: 1,
  };
}

function wrappedIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('wrapped' in value)) return undefined;
  return value.format === 1 && typeof value.wrapped === 'string' ? value.wrapped : undefined;
}
