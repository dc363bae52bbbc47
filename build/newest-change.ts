import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** When a file, or anything in a folder, was last changed, milliseconds; 0 when it is not there. */
export function newestChange(target: string): number {
  if (!existsSync(target)) return 0;
  const stat = statSync(target);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(target).map((name) => newestChange(path.join(target, name))));
}
