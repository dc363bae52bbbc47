import { homedir } from 'node:os';
import path from 'node:path';

/** The data folder: `--data`, else `FIELDWRITER_DATA`, else where the system keeps a user's application data. */
export function dataFolder(given: string | undefined): string {
  const { env, platform } = process;
  const chosen = given ?? env.FIELDWRITER_DATA;
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(homedir(), 'AppData/Local'), 'Fieldwriter');
  if (platform === 'darwin') return path.join(homedir(), 'Library/Application Support/Fieldwriter');
  return path.join(env.XDG_DATA_HOME || path.join(homedir(), '.local/share'), 'fieldwriter');
}

/** Where the system keeps a user's caches: what is there can be made again. */
export function cacheFolder(): string {
  const { env, platform } = process;
  if (platform === 'win32')
    return path.join(env.LOCALAPPDATA ?? path.join(homedir(), 'AppData/Local'), 'Fieldwriter', 'Cache');
  if (platform === 'darwin') return path.join(homedir(), 'Library/Caches/Fieldwriter');
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'fieldwriter');
}
